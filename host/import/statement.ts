import { createHash, randomUUID } from "node:crypto";
import { CloseoutError } from "../../protocol/error.ts";
import type { Leg, MoneyRow } from "../core/row.ts";
import type { CsvMapping } from "../statement/csv-mapping.ts";
import { detectSource, statementFormats, statementParsers } from "../statement/detect.ts";
import { withLineText } from "../statement/line-text.ts";
import { mappedCsv } from "../statement/mapped-csv.ts";
import {
	type ParseOptions,
	readStatement,
	type StatementParser,
	type StatementSource,
	type StatementSummary,
} from "../statement/statement.ts";
import { unpackSource } from "../statement/unpack.ts";
import type { Correction } from "../store/bad-row.ts";
import { type FinishedStatement, refuseTwin } from "../store/statement.ts";
import type { Store } from "../store/store.ts";
import { type Comparable, comparable, findTwins, type Overlap, type Twins } from "./twins.ts";

export const formatNames: readonly string[] = statementFormats;

/** Rows written at once; the memory of an import does not grow with the file. */
const ROWS_PER_WRITE = 500;
/** Rows shown before an import. */
const PREVIEW_ROWS = 10;
/** Age of an import whose process must have been killed. */
const UNFINISHED_S_MAX = 86_400;
/** Other imports may be finished while one compares itself with those that are there. */
const COMPARISONS_MAX = 10;

export interface ImportOptions extends ParseOptions {
	readonly tenant: string;
	readonly source: StatementSource;
	/** Name of the format; told from the content when left out. */
	readonly format?: string;
	/** A mapping by which the file is read, whatever it looks like. */
	readonly mapping?: CsvMapping;
	/** Reads and checks everything and keeps nothing. */
	readonly dryRun: boolean;
	/** Imports although totals that the file states do not fit its rows. */
	readonly acceptTotals?: boolean;
	/** What to do with rows of which nobody can tell whether they came before; refused when left out. */
	readonly overlap?: Overlap;
	/** Told how many rows and bytes of the file were read so far. */
	readonly onProgress?: (rows: number, bytes: number) => void;
	/** Ends the import; nothing is kept then, and the signal's reason is thrown. */
	readonly signal?: AbortSignal;
}

/** One statement of a file. */
export interface Imported {
	readonly id: string;
	readonly leg: Leg;
	/** Why the file was taken for its format. */
	readonly reason: string;
	readonly summary: StatementSummary;
	readonly preview: readonly MoneyRow[];
	/** Rows that are in the books already and count once. */
	readonly merged: number;
	/** Announced rows of earlier statements that are final in this one. */
	readonly replaced: number;
	readonly stored: boolean;
}

export interface ImportResult {
	/** A file is one statement; an archive may hold several. */
	readonly statements: readonly Imported[];
	/** Files of an archive that were left out, and why. */
	readonly leftOut: readonly { readonly file: string; readonly why: string }[];
	/** Why the import would be refused; only a dry run gives it, others throw it. */
	readonly blocked: CloseoutError | undefined;
}

/**
 * Imports a statement, or all that are in an archive, whole or not at all: rows count only once the last line was
 * read and found right. Rows that other statements have already count once. Throws `STATEMENT_FORMAT` and
 * `STATEMENT_ROW` naming file and line, `STATEMENT_TOTAL` with both figures when a total does not fit, and `REFUSED`
 * for what is here already or could be.
 */
export async function importStatements(
	store: Store,
	options: ImportOptions,
): Promise<ImportResult> {
	await store.sweepStatements(UNFINISHED_S_MAX);
	const run = new ImportRun(store, options);
	try {
		return await run.run();
	} catch (error) {
		await run.drop();
		throw error;
	}
}

/** A statement whose rows are in the database and count for nothing yet. */
interface Read {
	readonly comparable: Comparable;
	readonly reason: string;
	readonly summary: StatementSummary;
	readonly preview: readonly MoneyRow[];
	readonly digest: string;
	readonly corrections: readonly Correction[];
	twins: Twins | undefined;
}

class ImportRun {
	readonly #store: Store;
	readonly #options: ImportOptions;
	readonly #begun: string[] = [];
	readonly #leftOut: { file: string; why: string }[] = [];
	#read: Read[] = [];
	#rows = 0;
	#bytes = 0;

	constructor(store: Store, options: ImportOptions) {
		this.#store = store;
		this.#options = options;
	}

	async run(): Promise<ImportResult> {
		const { source } = this.#options;
		const counted = { name: source.name, bytes: this.#watch(source.bytes) };
		for await (const member of unpackSource(counted)) {
			await this.#take(member, member.name !== source.name);
		}
		await this.#leaveOutKnown();
		if (this.#read.length === 0) throw this.#nothing();
		const blocked = this.#totalsFault() ?? (await this.#finish());
		if (blocked !== undefined && !this.#options.dryRun) throw blocked;
		const stored = !this.#options.dryRun;
		if (!stored) await this.drop();
		return {
			statements: this.#read.map((one) => importedOf(one, stored)),
			leftOut: this.#leftOut,
			blocked,
		};
	}

	/** Takes back everything that was written. */
	async drop(): Promise<void> {
		for (const id of this.#begun.splice(0)) await this.#store.dropStatement(id);
	}

	async *#watch(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
		for await (const piece of bytes) {
			this.#options.signal?.throwIfAborted();
			this.#bytes += piece.length;
			yield piece;
		}
		this.#options.signal?.throwIfAborted();
	}

	async #take(member: StatementSource, isPacked: boolean): Promise<void> {
		const hashed = hashing(member);
		let chosen: Chosen;
		try {
			chosen = await choose(hashed.source, this.#options);
		} catch (error) {
			const isUnknown = error instanceof CloseoutError && error.code === "STATEMENT_FORMAT";
			if (!isPacked || !isUnknown) throw error;
			this.#leaveOut(member.name, error.message);
			return;
		}
		this.#read.push(await this.#readRows(chosen, hashed.digest));
	}

	async #readRows({ parser, reason, source }: Chosen, digest: () => string): Promise<Read> {
		const { tenant, onProgress, signal } = this.#options;
		const id = randomUUID();
		const { leg, format } = parser;
		this.#begun.push(id);
		await this.#store.beginStatement({ id, tenant, leg, format, file: source.name });
		const sink = new Sink(this.#store, id);
		const preview: MoneyRow[] = [];
		const corrections: Correction[] = [];
		const kept = this.#options.onBadRow === "collect" ? withLineText(source) : source;
		const onRow = async (row: MoneyRow) => {
			if (preview.length < PREVIEW_ROWS) preview.push(row);
			if (row.source.corrects !== undefined) corrections.push(row.source.corrects);
			this.#rows += 1;
			onProgress?.(this.#rows, this.#bytes);
			if (sink.add(row)) await sink.flush();
		};
		const summary = await readStatement(parser, kept, onRow, this.#options);
		await sink.flush();
		signal?.throwIfAborted();
		const own = { id, leg, format, file: source.name, summary };
		return {
			comparable: own,
			reason,
			summary,
			preview,
			digest: digest(),
			corrections,
			twins: undefined,
		};
	}

	#leaveOut(file: string, why: string): void {
		const prefix = `${file}: `;
		this.#leftOut.push({ file, why: why.startsWith(prefix) ? why.slice(prefix.length) : why });
	}

	/** Statements of an archive that are here already are left out; a single one is refused. */
	async #leaveOutKnown(): Promise<void> {
		const finished = await this.#store.listStatements(this.#options.tenant);
		const files = new Map(finished.map(({ digest, file }) => [digest, file]));
		const isSingle = this.#read.length === 1 && this.#leftOut.length === 0;
		const kept: Read[] = [];
		for (const one of this.#read) {
			const { file } = one.comparable;
			const twin = files.get(one.digest);
			if (isSingle) refuseTwin(twin);
			if (twin === undefined) {
				files.set(one.digest, file);
				kept.push(one);
			} else {
				this.#leaveOut(file, `it was imported before, as ${twin}`);
				await this.#store.dropStatement(one.comparable.id);
			}
		}
		const isKnown = this.#read.length > 0 && kept.length === 0;
		this.#read = kept;
		if (isKnown) {
			const message = `${this.#options.source.name}: every statement in it was imported before`;
			throw new CloseoutError("REFUSED", message);
		}
	}

	#nothing(): CloseoutError {
		const [first] = this.#leftOut;
		const { name } = this.#options.source;
		const what = first === undefined ? "there is no file in it" : `${first.file}: ${first.why}`;
		return new CloseoutError(
			"STATEMENT_FORMAT",
			`${name}: the archive holds no statement; ${what}`,
		);
	}

	/** The first total that does not fit, where nothing was kept aside that would explain it. */
	#totalsFault(): CloseoutError | undefined {
		if (this.#options.acceptTotals === true) return undefined;
		const faults = this.#read.flatMap(({ summary: { findings, badRows } }) =>
			badRows.length > 0
				? []
				: findings.filter(({ code }) => code === "control-total" || code === "count"),
		);
		const [first] = faults;
		if (first === undefined) return undefined;
		const more = faults.length > 1 ? ` (and ${faults.length - 1} more)` : "";
		const advice = "get the file again, or import it all the same with --accept-totals";
		return new CloseoutError("STATEMENT_TOTAL", `${first.message}${more}; ${advice}`);
	}

	/** Finds what came before and makes the statements count; gives what speaks against it. */
	async #finish(): Promise<CloseoutError | undefined> {
		const { tenant, dryRun, signal } = this.#options;
		for (let round = 0; round < COMPARISONS_MAX; round++) {
			const finished = await this.#store.listStatements(tenant);
			const doubt = await this.#compare(finished.map(comparable));
			if (doubt !== undefined || dryRun) return doubt;
			signal?.throwIfAborted();
			const statements = this.#read.map(finishedOf);
			if (await this.#store.finishStatements({ tenant, compared: finished.length, statements })) {
				return undefined;
			}
		}
		const message =
			"other statements are being imported all the time; try again when they are done";
		throw new CloseoutError("STORE", message);
	}

	async #compare(known: readonly Comparable[]): Promise<CloseoutError | undefined> {
		const { overlap, signal } = this.#options;
		const others = [...known];
		for (const one of this.#read) {
			one.twins = await findTwins(this.#store, one.comparable, others, { overlap, signal });
			others.push(one.comparable);
		}
		const doubt = this.#read.find(({ twins }) => twins?.doubt !== undefined)?.twins?.doubt;
		return doubt ?? this.#nothingNew();
	}

	/** A file that brings nothing is refused, so that nobody takes it for what he was waiting for. */
	#nothingNew(): CloseoutError | undefined {
		const isNew = ({ summary, twins }: Read) =>
			summary.rows === 0 || summary.badRows.length > 0 || (twins?.merged ?? 0) < summary.rows;
		const [first] = this.#read;
		if (first === undefined || this.#read.some(isNew)) return undefined;
		const files = first.twins?.files.join(", ");
		const what = `all ${first.summary.rows} rows were imported before, in ${files}; they count once`;
		return new CloseoutError("REFUSED", `${first.comparable.file}: ${what}`);
	}
}

function finishedOf({
	comparable: { id },
	digest,
	summary,
	corrections,
	twins,
}: Read): FinishedStatement {
	const { badRows, ...told } = summary;
	return {
		id,
		digest,
		summary: { ...told, merged: twins?.merged ?? 0, badRowCount: badRows.length },
		badRows: badRows.map(({ field = null, text = null, ...row }) => ({ ...row, field, text })),
		corrections,
	};
}

function importedOf(
	{ comparable: { id, leg }, reason, summary, preview, twins }: Read,
	stored: boolean,
): Imported {
	const { merged = 0, replaced = 0 } = twins ?? {};
	return { id, leg, reason, summary, preview, merged, replaced, stored };
}

interface Chosen {
	readonly parser: StatementParser;
	readonly reason: string;
	readonly source: StatementSource;
}

async function choose(
	source: StatementSource,
	{ format, mapping }: ImportOptions,
): Promise<Chosen> {
	if (mapping !== undefined) {
		return {
			parser: mappedCsv(mapping),
			reason: `the mapping "${mapping.title}" was given`,
			source,
		};
	}
	if (format === undefined) return detectSource(source);
	const parser = statementParsers.find((known) => known.format === format);
	if (parser !== undefined) return { parser, reason: "the format was given", source };
	const message = `format "${format}" is not known; known are ${formatNames.join(", ")}`;
	throw new CloseoutError("USAGE", message);
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

	/** True when it is time to write. */
	add(row: MoneyRow): boolean {
		this.#rows.push(row);
		return this.#rows.length >= ROWS_PER_WRITE;
	}

	async flush(): Promise<void> {
		const rows = this.#rows;
		this.#rows = [];
		if (rows.length > 0) await this.#store.addStatementRows(this.#id, rows);
	}
}
