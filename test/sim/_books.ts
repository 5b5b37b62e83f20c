import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CloseoutError } from "../../protocol/error.ts";
import type { SaleStatus } from "../emulator/payment/sale.ts";

const run = promisify(execFile);
export const launcher = fileURLToPath(new URL("../../host/cli/closeout.mjs", import.meta.url));
const OUTPUT_BYTES_MAX = 67_108_864;

/** How far a journal goes, and the chain it ends in. */
export interface Reach {
	readonly last: number;
	readonly chain: string;
}

interface ShownRecord {
	readonly kind: string;
	readonly body: {
		readonly outcome?: string;
		readonly transaction?: number | null;
		readonly tornBytes?: number;
	};
}

/** A terminal's media and the host's copy, as the command line shows them. */
export class Books {
	readonly #terminal: string;
	readonly #hostFolder: string;
	readonly #image: string;

	/** `folder`: of the terminal; its media are in there, and what is written out goes there. */
	constructor(terminal: string, folder: string, hostFolder: string) {
		this.#terminal = terminal;
		this.#hostFolder = hostFolder;
		this.#image = join(folder, "journal.img");
	}

	/** What a command of the host's command line answers with `--json`. Throws when its answer is no. */
	async ask(...options: readonly string[]): Promise<string> {
		return this.#run(...options, "--data", this.#hostFolder);
	}

	/** Takes the journal over the cable into a file. */
	async pull(from: string, file: string): Promise<void> {
		await this.#run("journal", "pull", "--from-terminal", from, "--out", file);
	}

	/** A copy of the journal in a file, which must be whole. */
	async verifyFile(file: string): Promise<Reach> {
		return JSON.parse(await this.#run("journal", "verify", file));
	}

	/** The media as they are now: whole, and with every sale that was confirmed as recorded, once. */
	async verifyMedia(sales: readonly SaleStatus[]): Promise<Reach> {
		const reach = await this.verifyFile(this.#image);
		const confirmed = sales.filter((sale) => sale.state === "approved" && sale.recorded);
		checkOnce(confirmed, await this.#records("journal", "show", this.#image));
		return reach;
	}

	/** The same on the media and on the host, with every sale that was paid, once. */
	async compare(sales: readonly SaleStatus[]) {
		const own = await this.verifyMedia(sales);
		const copy = JSON.parse(await this.ask("journal", "verify", "--terminal", this.#terminal));
		if (own.chain !== copy.chain || own.last !== copy.last || !copy.whole)
			throw new CloseoutError(
				"ENGINE",
				`terminal ${own.last} ${own.chain}, host ${copy.last} ${copy.chain}`,
			);
		const shown = await this.ask("journal", "show", "--terminal", this.#terminal);
		const records = readRecords(shown);
		checkOnce(
			sales.filter(({ state }) => state === "approved"),
			records,
		);
		await this.ask("day", this.#terminal);
		return {
			records: own.last,
			chain: own.chain,
			approved: approvals(records).length,
			starts: records.filter(({ kind }) => kind === "start").length,
			torn: records.filter(({ kind, body }) => kind === "recovery" && (body.tornBytes ?? 0) > 0)
				.length,
		};
	}

	/**
	 * The last signed head that the host has: signed by the terminal's key, countersigned by the host, and true of the
	 * media. Returns how many records it is over.
	 */
	async signedHead(): Promise<number> {
		const shown = await this.ask("head", "show", "--terminal", this.#terminal);
		const { note, size, cosignedS } = JSON.parse(shown);
		const file = `${this.#image}.note`;
		writeFileSync(file, note);
		const found = await this.ask("head", "verify", file, "--image", this.#image);
		if (cosignedS === null)
			throw new CloseoutError("ENGINE", `the host has not countersigned the head: ${found}`);
		return size;
	}

	async #run(...options: readonly string[]): Promise<string> {
		const all = [launcher, ...options, "--json"];
		try {
			const { stdout } = await run(process.execPath, all, { maxBuffer: OUTPUT_BYTES_MAX });
			return stdout;
		} catch (cause) {
			const said = cause instanceof Error && "stdout" in cause ? String(cause.stdout).trim() : "";
			const asked = `closeout ${options.join(" ")}`;
			throw new CloseoutError("ENGINE", `${asked} says no: ${said || cause}`, { cause });
		}
	}

	async #records(...options: readonly string[]): Promise<readonly ShownRecord[]> {
		return readRecords(await this.#run(...options));
	}
}

function readRecords(shown: string): readonly ShownRecord[] {
	return shown
		.trim()
		.split("\n")
		.map((line) => {
			const { kind, body } = JSON.parse(line);
			return { kind, body };
		});
}

/** Transactions that were approved, as often as the records say it. */
function approvals(records: readonly ShownRecord[]): readonly (number | null | undefined)[] {
	return records
		.filter(({ kind, body }) => kind === "outcome" && body.outcome === "approved")
		.map(({ body }) => body.transaction);
}

/** Throws `ENGINE` for a sale that the records do not have exactly once. */
function checkOnce(sales: readonly SaleStatus[], records: readonly ShownRecord[]): void {
	const approved = approvals(records);
	const lost = sales.filter(({ transaction }) => !approved.includes(transaction));
	if (lost.length > 0)
		throw new CloseoutError("ENGINE", `${lost.length} sales are lost: ${JSON.stringify(lost)}`);
	const doubled = approved.filter((one, index) => approved.indexOf(one) !== index);
	if (doubled.length > 0)
		throw new CloseoutError("ENGINE", `approved more than once: transactions ${doubled}`);
}
