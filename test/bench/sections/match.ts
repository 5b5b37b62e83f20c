import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { assert } from "../../../protocol/error.ts";
import { isPostgresThere } from "../../_helper/stores.ts";
import { type Counts, countNames, plantedCounts } from "../match/books.ts";
import type { ContenderOptions, Taken } from "../match/contender.ts";
import type { Options, Row, Section } from "../section.ts";

const contender = new URL("../match/contender.ts", import.meta.url).pathname;
const postgres = process.env.CLOSEOUT_TEST_PG ?? "postgres://postgres@127.0.0.1:5432/test";
const ROUNDS = 3;
/** Above so many rows one round is enough, and all there is time for. */
const ROUNDS_ROWS_MAX = 2_000_000;
const ROWS = 1_000_000;
const BLOCK_ROWS = 1_000;
const MEMORY_MB = 1_024;

type Run = (name: ContenderOptions["name"]) => Promise<Taken>;

export const section: Section = {
	name: "match",
	about: "two books joined exactly, beside DuckDB and PostgreSQL, one thread each",
	async *run(say, options = {}) {
		const orders = options.shuffled === undefined ? [false, true] : [options.shuffled];
		for (const shuffled of orders) yield* compare(shuffled, options, say);
	},
};

async function* compare(
	shuffled: boolean,
	{ rows: asked = ROWS, seed = 1, alone = false, memory = MEMORY_MB }: Options,
	say: (remark: string) => void,
): AsyncGenerator<Row, void, void> {
	const rows = Math.ceil(asked / BLOCK_ROWS) * BLOCK_ROWS;
	const rounds = rows > ROUNDS_ROWS_MAX ? 1 : ROUNDS;
	const shared = { rows, shuffled, seed, postgres, rounds, memoryBytes: memory * 1e6 };
	const planted = plantedCounts(shared);
	const run: Run = async (name) => {
		say(`${name}, ${rows} rows a side, ${orderText(shuffled)}, seed ${seed}`);
		const { stdout } = await promisify(execFile)(process.execPath, [
			contender,
			JSON.stringify({ ...shared, name }),
		]);
		const taken: Taken = JSON.parse(stdout);
		check(name, taken, planted);
		return taken;
	};
	const ours = await run("ours");
	const what = `${rows} x ${rows} rows, ${orderText(shuffled)}`;
	if (ours.spilledBytes > 0 || alone) yield boundedMemory(what, ours);
	if (alone) return;
	const bare = await run("duckdb-bare");
	yield { ...time(what, ours, bare), peerName: "DuckDB, bare full outer join", bar: 1 };
	const equal = await run("duckdb-equal");
	yield {
		...time(what, ours, equal),
		peerName: "DuckDB, equal semantics",
		bar: shuffled ? 1 : 0.4,
	};
	yield { ...peak(what, ours, equal), peerName: "DuckDB, equal semantics", bar: 0.6 };
	yield { ...loaded(what, ours, equal), peerName: "DuckDB, equal semantics" };
	if (shuffled) return;
	if (!(await isPostgresThere())) {
		say(`no PostgreSQL at ${postgres}; set CLOSEOUT_TEST_PG to compare with it`);
		return;
	}
	const server = await run("postgres");
	yield { ...time(what, ours, server), peerName: "PostgreSQL, equal semantics", bar: 0.1 };
	if (server.peakBytes > 0) {
		yield { ...peak(what, ours, server), peerName: "PostgreSQL, its backend alone" };
	}
}

function orderText(shuffled: boolean): string {
	return shuffled ? "both shuffled" : "batches of the right in no order";
}

/** What was planted must be what was found: a fast wrong answer is no figure. */
function check(name: string, { counts }: Taken, planted: Counts): void {
	if (name === "duckdb-bare") return;
	for (const kind of countNames) {
		assert(
			counts[kind] === planted[kind],
			`${name} found ${counts[kind]} of kind ${kind}; planted were ${planted[kind]}`,
		);
	}
}

function time(what: string, ours: Taken, peer: Taken) {
	return {
		what: `${what}: match`,
		unit: "ms of processor time",
		ours: ours.match * 1e3,
		peer: peer.match * 1e3,
		note: `on the clock ${seconds(ours.wall)} and ${seconds(peer.wall)}; the kinds of differences counted as planted`,
	};
}

function loaded(what: string, ours: Taken, peer: Taken) {
	return {
		what: `${what}: make the rows, load and match`,
		unit: "ms of processor time",
		ours: (ours.load + ours.match) * 1e3,
		peer: (peer.load + peer.match) * 1e3,
		note: "each makes its rows by the same formula; ours are dealt to partitions as they are loaded",
	};
}

function peak(what: string, ours: Taken, peer: Taken) {
	return {
		what: `${what}: peak memory`,
		unit: "MB",
		ours: ours.peakBytes / 1e6,
		peer: peer.peakBytes / 1e6,
		note: "of the whole process, engine included",
	};
}

/** A run beyond memory has no peer but its bound. */
function boundedMemory(what: string, ours: Taken): Row {
	return {
		what: `${what}: peak memory`,
		unit: "MB",
		ours: ours.peakBytes / 1e6,
		peerName: "what it is to stay within",
		peer: 8_000,
		bar: 1,
		note: `${Math.round(ours.spilledBytes / 1e6)} MB went through a file; match ${seconds(ours.wall)}, load ${seconds(ours.load)}; differences as planted`,
	};
}

function seconds(value: number): string {
	return `${value.toFixed(2)} s`;
}
