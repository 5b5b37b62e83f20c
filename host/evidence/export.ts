import { lastOfHead } from "../../protocol/checkpoint.ts";
import { addDays } from "../../protocol/time.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import { type WholeCaseView, wholeCaseOf } from "../api/case-view.ts";
import type { Source } from "../api/source.ts";
import type { TransactionView } from "../api/view.ts";
import type { HostKey } from "../host-key.ts";
import { formatKey } from "../import/head.ts";
import { readRow } from "../import/stored.ts";
import { slipSvg } from "../report/picture.ts";
import { transactionSlip } from "../report/slip.ts";
import { languages, paperText } from "../report/text.ts";
import { maskCardNumbers } from "../statement/mask.ts";
import type { Store } from "../store/store.ts";
import {
	type BundlePart,
	CASE_PART,
	hostNoteKey,
	jsonPart,
	packBundle,
	ROWS_PART,
} from "./bundle.ts";
import { type ClaimRecord, claimPage } from "./claim.ts";
import { journalParts, type Wanted } from "./journal.ts";

export interface ExportOptions {
	readonly store: Store;
	readonly source: Pick<Source, "cases" | "transaction"> & { tenant(): Promise<string> };
	readonly id: string;
	readonly hostKey: HostKey;
	readonly nowS: () => number;
}

/** Rows of the terminal's book whose records and slips go into one bundle. */
const RECORDS_MAX = 200;
/** Days around the business date in which the lines of statements are looked for. */
const ROW_DAYS = 45;
const SLIP_COLUMNS = 32;

interface Place {
	readonly terminal: string;
	readonly epoch: number;
	readonly sequence: number;
}

/**
 * The evidence of a case as one file that anybody can check off line, see `host/evidence/README.md`. Throws `NOT_FOUND`
 * for a case that is not there, and `CARD_DATA` should a record of the journal hold a card number after all.
 */
export async function exportEvidence(options: ExportOptions): Promise<Uint8Array> {
	const { store, source, id, hostKey, nowS } = options;
	const tenant = await source.tenant();
	const view = withoutCards(wholeCaseOf(await source.cases.get(id)));
	const places = view.evidence.flatMap(({ record }) => record ?? []);
	const shown = places.slice(0, RECORDS_MAX);
	const transactions = await transactionsOf(source, shown);
	const rows = await rowsOf(store, tenant, view);
	const journals = await journalsOf(store, shown);
	const slips = await slipsOf(store, transactions);
	const key = formatKey(hostNoteKey(hostKey));
	const claim = { view, records: journals.records, hostKey: key };
	const pages = languages.map((language) => {
		const own = slips.filter((slip) => slip.language === language).map(({ svg }) => svg);
		const page = claimPage({ ...claim, slips: own }, language);
		return { name: `claim.${language}.html`, bytes: encodeUtf8(page) };
	});
	const parts: BundlePart[] = [
		...pages,
		jsonPart(CASE_PART, view),
		jsonPart(ROWS_PART, withoutCards(rows)),
		...journals.parts,
		...slips.map(({ name, svg }) => ({ name, bytes: encodeUtf8(svg) })),
	];
	const facts = {
		tenant,
		case: view.id,
		createdS: nowS(),
		hostKey: key,
		journalKeys: journals.keys,
	};
	return packBundle(facts, parts, hostKey);
}

/** The same with what looks like a card number cut down to its last four digits, wherever it stands. */
function withoutCards<T>(value: T): T;
function withoutCards(value: unknown): unknown {
	if (typeof value === "string") return maskCardNumbers(value);
	if (Array.isArray(value)) return value.map(withoutCards);
	if (typeof value !== "object" || value === null) return value;
	const entries = Object.entries(value).map(([name, inner]) =>
		// A hash has digits by chance.
		[name, name === "digest" || name === "sha256" ? inner : withoutCards(inner)],
	);
	return Object.fromEntries(entries);
}

interface SlipOf extends Place {
	readonly transaction: TransactionView;
}

async function transactionsOf(
	source: ExportOptions["source"],
	places: readonly Place[],
): Promise<readonly SlipOf[]> {
	const slips: SlipOf[] = [];
	for (const place of places) {
		const { terminal, epoch, sequence } = place;
		const transaction = await source.transaction(terminal, epoch, sequence);
		slips.push({ ...place, transaction: withoutCards(transaction) });
	}
	return slips;
}

async function slipsOf(store: Store, slips: readonly SlipOf[]) {
	const drawn = [];
	for (const { terminal, epoch, sequence, transaction } of slips) {
		const { name } = await store.getTerminal(terminal);
		for (const language of languages) {
			const text = paperText(language);
			const title = `${text.slip.title} ${terminal} ${epoch}.${sequence}`;
			const slip = transactionSlip(transaction, { terminal, name }, text);
			const svg = slipSvg(slip, { columns: SLIP_COLUMNS, title });
			drawn.push({ name: `slip/${terminal}.${epoch}.${sequence}.${language}.svg`, language, svg });
		}
	}
	return drawn;
}

async function journalsOf(store: Store, places: readonly Place[]) {
	const parts: BundlePart[] = [];
	const keys: string[] = [];
	const records: ClaimRecord[] = [];
	const streams = Map.groupBy(places, ({ terminal, epoch }) => `${terminal}.${epoch}`);
	for (const [journal, [first, ...more]] of streams) {
		if (first === undefined) continue;
		const { terminal, epoch } = first;
		const sequences = await sequencesOf(store, [first, ...more]);
		const wanted: Wanted = { terminal, epoch, sequences };
		const made = await journalParts(store, wanted);
		parts.push(...made.parts);
		if (made.key !== undefined) keys.push(made.key);
		const head = await store.lastCosigned({ terminal, epoch });
		for (const { sequence, says, proof } of made.excerpt.records) {
			const range = head && { first: head.first, last: lastOfHead(head) };
			records.push({ journal, sequence, kind: says.kind, head: (proof && range) ?? null });
		}
	}
	return { parts, keys, records };
}

/** All records about these transactions: intent, outcome, reversal, and the settlement that covers them. */
async function sequencesOf(store: Store, places: readonly Place[]): Promise<readonly number[]> {
	const sequences: (number | null)[] = [];
	for (const { terminal, epoch, sequence } of places) {
		sequences.push(sequence);
		const found = await store.getTransaction({ terminal, epoch, seq: sequence });
		if (found === undefined) continue;
		const { outcomeSeq, reversalSeq, reopenedSeq, original, placeSeq } = found;
		sequences.push(outcomeSeq, reversalSeq, reopenedSeq, original);
		const range = { terminal, epoch, from: placeSeq, to: placeSeq };
		const [settlement] = (await store.listSettlements(range)).filter(
			({ lastSeq }) => lastSeq >= placeSeq,
		);
		if (settlement !== undefined) sequences.push(settlement.seq, settlement.endSeq);
	}
	return sequences.filter((sequence) => sequence !== null);
}

/** The lines of acquirer, bank and shop, each with the file it came from. */
async function rowsOf(store: Store, tenant: string, view: WholeCaseView) {
	const wanted = new Map(
		view.evidence
			.filter(({ leg }) => leg !== "terminal")
			.map((row) => [`${row.leg}:${row.file}:${row.line}`, row]),
	);
	const statements = await store.listStatements(tenant);
	const files = statements
		.filter(({ leg, file }) => view.evidence.some((row) => row.leg === leg && row.file === file))
		.map(({ leg, file, format, digest, importedS }) => ({
			...{ leg, file, format, importedS },
			sha256: digest,
		}));
	const date = view.businessDate;
	const span = date === null ? {} : { from: addDays(date, -ROW_DAYS), to: addDays(date, ROW_DAYS) };
	const rows: unknown[] = [];
	for (const leg of new Set([...wanted.values()].map((row) => row.leg))) {
		for await (const stored of store.statementRows({ tenant, leg, ...span })) {
			const row = readRow(stored);
			if (!wanted.has(`${leg}:${row.source.file}:${row.source.line}`)) continue;
			rows.push(row.text === undefined ? row : { ...row, text: masked(row.text) });
		}
	}
	return { files, rows };
}

/** Of account numbers in a remark, too, only the last four digits are somebody else's business. */
function masked(text: string): string {
	return maskCardNumbers(text).replaceAll(/\d{9,}/g, (digits) => `****${digits.slice(-4)}`);
}
