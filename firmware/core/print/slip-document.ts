import type { AnyRecord } from "../../../protocol/record.ts";
import type { SlipItem } from "../../../protocol/slip/slip.ts";
import {
	after,
	copyItems,
	type DocumentContext,
	endItems,
	headItems,
	type Intent,
	localTime,
	money,
	type OutcomeBody,
	originItems,
	type PrintDocument,
	pair,
	recordOf,
	rule,
	sixDigits,
} from "./document.ts";
import { readerOf } from "./journal-reader.ts";
import { supplementSlip } from "./supplement-document.ts";

type Ending = "approved" | "offline" | "declined" | "unknown" | "reversed" | "inFlight" | "late";

/** How a transaction stands: its last outcome record, and what became of it. */
interface Standing {
	ending: Ending;
	outcome: CardFacts | undefined;
}

/** What is known of the card and of the acquirer's word, or of the terminal's own where it approved off line. */
type CardFacts = Pick<
	OutcomeBody,
	"scheme" | "reference" | "authorisation" | "response" | "lastFour"
>;

/**
 * 签购单 of one transaction; the subject is its intent record. It is one block: a slip in two pieces is no slip,
 * so after a stop the whole of it is printed again and marked.
 */
export function* slipDocument(context: DocumentContext): PrintDocument {
	const { core, debt, text } = context;
	const intent = recordOf(core, debt.subject, "intent");
	if (intent === undefined) return yield* supplementSlip(context);
	const standing: Standing = { ending: "inFlight", outcome: undefined };
	const reader = readerOf(core, after(context), ["outcome", "reversal", "offlineApproval"]);
	while (!reader.done && standing.ending !== "approved") {
		for (const [, record] of reader.read()) follow(standing, debt.subject, record);
		yield undefined;
	}
	const { body, stamp } = intent;
	const block = [
		...headItems(context, text.slip.title),
		...originItems(context),
		pair(text.slip.operator, body.operator),
		rule,
		...transactionItems(context, body),
		...outcomeItems(context, standing.outcome),
		pair(text.slip.time, localTime(stamp)),
		rule,
		{
			kind: "pair",
			left: text.slip.amount,
			right: money(body.amountMinor, body.currency),
			bold: true,
			size: "tall",
		} as const,
		{
			kind: "pair",
			left: text.slip.outcome,
			right: text.outcome[standing.ending],
			bold: true,
		} as const,
		...copyItems(context, stamp),
		...signatureItems(context, body, standing.ending),
		...endItems,
	];
	yield { block, row: 1 };
}

/** An approval stands; anything else can still be followed by money that was taken after all. */
function follow(standing: Standing, transaction: number, record: AnyRecord): void {
	if (standing.ending === "approved") return;
	if (record.kind === "reversal" && record.body.transaction === transaction) {
		if (record.body.result === "reversed") standing.ending = "reversed";
	}
	if (record.kind === "offlineApproval" && record.body.transaction === transaction) {
		standing.outcome = record.body;
		standing.ending = "offline";
	}
	if (record.kind !== "outcome" || record.body.transaction !== transaction) return;
	const { outcome, source } = record.body;
	standing.outcome = record.body;
	standing.ending = source === "contradicting" && outcome === "approved" ? "late" : outcome;
}

function transactionItems({ core, text }: DocumentContext, body: Intent): readonly SlipItem[] {
	const items = [
		pair(text.slip.type, text.type[body.type]),
		pair(text.slip.method, text.method[body.method]),
	];
	if (body.trace !== null) items.push(pair(text.slip.trace, sixDigits(body.trace)));
	if (body.original !== null) {
		const original = recordOf(core, body.original, "intent");
		const trace = original?.body.trace;
		const named = trace === undefined || trace === null ? `#${body.original}` : sixDigits(trace);
		items.push(pair(text.slip.original, named));
	}
	if (body.order !== null) items.push(pair(text.slip.order, body.order));
	return items;
}

function outcomeItems(
	{ text }: DocumentContext,
	outcome: CardFacts | undefined,
): readonly SlipItem[] {
	if (outcome === undefined) return [];
	const { scheme, lastFour, reference, authorisation, response } = outcome;
	const items: SlipItem[] = [];
	if (lastFour !== null) items.push(pair(text.slip.card, `**** ${lastFour}`));
	if (scheme !== "") items.push(pair(text.slip.scheme, scheme));
	if (reference !== null) items.push(pair(text.slip.reference, reference));
	if (authorisation !== null) items.push(pair(text.slip.authorisation, authorisation));
	if (response !== null) items.push(pair(text.slip.response, response));
	return items;
}

/** A card payment without the mark of a copy has a place to sign. */
function signatureItems(
	{ debt, text }: DocumentContext,
	body: Intent,
	ending: Ending,
): readonly SlipItem[] {
	const isCharged = ending === "approved" || ending === "offline";
	if (body.method !== "card" || !isCharged || debt.copy > 0) return [];
	return [rule, { kind: "text", text: `${text.slip.signature}:` }, { kind: "blank", lines: 2 }];
}
