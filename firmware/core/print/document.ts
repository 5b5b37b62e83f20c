import { formatAmount } from "../../../protocol/money.ts";
import type { AnyRecord, RecordBody, RecordOf, Stamp } from "../../../protocol/record.ts";
import type { SlipBlock, SlipItem } from "../../../protocol/slip/slip.ts";
import { formatDateTime } from "../../../protocol/time.ts";
import type { Core } from "../core.ts";
import type { Blocker } from "../part.ts";
import type { Digest, PrinterStatus, Signer } from "../port.ts";
import type { PrintDebt } from "../state/state.ts";
import { fill } from "../text/fill.ts";
import { paperEn } from "../text/paper-en.ts";
import { type PaperText, paperZhCn } from "../text/paper-zh-cn.ts";
import type { ReadRange } from "./journal-reader.ts";

/**
 * Something to print, made while it prints: every step is one block that is sent and confirmed as a unit, or
 * `undefined` while there is more of the journal to read first. The same debt gives the same steps again after
 * a restart, so that printing can go on at a row.
 */
export type PrintDocument = Generator<DocumentStep | undefined, void, void>;

export interface DocumentStep {
	/** Complete lines may come as the printer takes them, made with `DocumentContext.encode`. */
	readonly block: SlipBlock | Uint8Array;
	/** Rows of the document that are on paper once this block is. */
	readonly row: number;
	/** True at the end of a page, where progress is worth a record. */
	readonly pageEnd?: boolean;
	/** Where a customer's slip may come in behind this step: what is printed before and after it. */
	readonly between?: Between;
}

/** A long document gives way: it ends a piece of paper, and goes on with another. */
export interface Between {
	pause(): SlipBlock;
	/** `row` rows are on paper. */
	continued(row: number): SlipBlock;
}

/** Which terminal the paper is from; the epoch is null while it is not enrolled. */
export interface PrintIdentity {
	readonly tenant: string;
	readonly terminal: string;
	readonly epoch: number | null;
}

/** Figures of the status slip that are not in the state. */
export interface StatusFigures {
	readonly link: "down" | "connecting" | "up";
	readonly usedPercent: number;
	/** Records not acknowledged by the host. */
	readonly pending: number;
	/** Last record that the host has acknowledged, and when; null when it never has. */
	readonly acknowledged: { readonly sequence: number; readonly wallS: number } | null;
}

export interface DocumentContext {
	readonly core: Core;
	readonly digest: Digest;
	readonly identity: PrintIdentity;
	readonly text: PaperText;
	/** Columns of the paper: 32 or 48. */
	readonly columns: number;
	/** The bytes of a text within a line of this printer. */
	readonly encode: (text: string) => Uint8Array;
	readonly debt: PrintDebt;
	/** True when part of this document may be on paper already, up to and beyond `debt.row`. */
	readonly resumed: boolean;
	readonly paper: PrinterStatus["paper"];
	readonly figures: StatusFigures | undefined;
	/** What stands between the shop and its close now. */
	readonly blockers: readonly Blocker[];
	/** Signs what a QR code says; undefined on a terminal that cannot. */
	readonly signer: Signer | undefined;
}

export function paperText(language: string): PaperText {
	return language === "en" ? paperEn : paperZhCn;
}

/** The record of this kind at a sequence number, or undefined when there is none. */
export function recordOf<K extends AnyRecord["kind"]>(
	core: Core,
	sequence: number,
	kind: K,
): Extract<AnyRecord, { kind: K }> | undefined {
	const record = sequence > 0 ? core.recordAt(sequence) : undefined;
	return record !== undefined && isKind(record, kind) ? record : undefined;
}

function isKind<K extends AnyRecord["kind"]>(
	record: AnyRecord,
	kind: K,
): record is Extract<AnyRecord, { kind: K }> {
	return record.kind === kind;
}

export function localTime(stamp: Stamp): string {
	return formatDateTime(stamp.wallS, stamp.zoneMinutes);
}

export function money(minor: number, currency: string): string {
	return `${currency} ${formatAmount(minor, currency)}`;
}

/** `000123` */
export function sixDigits(value: number): string {
	return String(value).padStart(6, "0");
}

export function pair(left: string, right: string): SlipItem {
	return { kind: "pair", left, right };
}

export const rule: SlipItem = { kind: "rule" };

/** What every first block begins with: banners, the shop and what this paper is. */
export function headItems(context: DocumentContext, title: string): readonly SlipItem[] {
	const { merchantName } = context.core.configuration;
	return [
		...markItems(context),
		{ kind: "text", text: merchantName, align: "center", bold: true, size: "tall" },
		{ kind: "text", text: title, align: "center", bold: true },
		rule,
	];
}

/** The banner of a copy, and of a document without rows that is printed again from its beginning. */
export function markItems({ debt, text, resumed }: DocumentContext): readonly SlipItem[] {
	const items: SlipItem[] = [];
	if (debt.copy > 0) items.push(duplicateMark(debt.copy, text));
	if (resumed) items.push({ kind: "mark", text: text.copy.again });
	return items;
}

export function duplicateMark(copy: number, text: PaperText): SlipItem {
	return { kind: "mark", text: fill(text.copy.duplicate, { copy }) };
}

/** Whose terminal it is. */
export function originItems({ core, identity, text }: DocumentContext): readonly SlipItem[] {
	const { merchantNumber } = core.configuration;
	const items = [pair(text.slip.terminal, identity.terminal)];
	return merchantNumber === "" ? items : [pair(text.slip.merchant, merchantNumber), ...items];
}

/** On a copy: time of the original, and who asked for this copy, when and why. */
export function copyItems(context: DocumentContext, original: Stamp): readonly SlipItem[] {
	const { core, debt, text } = context;
	if (debt.copy === 0) return [];
	const due = recordOf(core, debt.debt, "printDue");
	const items = [rule, pair(text.copy.original, localTime(original))];
	if (due === undefined) return items;
	items.push(pair(text.copy.askedBy, due.body.by), pair(text.copy.askedAt, localTime(due.stamp)));
	if (due.body.reason !== null) items.push(pair(text.copy.reason, due.body.reason));
	const answer = recordOf(core, debt.debt - 1, "reprintAnswer");
	if (answer?.body.accepted) {
		const { by, way } = answer.body;
		items.push(
			pair(text.copy.approvedBy, way === by ? text.copy.way[way] : `${by} (${text.copy.way[way]})`),
		);
	}
	return items;
}

/** Everything that the journal says after the subject. */
export function after({ core, debt }: DocumentContext): ReadRange {
	return { first: debt.subject + 1, last: core.state.sequence };
}

/** Feeds and cuts. */
export const endItems: readonly SlipItem[] = [{ kind: "blank" }, { kind: "cut" }];

/** Says on paper that the journal does not hold what is to be printed: a debt is never dropped in silence. */
export function* missingDocument(context: DocumentContext): PrintDocument {
	const { text, debt } = context;
	const items = [
		...headItems(context, text.missing.title),
		...originItems(context),
		{ kind: "text", text: fill(text.missing.text, { subject: debt.subject }) } as const,
		...endItems,
	];
	yield { block: items, row: 0 };
}

/** A record of the kinds that a transaction's story is made of. */
export type TransactionRecord = RecordOf<"intent" | "outcome" | "reversal">;
export type Intent = RecordBody<"intent">;
export type OutcomeBody = RecordBody<"outcome">;
