/** One thing measured, beside the same done in another way in the same run. */
export interface Row {
	/** What was measured: `a sale, slip and delivery included`. */
	readonly what: string;
	/** `computrons`, `bytes a record`, `records a second`. */
	readonly unit: string;
	readonly ours: number;
	/** What it is compared with, in words. */
	readonly peerName: string;
	readonly peer: number;
	/** What the ratio is to be at most, where a goal is set; a run with a larger one ends with exit status 1. */
	readonly bar?: number;
	/** What a reader has to know to judge the figures. */
	readonly note?: string;
}

/** What the command line asks of those sections that know it. */
export interface Options {
	/** Rows or the like, where a section has a size. */
	readonly rows?: number;
	readonly seed?: number;
	/** One order of the rows only. */
	readonly shuffled?: boolean;
	/** Megabytes of rows that our join keeps in memory before it writes to a file. */
	readonly memory?: number;
	/** Ours alone, without the peers. */
	readonly alone?: boolean;
	/** Size of the largest file, for sections that read files. */
	readonly megabytes?: number;
}

/**
 * A group of measurements. Each file in `sections/` exports one as `section` and is found by being there. Only rows
 * with a bar are judged.
 */
export interface Section {
	/** Asked for by this name on the command line. */
	readonly name: string;
	readonly about: string;
	/** Gives rows as they are ready. A remark goes to `say`, for people only. */
	run(say: (remark: string) => void, options?: Options): AsyncGenerator<Row, void, void>;
}
