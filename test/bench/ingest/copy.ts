import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Delivery } from "../../../host/store/journal.ts";

const DONE = "copied";

/** PostgreSQL's own client, which copies rows into a table without a key or an index: what the server can take at most. */
export class BareCopy {
	readonly #psql;
	readonly #lines;
	readonly #ended: Promise<never>;

	private constructor(url: string) {
		this.#psql = spawn("psql", ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", url], {
			stdio: ["pipe", "pipe", "inherit"],
		});
		this.#lines = createInterface({ input: this.#psql.stdout });
		this.#ended = once(this.#psql, "exit").then(() => {
			throw new TypeError("psql ended; see above");
		});
		// Only who waits for an answer wants to know.
		this.#ended.catch(() => undefined);
	}

	static async open(url: string): Promise<BareCopy> {
		const copy = new BareCopy(url);
		await copy.#run(
			"create table bare (terminal text, epoch bigint, seq bigint, kind int, flags int, payload bytea);\n",
		);
		return copy;
	}

	/** One row a record, in one transaction, which is durable when this resolves. */
	async write(rows: string): Promise<void> {
		await this.#run(`copy bare from stdin;\n${rows}\\.\n`);
	}

	async close(): Promise<void> {
		const ended = once(this.#psql, "exit");
		this.#psql.stdin.end();
		await ended;
	}

	async #run(script: string): Promise<void> {
		const answered = once(this.#lines, "line");
		this.#psql.stdin.write(`${script}\\echo ${DONE}\n`);
		await Promise.race([answered, this.#ended]);
	}
}

/** The records of deliveries in the text format of `copy`. */
export function copyRows(deliveries: readonly Delivery[]): string {
	return deliveries
		.flatMap(({ type, terminal, epoch, body }) =>
			type !== "batch"
				? []
				: body.records.map(
						({ kind, flags, payload }, index) =>
							`${terminal}\t${epoch}\t${body.from + index}\t${kind}\t${flags}\t\\\\x${Buffer.from(payload).toString("hex")}\n`,
					),
		)
		.join("");
}
