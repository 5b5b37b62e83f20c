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
	/** True when the peer is a bar: a run with a figure of ours above its bar ends with exit status 1. */
	readonly isBar?: true;
	/** What a reader has to know to judge the figures. */
	readonly note?: string;
}

/** What a run was asked for. */
export interface Options {
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
