import { readFile } from "node:fs/promises";
import pg from "pg";
import { bookQuery, equalSemantics } from "./books.ts";
import type { ContenderOptions, Taken } from "./contender.ts";
import { median, timed } from "./timing.ts";

/** Ticks of /proc, which every Linux gives as 100 a second. */
const TICKS = 100;
const SAMPLE_MS = 100;

/**
 * PostgreSQL without parallel workers, in temporary tables. Processor time and memory are its backend's where that
 * runs on this machine; else the time is the clock's and the memory is not seen.
 */
export async function runPostgres(options: ContenderOptions): Promise<Taken> {
	const client = new pg.Client({ connectionString: options.postgres });
	await client.connect();
	try {
		await client.query("SET max_parallel_workers_per_gather = 0; SET work_mem = '256MB'");
		const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
		const backend = new Backend(rows[0]?.pid ?? 0);
		const places = `generate_series(0::bigint, ${options.rows - 1}) AS places(j)`;
		const load = await backend.timed(async () => {
			for (const [table, side] of [
				["l", "left"],
				["r", "right"],
			] as const) {
				await client.query(
					`CREATE TEMPORARY TABLE ${table} AS ${bookQuery(side, options, places)}`,
				);
				await client.query(`ANALYZE ${table}`);
			}
		});
		const times = [];
		let counts: Record<string, number> = {};
		for (let round = 0; round < options.rounds; round++) {
			times.push(
				await backend.timed(async () => {
					const found = await client.query<Record<string, string>>(equalSemantics);
					counts = Object.fromEntries(
						Object.entries(found.rows[0] ?? {}).map(([name, n]) => [name, Number(n)]),
					);
				}),
			);
		}
		return {
			load: load.cpu,
			match: median(times.map(({ cpu }) => cpu)),
			wall: median(times.map(({ wall }) => wall)),
			peakBytes: backend.peakBytes,
			counts,
			spilledBytes: 0,
		};
	} finally {
		await client.end();
	}
}

/** The server process of one connection, looked at through /proc. */
class Backend {
	readonly #pid: number;
	peakBytes = 0;

	constructor(pid: number) {
		this.#pid = pid;
	}

	async timed(run: () => Promise<void>): Promise<{ readonly cpu: number; readonly wall: number }> {
		const before = await this.#cpu();
		const sampling = setInterval(() => void this.#sample(), SAMPLE_MS);
		const { wall } = await timed(run);
		clearInterval(sampling);
		const after = await this.#cpu();
		return { wall, cpu: before === undefined || after === undefined ? wall : after - before };
	}

	async #cpu(): Promise<number | undefined> {
		const stat = await this.#read("stat");
		if (!stat?.includes("(postgres)")) return undefined;
		const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
		return (Number(fields[11]) + Number(fields[12])) / TICKS;
	}

	/** Memory of its own; the buffers that all backends share are left out. */
	async #sample(): Promise<void> {
		const kilobytes = /^RssAnon:\s+(\d+) kB/m.exec((await this.#read("status")) ?? "")?.[1];
		this.peakBytes = Math.max(this.peakBytes, Number(kilobytes ?? 0) * 1024);
	}

	#read(name: string): Promise<string | undefined> {
		return readFile(`/proc/${this.#pid}/${name}`, "utf8").catch(() => undefined);
	}
}
