import { DuckDBInstance } from "@duckdb/node-api";
import { bareJoin, bookQuery, equalSemantics } from "./books.ts";
import type { ContenderOptions, Taken } from "./contender.ts";
import { median, peakBytes, timed } from "./timing.ts";

/** DuckDB in memory with one thread, as ours has one. */
export async function runDuckdb(
	options: ContenderOptions,
	semantics: "bare" | "equal",
): Promise<Taken> {
	const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
	const connection = await instance.connect();
	const places = `(SELECT range AS j FROM range(${options.rows})) AS places`;
	const load = await timed(async () => {
		for (const [table, side] of [
			["l", "left"],
			["r", "right"],
		] as const) {
			await connection.run(`CREATE TABLE ${table} AS ${bookQuery(side, options, places)}`);
		}
	});
	const times = [];
	let counts: Record<string, number> = {};
	for (let round = 0; round < options.rounds; round++) {
		times.push(
			await timed(async () => {
				const query = semantics === "bare" ? bareJoin : equalSemantics;
				const reader = await connection.runAndReadAll(query);
				const [found = {}] = reader.getRowObjects();
				counts = Object.fromEntries(Object.entries(found).map(([name, n]) => [name, Number(n)]));
			}),
		);
	}
	const taken = {
		load: load.cpu,
		match: median(times.map(({ cpu }) => cpu)),
		wall: median(times.map(({ wall }) => wall)),
		peakBytes: peakBytes(),
		counts,
		spilledBytes: 0,
	};
	connection.closeSync();
	instance.closeSync();
	return taken;
}
