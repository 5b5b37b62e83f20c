import type { SlipItem } from "../../../protocol/slip/slip.ts";
import { formatDate } from "../../../protocol/time.ts";
import type { Blocker } from "../part.ts";
import { fill } from "../text/fill.ts";
import {
	type DocumentContext,
	endItems,
	headItems,
	localTime,
	missingDocument,
	money,
	originItems,
	type PrintDocument,
	pair,
	rule,
} from "./document.ts";
import { totalsBlocks } from "./list-end.ts";
import { ListLayout } from "./list-layout.ts";
import { findPeriod, type ListPeriod } from "./list-period.ts";
import { ListSurvey } from "./list-survey.ts";
import type { EntryStanding } from "./period-rows.ts";

/**
 * X report of the open day: its totals up to the moment in which it was asked for, and what stands open when it
 * prints. Nothing ends by it, and the paper says so at both ends. Each one is new, so it is no copy of anything.
 */
export function* interimDocument(context: DocumentContext): PrintDocument {
	const { core, debt } = context;
	const period = yield* findPeriod(core, debt.subject, debt.debt);
	if (period === undefined) return yield* missingDocument(context);
	const survey = new ListSurvey(core, period);
	yield* survey.read(core, period);
	const layout = new ListLayout(context, period, survey);
	yield { block: headBlock(context, period), row: 0 };
	for (const block of totalsBlocks({ context, period, survey, layout })) yield { block, row: 0 };
	yield { block: [...otherItems(context, survey), ...enteredItems(context), rule], row: 0 };
	yield { block: [...openItems(context), interimMark(context), ...endItems], row: 1 };
}

function interimMark({ text }: DocumentContext): SlipItem {
	return { kind: "mark", text: text.interim.mark };
}

function headBlock(context: DocumentContext, period: ListPeriod): readonly SlipItem[] {
	const { core, text } = context;
	const { shift } = core.state;
	const date = period.businessDate;
	const items = [
		...headItems(context, text.interim.title),
		interimMark(context),
		...originItems(context),
	];
	if (date !== null) items.push(pair(text.list.businessDate, formatDate(date)));
	if (shift !== null) {
		items.push(pair(text.exceptions.shift, String(shift.shift)));
		items.push(pair(text.exceptions.operator, shift.operator));
	}
	items.push(pair(text.list.range, `${period.first}-${period.last}`));
	return [...items, pair(text.exceptions.time, localTime(core.stamp())), rule];
}

const standings: readonly Exclude<EntryStanding, "approved">[] = [
	"declined",
	"reversed",
	"unknown",
	"late",
	"denied",
	"orphan",
];

/** The transactions that are in no total, by how they stand. */
function otherItems({ text }: DocumentContext, { others }: ListSurvey): readonly SlipItem[] {
	return standings.flatMap((standing) => {
		const count = others.get(standing) ?? 0;
		return count === 0 ? [] : [pair(`  ${text.outcome[standing]}`, String(count))];
	});
}

/** Sales entered by hand: in no other total. */
function enteredItems({ core, text }: DocumentContext): readonly SlipItem[] {
	const { count, amountMinor } = core.state.supplements;
	if (count === 0) return [];
	const total = money(amountMinor, core.configuration.currency);
	return [pair(fill(text.supplement.total, { count }), total)];
}

/** What is owed and open, the report itself left out. */
function openItems(context: DocumentContext): readonly SlipItem[] {
	const { core, text, debt, blockers } = context;
	const owed = core.state.debts.filter((other) => other.debt !== debt.debt).length;
	const open = blockers.filter(({ type }) => type !== "printDebt");
	return [
		pair(text.status.debts, String(owed)),
		{ kind: "text", text: open.length > 0 ? text.interim.open : text.interim.nothingOpen },
		...open.map((blocker) => openItem(context, blocker)),
	];
}

function openItem({ core, text }: DocumentContext, blocker: Blocker): SlipItem {
	const { type, count, amountMinor } = blocker;
	const amount = amountMinor === 0 ? "" : ` ${money(amountMinor, core.configuration.currency)}`;
	return pair(`! ${text.blocker[type]}`, `${fill(text.exceptions.count, { count })}${amount}`);
}
