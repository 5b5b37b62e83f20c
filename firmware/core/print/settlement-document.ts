import { formatAmount } from "../../../protocol/money.ts";
import type { RecordBody } from "../../../protocol/record.ts";
import type { SlipItem } from "../../../protocol/slip/slip.ts";
import type { Verdict } from "../part.ts";
import type { GroupTotals } from "../state/state.ts";
import {
	after,
	copyItems,
	type DocumentContext,
	endItems,
	headItems,
	localTime,
	missingDocument,
	money,
	originItems,
	type PrintDocument,
	pair,
	recordOf,
	rule,
	sixDigits,
} from "./document.ts";
import { readerOf } from "./journal-reader.ts";

type SettleEnd = RecordBody<"settleEnd">;

/** Settlement slip; the subject is the `settleBegin` record. One block, marked and whole again after a stop. */
export function* settlementDocument(context: DocumentContext): PrintDocument {
	const { core, debt, text } = context;
	const begin = recordOf(core, debt.subject, "settleBegin");
	if (begin === undefined) return yield* missingDocument(context);
	let end: SettleEnd | undefined;
	const reader = readerOf(core, after(context), ["settleEnd"]);
	while (end === undefined && !reader.done) {
		for (const [, record] of reader.read()) {
			if (record.kind === "settleEnd" && record.body.settlement === debt.subject) end = record.body;
		}
		yield undefined;
	}
	const { body, stamp } = begin;
	const block = [
		...headItems(context, text.settlement.title),
		...originItems(context),
		pair(text.settlement.batch, sixDigits(body.batch)),
		pair(text.settlement.range, `${body.first}-${body.last}`),
		pair(text.settlement.time, localTime(stamp)),
		pair(text.settlement.trigger, text.trigger[body.trigger]),
		rule,
		...body.groups.flatMap((totals) => groupItems(context, totals, body.currency, end)),
		...closingItems(context, body, end),
		...copyItems(context, stamp),
		...endItems,
	];
	yield { block, row: 1 };
}

function groupItems(
	context: DocumentContext,
	totals: GroupTotals,
	currency: string,
	end: SettleEnd | undefined,
): readonly SlipItem[] {
	const { text } = context;
	const verdict = end?.verdicts.find(({ group }) => group === totals.group)?.verdict;
	return [
		...totalsItems(context, totals, currency),
		{
			kind: "pair",
			left: text.settlement.verdict,
			right: verdictText(context, verdict, end),
			bold: true,
		},
		rule,
	];
}

/** A settlement that ended without a word about a group cannot confirm it. */
function verdictText(
	{ text }: DocumentContext,
	verdict: Verdict | undefined,
	end: SettleEnd | undefined,
): string {
	if (end === undefined) return text.settlement.unfinished;
	return text.verdict[verdict ?? "cannotConfirm"];
}

function closingItems(
	{ text }: DocumentContext,
	{ groups, currency }: RecordBody<"settleBegin">,
	end: SettleEnd | undefined,
): readonly SlipItem[] {
	if (groups.length === 0) return [{ kind: "text", text: text.settlement.empty, align: "center" }];
	const net = groups.reduce((sum, totals) => sum + netOf(totals), 0);
	const items: SlipItem[] = [
		{
			kind: "pair",
			left: text.settlement.net,
			right: money(net, currency),
			bold: true,
			size: "tall",
		},
	];
	if (end !== undefined && end.uploadedCount > 0) {
		items.push(pair(text.settlement.uploaded, String(end.uploadedCount)));
	}
	return items;
}

/** What a group moves to the merchant. */
export function netOf({ debitMinor, creditMinor, voidMinor }: GroupTotals): number {
	return debitMinor - creditMinor - voidMinor;
}

/** The name of a group and its three lines of count and amount; voids stand apart. */
export function totalsItems(
	{ text }: DocumentContext,
	totals: GroupTotals,
	currency: string,
): readonly SlipItem[] {
	return [
		{ kind: "text", text: text.group[totals.group], bold: true },
		totalLine(text.settlement.debit, totals.debitCount, totals.debitMinor, currency),
		totalLine(text.settlement.credit, totals.creditCount, totals.creditMinor, currency),
		totalLine(text.settlement.void, totals.voidCount, totals.voidMinor, currency),
	];
}

/** Name, count and amount in three columns. */
export function totalLine(name: string, count: number, minor: number, currency: string): SlipItem {
	return {
		kind: "columns",
		cells: [
			{ text: name, width: 10 },
			{ text: String(count), width: 5, align: "right" },
			{ text: formatAmount(minor, currency), align: "right" },
		],
	};
}
