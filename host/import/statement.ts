import { createHash, randomUUID } from "node:crypto";
import { CloseoutError } from "../../protocol/error.ts";
import type { Leg, MoneyRow } from "../core/row.ts";
import { detectSource, statementFormats, statementParsers } from "../statement/detect.ts";
import {
	readStatement,
	type StatementParser,
	type StatementSource,
	type StatementSummary,
} from "../statement/statement.ts";
import type { Store } from "../store/store.ts";

export const formatNames: readonly string[] = statementFormats;

/** Rows written at once; the memory of an import does not grow with the file. */
const ROWS_PER_WRITE = 500;
/** Rows shown before an import. */
const PREVIEW_ROWS = 10;

export interface ImportOptions {
	readonly tenant: string;
	readonly source: StatementSource;
	/** Name of the format; told from the content when left out. */
	readonly format?: string;
	/** Reads and checks everything and keeps nothing. */
	readonly dryRun: boolean;
	/** Told how many rows were read so far. */
	readonly onRows?: (rows: number) => void;
}

export interface Imported {
	readonly id: string;
	readonly leg: Leg;
	/** Why the file was taken for its format. */
	readonly reason: string;
	readonly summary: StatementSummary;
	readonly preview: readonly MoneyRow[];
	readonly stored: boolean;
}

/**
 * Imports a statement whole or not at all: its rows count only once the last line was read and found right.
 * Throws `STATEMENT_FORMAT` and `STATEMENT_ROW` naming file and line, and `REFUSED` for a file with the same
 * content as one that is here.
 */
export async function importStatement(store: Store, options: ImportOptions): Promise<Imported> {
	const hashed = hashing(options.source);
	const { parser, reason, source } = await choose(hashed.source, options.format);
	const { leg } = parser;
	const id = randomUUID();
	const sink = options.dryRun ? undefined : new Sink(store, id);
	try {
		const { tenant } = options;
		const begun = { id, tenant, leg, format: parser.format, file: source.name };
		if (sink !== undefined) await store.beginStatement(begun);
		const preview: MoneyRow[] = [];
		let count = 0;
		const summary = await readStatement(parser, source, async (row) => {
			if (preview.length < PREVIEW_ROWS) preview.push(row);
			count += 1;
			options.onRows?.(count);
			await sink?.add(row);
		});
		const digest = hashed.digest();
		if (sink === undefined) await refuseTwin(store, tenant, digest);
		else {
			await sink.flush();
			await store.finishStatement({ id, digest, summary });
		}
		return { id, leg, reason, summary, preview, stored: sink !== undefined };
	} catch (error) {
		if (sink !== undefined) await store.dropStatement(id);
		throw error;
	}
}

async function choose(
	source: StatementSource,
	format: string | undefined,
): Promise<{
	readonly parser: StatementParser;
	readonly reason: string;
	readonly source: StatementSource;
}> {
	if (format === undefined) return detectSource(source);
	const parser = statementParsers.find((known) => known.format === format);
	if (parser !== undefined) return { parser, reason: "the format was given", source };
	const message = `format "${format}" is not known; known are ${formatNames.join(", ")}`;
	throw new CloseoutError("USAGE", message);
}

async function refuseTwin(store: Store, tenant: string, digest: string): Promise<void> {
	const twin = (await store.listStatements(tenant)).find((other) => other.digest === digest);
	if (twin === undefined) return;
	throw new CloseoutError("REFUSED", `this file was imported before, as ${twin.file}`);
}

/** A source whose bytes are hashed while they pass; the digest is known when all of them have. */
function hashing(source: StatementSource): {
	readonly source: StatementSource;
	readonly digest: () => string;
} {
	const hash = createHash("sha256");
	async function* pass(): AsyncGenerator<Uint8Array> {
		for await (const piece of source.bytes) {
			hash.update(piece);
			yield piece;
		}
	}
	return { source: { name: source.name, bytes: pass() }, digest: () => hash.digest("hex") };
}

/** Gathers rows and writes them in portions. */
class Sink {
	readonly #store: Store;
	readonly #id: string;
	#rows: MoneyRow[] = [];

	constructor(store: Store, id: string) {
		this.#store = store;
		this.#id = id;
	}

	async add(row: MoneyRow): Promise<void> {
		this.#rows.push(row);
		if (this.#rows.length >= ROWS_PER_WRITE) await this.flush();
	}

	async flush(): Promise<void> {
		if (this.#rows.length === 0) return;
		await this.#store.addStatementRows(this.#id, this.#rows);
		this.#rows = [];
	}
}
