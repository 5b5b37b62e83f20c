import { formatAmount } from "../../protocol/money.ts";
import type { SlipBlock, SlipItem } from "../../protocol/slip/slip.ts";
import { formatDate, formatDateTime } from "../../protocol/time.ts";
import type { DayView, GroupView, TransactionView } from "../api/view.ts";
import { moneyText, pair, rule, sixDigits } from "./slip.ts";
import { fill, type PaperText, word } from "./text.ts";

/** 日结清单 of one business date, block by block, from the rows of the host. */
export function* dailyList(day: DayView, text: PaperText): Generator<SlipBlock, void> {
	const { list, slip } = text;
	const approved = day.transactions.filter(({ standing }) => standing === "approved");
	const others = day.transactions.filter(({ standing }) => standing !== "approved");
	yield [
		{ kind: "text", text: day.name, align: "center", bold: true, size: "tall" },
		{ kind: "text", text: list.title, align: "center", bold: true },
		rule,
		pair(slip.terminal, day.terminal),
		pair(list.businessDate, formatDate(day.businessDate)),
		...(day.state === "open" ? [{ kind: "mark", text: list.open } as const] : []),
		rule,
	];
	for (const row of approved) yield rowItems(row, text);
	if (approved.length === 0) yield [{ kind: "text", text: list.empty, align: "center" }];
	yield [rule, pair(fill(list.total, { count: approved.length }), netText(day.totals))];
	yield totals(day.totals, text);
	if (others.length > 0) yield [{ kind: "heading", left: list.others, right: "" }];
	for (const row of others) yield [...rowItems(row, text), standingItem(row, text)];
	yield supplements(day, text);
	yield settlements(day, text);
	yield gaps(day, text);
	yield [{ kind: "text", text: slip.host, align: "center" }, { kind: "cut" }];
}

function rowItems(row: TransactionView, text: PaperText): SlipItem[] {
	const { trace, type, lastFour, amount, atS, zoneMinutes } = row;
	return [
		{
			kind: "columns",
			cells: [
				{ text: trace === null ? `#${row.sequence}` : sixDigits(trace), width: 8 },
				{ text: word(text.shortType, type), width: 4 },
				{ text: lastFour ?? "", width: 4 },
				{ text: amount.text, align: "right" },
			],
		},
		{ kind: "text", text: formatDateTime(atS, zoneMinutes).slice(11), align: "left" },
	];
}

function standingItem(row: TransactionView, text: PaperText): SlipItem {
	const response = row.response ?? "";
	return pair(`  ${word(text.standing, row.standing)}`, response);
}

/** The net of each currency; a list hardly ever has more than one. */
function netText(groups: readonly GroupView[]): string {
	const sums = new Map<string, number>();
	for (const { net } of groups) sums.set(net.currency, (sums.get(net.currency) ?? 0) + net.minor);
	return [...sums]
		.map(([currency, minor]) => `${currency} ${formatAmount(minor, currency)}`)
		.join(" ");
}

function totals(groups: readonly GroupView[], text: PaperText): SlipItem[] {
	const { list } = text;
	const items: SlipItem[] = [];
	if (groups.length > 0) items.push({ kind: "heading", left: list.totals, right: "" });
	for (const total of groups) {
		items.push(pair(word(text.group, total.group), ""));
		items.push(pair(`  ${list.debit} ${total.debitCount}`, moneyText(total.debit)));
		items.push(pair(`  ${list.credit} ${total.creditCount}`, moneyText(total.credit)));
		items.push(pair(`  ${list.void} ${total.voidCount}`, moneyText(total.void)));
		items.push({ kind: "pair", left: `  ${list.net}`, right: moneyText(total.net), bold: true });
	}
	return items;
}

/** 补录: what people entered, with a total of its own. */
function supplements({ supplements: rows }: DayView, { list }: PaperText): SlipItem[] {
	const [first] = rows;
	if (first === undefined) return [];
	const items: SlipItem[] = [{ kind: "heading", left: list.supplements, right: "" }];
	for (const { origin, amount, soldDate, trace, withdrawn } of rows) {
		const number = trace === null ? "------" : sixDigits(trace);
		items.push(pair(word(list.origin, origin), moneyText(amount)));
		items.push(pair(`  ${number} ${formatDate(soldDate)}`, withdrawn ? list.withdrawn : ""));
	}
	const counted = rows.filter(({ withdrawn }) => !withdrawn);
	const minor = counted.reduce((sum, { amount }) => sum + amount.minor, 0);
	const { currency } = first.amount;
	const total = `${currency} ${formatAmount(minor, currency)}`;
	return [...items, pair(fill(list.supplementTotal, { count: counted.length }), total)];
}

function settlements(day: DayView, text: PaperText): SlipItem[] {
	const { list } = text;
	const items: SlipItem[] = [];
	if (day.settlements.length === 0) return items;
	items.push({ kind: "heading", left: list.settlements, right: "" });
	for (const { batch, verdicts } of day.settlements) {
		const words = verdicts.map(
			({ group, verdict }) => `${word(text.group, group)} ${word(text.verdict, verdict)}`,
		);
		items.push(pair(fill(list.batch, { batch: sixDigits(batch) }), words.shift() ?? ""));
		for (const more of words) items.push(pair("", more));
	}
	return items;
}

function gaps(day: DayView, text: PaperText): SlipItem[] {
	const { list } = text;
	if (day.gaps.length === 0) return [{ kind: "text", text: list.noGaps }];
	return [
		{ kind: "heading", left: list.gaps, right: "" },
		...day.gaps.map(({ from, to, reason }): SlipItem => {
			const named = fill(list.gap, { from, to, reason: word(text.gapReason, reason) });
			return { kind: "text", text: named };
		}),
	];
}
