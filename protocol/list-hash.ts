import { CloseoutError } from "./error.ts";
import { LIST_PAGE_ROWS } from "./limits.ts";
import { type AnyRecord, type RecordBody, schemeGroup, transactionType } from "./record.ts";

/**
 * What a printed daily list can be checked by. The rows of a period are the approved outcomes in its range of
 * sequence numbers that contradict nothing recorded before (source `contradicting`) and whose intent the journal
 * still holds, in the order of their records.
 *
 * A row counts with `LIST_ROW_BYTES` bytes, all numbers big-endian: sequence number of the outcome (8),
 * of the transaction (8), amount in minor units (8), trace number (4, 0xFFFFFFFF for none), number of the
 * type (1) and of the scheme group (1) as in `record.ts`, two zero bytes. The hash of page n is
 * SHA-256(hash of page n - 1 ‖ rows of page n); before page 1 it is 32 zero bytes, and a list without rows has
 * one empty page. Paper shows the first 8 hexadecimal digits under each page and the whole last hash in the QR
 * code.
 */
export const LIST_ROW_BYTES = 32;
export const LIST_SHORT_HASH_DIGITS = 8;

const HASH_BYTES = 32;
const NO_TRACE = 0xffff_ffff;

export interface ListRow {
	/** Sequence number of the outcome record. */
	readonly sequence: number;
	/** Sequence number of the intent record. */
	readonly transaction: number;
	readonly type: RecordBody<"intent">["type"];
	readonly group: RecordBody<"outcome">["group"];
	readonly amountMinor: number;
	readonly trace: number | null;
}

/** Hashes a list page by page; one page is held in memory. */
export class ListHash {
	readonly #sha256: (bytes: Uint8Array) => Uint8Array;
	readonly #page = new Uint8Array(HASH_BYTES + LIST_PAGE_ROWS * LIST_ROW_BYTES);
	readonly #view = new DataView(this.#page.buffer);
	#length = HASH_BYTES;

	constructor(sha256: (bytes: Uint8Array) => Uint8Array) {
		this.#sha256 = sha256;
	}

	/** Throws `LIMIT` when the page is full; `endPage` comes first. */
	add(row: ListRow): void {
		const view = this.#view;
		const at = this.#length;
		if (at === this.#page.length) {
			throw new CloseoutError("LIMIT", `a list page has ${LIST_PAGE_ROWS} rows; end it first`);
		}
		writeLong(view, at, row.sequence);
		writeLong(view, at + 8, row.transaction);
		writeLong(view, at + 16, row.amountMinor);
		view.setUint32(at + 24, row.trace ?? NO_TRACE);
		view.setUint8(at + 28, transactionType.numbers[row.type]);
		view.setUint8(at + 29, schemeGroup.numbers[row.group]);
		this.#length = at + LIST_ROW_BYTES;
	}

	/** Hash of the page that ends here; the next row begins a new one. */
	endPage(): Uint8Array {
		const hash = this.#sha256(this.#page.slice(0, this.#length));
		this.#page.set(hash);
		this.#length = HASH_BYTES;
		return hash;
	}
}

function writeLong(view: DataView, offset: number, value: number): void {
	view.setUint32(offset, Math.floor(value / 0x1_0000_0000));
	view.setUint32(offset + 4, value % 0x1_0000_0000);
}

/**
 * The rows of a period from records in order, for whoever has them: the host, a test. Intents may be older than the
 * period, so the records before it are given as well; those after `last` need not be.
 */
export function* listRows(
	records: Iterable<readonly [sequence: number, record: AnyRecord]>,
	first: number,
	last: number,
): Generator<ListRow> {
	const open = new Map<number, RecordBody<"intent">>();
	for (const [sequence, record] of records) {
		if (sequence > last) return;
		if (record.kind === "intent") open.set(sequence, record.body);
		if (record.kind !== "outcome" || !isListed(record.body)) continue;
		const { transaction, group } = record.body;
		const intent = open.get(transaction);
		open.delete(transaction);
		if (intent === undefined || sequence < first) continue;
		const { type, amountMinor, trace } = intent;
		yield { sequence, transaction, type, group, amountMinor, trace };
	}
}

/** True for an outcome that makes a row. */
export function isListed({ outcome, source }: RecordBody<"outcome">): boolean {
	return outcome === "approved" && source !== "contradicting";
}

/** Hash of each page of these rows. */
export function listPageHashes(
	rows: Iterable<ListRow>,
	sha256: (bytes: Uint8Array) => Uint8Array,
): readonly Uint8Array[] {
	const hash = new ListHash(sha256);
	const pages: Uint8Array[] = [];
	let count = 0;
	for (const row of rows) {
		if (count > 0 && count % LIST_PAGE_ROWS === 0) pages.push(hash.endPage());
		hash.add(row);
		count++;
	}
	return [...pages, hash.endPage()];
}

/** What a row adds to the money that moves to the merchant; a pre-authorisation and its cancellation move none. */
export function netMinor(type: ListRow["type"], amountMinor: number): number {
	if (type === "preAuthorisation" || type === "cancellation") return 0;
	return type === "refund" || type === "void" ? -amountMinor : amountMinor;
}
