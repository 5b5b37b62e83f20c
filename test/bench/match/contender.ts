import { assert, CloseoutError } from "../../../protocol/error.ts";
import type { BookOptions } from "./books.ts";
import { runDuckdb } from "./duckdb.ts";
import { runOurs } from "./ours.ts";
import { runPostgres } from "./postgres.ts";

/** One contender in a process of its own, so that its peak of memory is its own. Prints one JSON object. */

/** What one contender took; seconds of processor time unless said otherwise. */
export interface Taken {
	readonly load: number;
	/** Median of the rounds. */
	readonly match: number;
	/** Median of the rounds on the clock. */
	readonly wall: number;
	/** Bytes of memory at the highest point; 0 where it cannot be seen. */
	readonly peakBytes: number;
	/** Differences by kind; one number for a join that tells no kinds. */
	readonly counts: Readonly<Record<string, number>>;
	/** Bytes that went to a file because memory was full. */
	readonly spilledBytes: number;
}

export interface ContenderOptions extends BookOptions {
	readonly name: "ours" | "duckdb-bare" | "duckdb-equal" | "postgres";
	readonly rounds: number;
	/** Bytes of rows that our join keeps in memory. */
	readonly memoryBytes: number;
	readonly postgres: string;
}

const contenders: Readonly<
	Record<ContenderOptions["name"], (options: ContenderOptions) => Promise<Taken>>
> = {
	ours: runOurs,
	"duckdb-bare": (options) => runDuckdb(options, "bare"),
	"duckdb-equal": (options) => runDuckdb(options, "equal"),
	postgres: runPostgres,
};

const [, , given] = process.argv;
if (given === undefined) throw new CloseoutError("USAGE", "give the options as JSON");
const options: ContenderOptions = JSON.parse(given);
const taken = await contenders[options.name](options);
assert(taken.match >= 0, "a time was taken");
process.stdout.write(JSON.stringify(taken));
