import { toHex } from "../../../protocol/bytes.ts";
import { LIST_SHORT_HASH_DIGITS } from "../../../protocol/list-hash.ts";
import type { RecordBody } from "../../../protocol/record.ts";
import type { SlipBlock, SlipItem } from "../../../protocol/slip/slip.ts";
import type { GroupTotals } from "../state/state.ts";
import { entersTotals } from "../state/totals.ts";
import { fill } from "../text/fill.ts";
import type { PaperText } from "../text/paper-zh-cn.ts";
import { type DocumentContext, money, type PrintDocument, pair, rule } from "./document.ts";
import { listReaderOf } from "./journal-reader.ts";
import type { ListLayout } from "./list-layout.ts";
import type { ListPeriod } from "./list-period.ts";
import type { ListRecord } from "./list-record.ts";
import { isGapReport, type ListSurvey } from "./list-survey.ts";
import { type ListEntry, PeriodRows } from "./period-rows.ts";
import { totalLine, totalsItems } from "./settlement-document.ts";

/** A list whose rows are printed: what its last sections are made from. */
export interface PrintedList {
	readonly context: DocumentContext;
	readonly period: ListPeriod;
	readonly survey: ListSurvey;
	readonly layout: ListLayout;
}

/** Transactions that are no rows: declined, reversed, unknown and late ones. */
export function* otherSteps(list: PrintedList, row: number): PrintDocument {
	const { context, period, survey, layout } = list;
	if (survey.otherCount === 0) return;
	layout.forgetDate();
	yield { block: [title(context.text.list.others), rule], row };
	const rows = new PeriodRows(context.core);
	const reader = listReaderOf(context.core, period, {
		kinds: ["intent", "outcome", "reversal"],
		isAgain: true,
	});
	while (!reader.done) {
		for (const [sequence, record] of reader.read()) {
			const entry = rows.take(sequence, record) ?? openEntry(survey, sequence, record);
			if (entry === undefined) continue;
			if (entry.standing === "approved" && entry.intent !== null) continue;
			yield { block: layout.other(entry), row };
		}
		yield undefined;
	}
	yield { block: [{ kind: "blank" }], row };
}

/** An intent that has no end in the period. */
function openEntry(
	survey: ListSurvey,
	sequence: number,
	record: ListRecord,
): ListEntry | undefined {
	if (record.kind !== "intent" || survey.ended.has(sequence)) return undefined;
	const { stamp, body: intent } = record;
	return { standing: "unknown", sequence, transaction: sequence, stamp, intent, outcome: null };
}

/** Every place where the journal of the period is not complete, with the reason; also says that there is none. */
export function* gapSteps({ context, period, survey }: PrintedList, row: number): PrintDocument {
	const { text } = context;
	if (survey.gapCount === 0) {
		yield { block: [{ kind: "text", text: text.list.noGaps }, { kind: "blank" }], row };
		return;
	}
	yield { block: [title(text.list.gaps), rule], row };
	let found: SlipItem[] = [];
	const missing = (from: number, to: number) => {
		found.push({ kind: "text", text: fill(text.list.unreadable, { from, to }) });
	};
	const reader = listReaderOf(context.core, period, {
		kinds: ["gap", "recovery"],
		onMissing: missing,
	});
	while (!reader.done) {
		for (const [, record] of reader.read()) {
			const report = gapReport(record, text);
			if (report !== undefined) found.push({ kind: "text", text: report });
		}
		for (const item of found) yield { block: [item], row };
		found = [];
		yield undefined;
	}
	yield { block: [{ kind: "blank" }], row };
}

function gapReport(record: ListRecord, text: PaperText): string | undefined {
	if (!isGapReport(record)) return undefined;
	if (record.kind === "recovery") return fill(text.list.torn, { bytes: record.body.tornBytes });
	if (record.kind !== "gap") return undefined;
	const { from, to, damageHash } = record.body;
	const hash = toHex(damageHash).slice(0, LIST_SHORT_HASH_DIGITS);
	return fill(text.list.reported, { from, to, hash });
}

const typeOrder: readonly RecordBody<"intent">["type"][] = [
	"sale",
	"refund",
	"void",
	"completion",
	"preAuthorisation",
	"cancellation",
	"tip",
];

/** Totals by type and by group, and the counts that a manager looks for. */
export function* totalsBlocks(list: PrintedList): Generator<SlipBlock, void, void> {
	const { context, period, survey } = list;
	const { text } = context;
	const { currency } = period;
	const types = typeOrder.flatMap((type) => {
		const totals = survey.types.get(type);
		return totals === undefined
			? []
			: [totalLine(text.type[type], totals.count, totals.amountMinor, currency)];
	});
	const noMoney: SlipItem[] = [...survey.types.keys()].some((type) => !entersTotals(type))
		? [{ kind: "text", text: text.list.noMoney }]
		: [];
	if (types.length > 0) yield [title(text.list.byType), rule, ...types, ...noMoney, rule];
	if (survey.groups.length > 0) yield [title(text.list.byGroup), rule];
	for (const totals of survey.groups) yield totalsItems(context, totals, currency);
	yield countItems(list);
}

function countItems({ context, period, survey }: PrintedList): SlipBlock {
	const words = context.text.list;
	const { rowCount, netMinor, otherCount, reprintCount, overrideCount, groups } = survey;
	const differs = period.settled !== null && !sameTotals(period.settled, groups);
	const warning: SlipItem[] = differs ? [{ kind: "mark", text: words.differs }] : [];
	return [
		{ kind: "rule", style: "double" },
		{
			kind: "pair",
			left: fill(words.total, { count: rowCount }),
			right: money(netMinor, period.currency),
			bold: true,
			size: "tall",
		},
		...warning,
		pair(words.otherCount, String(otherCount)),
		pair(words.reprints, String(reprintCount)),
		pair(words.overrides, String(overrideCount)),
	];
}

/** Compares totals group by group; a group that moved nothing may be left out on either side. */
function sameTotals(left: readonly GroupTotals[], right: readonly GroupTotals[]): boolean {
	const names = new Set([...left, ...right].map(({ group }) => group));
	return [...names].every((name) => figures(left, name) === figures(right, name));
}

function figures(groups: readonly GroupTotals[], name: GroupTotals["group"]): string {
	const totals = groups.find(({ group }) => group === name);
	if (totals === undefined) return "0 0 0 0 0 0";
	const { debitCount, debitMinor, creditCount, creditMinor, voidCount, voidMinor } = totals;
	return [debitCount, debitMinor, creditCount, creditMinor, voidCount, voidMinor].join(" ");
}

function title(text: string): SlipItem {
	return { kind: "text", text, bold: true };
}
