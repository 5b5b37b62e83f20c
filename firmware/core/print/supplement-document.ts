import type { RecordBody } from "../../../protocol/record.ts";
import type { SlipItem } from "../../../protocol/slip/slip.ts";
import { formatDate } from "../../../protocol/time.ts";
import { fill } from "../text/fill.ts";
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
import type { PrintedList } from "./list-end.ts";

/** Slip and list section of sales that were entered afterwards. Everywhere the paper says what they are. */
type Supplement = RecordBody<"supplement">;

/** The slip of an entry; the subject is its record. One block, as every slip. */
export function* supplementSlip(context: DocumentContext): PrintDocument {
	const { core, debt, text } = context;
	const entered = recordOf(core, debt.subject, "supplement");
	if (entered === undefined) return yield* missingDocument(context);
	let isWithdrawn = false;
	const reader = readerOf(core, after(context), ["supplementWithdrawn"]);
	while (!reader.done) {
		for (const [, { kind, body }] of reader.read())
			isWithdrawn ||= kind === "supplementWithdrawn" && body.supplement === debt.subject;
		yield undefined;
	}
	const { body, stamp } = entered;
	const words = text.supplement;
	const mark = isWithdrawn ? `${words.mark} ${words.withdrawn}` : words.mark;
	const block: readonly SlipItem[] = [
		...headItems(context, text.slip.title),
		{ kind: "mark", text: mark },
		...originItems(context),
		pair(text.slip.operator, body.operator),
		rule,
		pair(words.originLabel, words.origin[body.origin]),
		pair(text.slip.method, text.method[body.method]),
		...numberItems(context, body),
		pair(words.soldDate, formatDate(body.soldDate)),
		pair(words.enteredAt, localTime(stamp)),
		pair(words.approvedBy, `${body.by} (${text.role[body.role]})`),
		pair(words.reason, body.reason),
		rule,
		{
			kind: "pair",
			left: text.slip.amount,
			right: money(body.amountMinor, body.currency),
			bold: true,
			size: "tall",
		},
		{ kind: "text", text: words.notHere },
		...copyItems(context, stamp),
		...endItems,
	];
	yield { block, row: 1 };
}

function numberItems({ text }: DocumentContext, body: Supplement): readonly SlipItem[] {
	const items: SlipItem[] = [];
	if (body.trace !== null) items.push(pair(text.slip.trace, sixDigits(body.trace)));
	if (body.lastFour !== null) items.push(pair(text.slip.card, `**** ${body.lastFour}`));
	return items;
}

/** The entries of a list's period, with a total of their own, and nothing where there are none. */
export function* supplementSteps(
	{ context, period, survey }: PrintedList,
	row: number,
): PrintDocument {
	const operator = period.filter?.operator ?? null;
	if (survey.supplementCount === 0 || (period.filter?.group ?? null) !== null) return;
	const { core, text } = context;
	const words = text.supplement;
	const withdrawn = new Set<number>();
	const kinds = ["supplement", "supplementWithdrawn"] as const;
	// What was withdrawn after the period is still not owed to anybody.
	const reader = readerOf(core, { ...period, last: core.state.sequence }, [kinds[1]]);
	while (!reader.done) {
		for (const [, { kind, body }] of reader.read())
			if (kind === "supplementWithdrawn") withdrawn.add(body.supplement);
		yield undefined;
	}
	yield { block: [{ kind: "text", text: words.section, bold: true }, rule], row };
	let count = 0;
	let amountMinor = 0;
	const entries = readerOf(core, period, [kinds[0]]);
	while (!entries.done) {
		for (const [sequence, { kind, body }] of entries.read()) {
			if (kind !== "supplement") continue;
			if (operator !== null && body.operator !== operator) continue;
			const counts = !withdrawn.has(sequence);
			if (counts) count += 1;
			if (counts) amountMinor += body.amountMinor;
			yield { block: entryItems(context, body, counts), row };
		}
		yield undefined;
	}
	const total = fill(words.total, { count });
	yield { block: [rule, pair(total, money(amountMinor, period.currency)), { kind: "blank" }], row };
}

function entryItems(
	{ text }: DocumentContext,
	body: Supplement,
	counts: boolean,
): readonly SlipItem[] {
	const words = text.supplement;
	const { origin, trace, lastFour, soldDate, amountMinor, currency, operator, by } = body;
	const number = trace === null ? "------" : sixDigits(trace);
	const facts = [number, lastFour ?? "----", formatDate(soldDate)].join(" ");
	const items: SlipItem[] = [
		pair(words.origin[origin], money(amountMinor, currency)),
		{ kind: "text", text: `  ${facts}` },
		{ kind: "text", text: `  ${fill(words.row, { operator, by })}` },
	];
	if (!counts) items.push({ kind: "text", text: `  ${words.withdrawn}` });
	return items;
}
