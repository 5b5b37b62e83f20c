import { decodeRecord } from "../../protocol/record.ts";
import type { GroupTotals, PrintDebt, Settlement, Transaction } from "../core/book.ts";
import type { Missing, Supplement } from "../core/day-facts.ts";
import type { Placed } from "../store/book-rows.ts";
import type { TerminalDay } from "../store/day.ts";
import type { Store } from "../store/store.ts";
import { timelineOf } from "./timeline.ts";
import {
	type DayView,
	type GapView,
	type GroupView,
	type MissingItem,
	moneyOf,
	type PrintView,
	type SettlementView,
	type SupplementView,
	type TransactionView,
} from "./view.ts";

/** Of totals that have no transaction and no settlement to name a currency. */
const CURRENCY_DEFAULT = "CNY";
const ROWS_PER_READ = 1_000;

/**
 * One business date as the pages show it. A terminal that was enrolled again on that date has a day in each
 * epoch; they are shown as one, in the order of the epochs.
 */
export async function dayViewOf(
	store: Store,
	name: string,
	days: readonly [TerminalDay, ...TerminalDay[]],
): Promise<DayView> {
	const parts = await Promise.all(days.map((day) => partOf(store, day)));
	const [first] = days;
	const isOpen = days.some(({ period }) => period.lastSeq === null);
	const closes = days.map(({ period }) => period.closeS ?? 0);
	return {
		terminal: first.terminal,
		name,
		businessDate: first.period.businessDate ?? 0,
		state: isOpen ? "open" : "closed",
		openS: Math.min(...days.map(({ period }) => period.openS)),
		closeS: isOpen ? null : Math.max(...closes),
		zoneMinutes: parts[0]?.zoneMinutes ?? 0,
		complete: days.every(({ complete }) => complete),
		missing: days.flatMap(({ missing }) => missing.map(missingOf)),
		lifted: days.flatMap(({ lifted }) => lifted.map(missingOf)),
		exceptions: days.flatMap(({ exceptions }) => [...exceptions]),
		totals: parts.flatMap((part) => part.totals),
		transactions: parts.flatMap((part) => part.transactions),
		supplements: parts.flatMap((part) => part.supplements),
		settlements: parts.flatMap((part) => part.settlements),
		prints: parts.flatMap((part) => part.prints),
		timeline: parts.flatMap((part) => part.timeline),
		gaps: parts.flatMap((part) => part.gaps),
	};
}

type DayPart = Pick<
	DayView,
	| "zoneMinutes"
	| "totals"
	| "transactions"
	| "supplements"
	| "settlements"
	| "prints"
	| "timeline"
	| "gaps"
>;

async function partOf(store: Store, day: TerminalDay): Promise<DayPart> {
	const { terminal, epoch, range, period } = day;
	const within = { terminal, epoch, ...range };
	const transactions = await allTransactions(store, day);
	const settlements = await store.listSettlements(within);
	const prints = await allPrints(store, day);
	const zoneMinutes = await zoneOf(store, terminal, epoch, period.seq);
	const currency = transactions[0]?.currency ?? settlements[0]?.currency ?? CURRENCY_DEFAULT;
	return {
		zoneMinutes,
		totals: day.totals.map((totals) => groupOf(totals, currency)),
		transactions: transactions.map((row) => transactionOf(row, settlements, range.from)),
		supplements: day.supplements.map((row) => supplementOf(epoch, zoneMinutes, row)),
		settlements: settlements.map(settlementOf),
		prints: prints.map((row) => printOf(epoch, row)),
		timeline: await timelineOf(store, day, settlements, zoneMinutes),
		gaps: await gapsOf(store, day),
	};
}

/** The zone in which the day was opened. */
async function zoneOf(
	store: Store,
	terminal: string,
	epoch: number,
	sequence: number,
): Promise<number> {
	const [record] = await store.readRecords({ terminal, epoch, from: sequence, to: sequence });
	return record === undefined ? 0 : decodeRecord(record).stamp.zoneMinutes;
}

async function allTransactions(
	store: Store,
	{ terminal, epoch, range }: TerminalDay,
): Promise<readonly Placed<Transaction>[]> {
	const rows: Placed<Transaction>[] = [];
	for (;;) {
		const after = rows.at(-1)?.placeSeq;
		const read = await store.listTransactions({
			terminal,
			epoch,
			...range,
			limit: ROWS_PER_READ,
			...(after === undefined ? {} : { after }),
		});
		rows.push(...read);
		if (read.length < ROWS_PER_READ) return rows;
	}
}

/** Debts that were made in the day, and originals about something in it. */
async function allPrints(
	store: Store,
	{ terminal, epoch, range }: TerminalDay,
): Promise<readonly PrintDebt[]> {
	const rows = await store.listPrintDebts({
		terminal,
		epoch,
		which: "all",
		limit: Number.MAX_SAFE_INTEGER,
	});
	const isWithin = (sequence: number) => sequence >= range.from && sequence <= range.to;
	return rows.filter(
		({ seq, subject, copy }) => isWithin(seq) || (copy === 0 && isWithin(subject)),
	);
}

export function missingOf(missing: Missing): MissingItem {
	const { type, count, subject, document, amountMinor, currency } = missing;
	const hasMoney = amountMinor !== undefined && currency !== undefined;
	return {
		type,
		count,
		amount: hasMoney ? moneyOf(amountMinor, currency) : null,
		document: document ?? null,
		subject: subject ?? null,
	};
}

export function transactionOf(
	row: Placed<Transaction>,
	settlements: readonly Settlement[],
	periodFrom: number,
): TransactionView {
	const { epoch, seq, placeSeq, outcome, reversal, source } = row;
	const settled = settlements.some(
		({ firstSeq, lastSeq, endSeq }) =>
			endSeq !== null && placeSeq >= firstSeq && placeSeq <= lastSeq,
	);
	return {
		epoch,
		sequence: seq,
		atS: row.wallS,
		zoneMinutes: row.zoneMinutes,
		type: row.type,
		method: row.method,
		amount: moneyOf(row.amountMinor, row.currency),
		trace: row.trace,
		original: row.original,
		order: row.orderId,
		operator: row.operator,
		standing: reversal === "reversed" && outcome !== "approved" ? "reversed" : outcome,
		group: row.schemeGroup,
		scheme: row.scheme,
		reference: row.reference,
		authorisation: row.authorisation,
		response: row.response,
		lastFour: row.lastFour,
		settled,
		late: source === "late" || seq < periodFrom,
	};
}

/** Voids stand apart in a settlement; the net takes them off. */
export function groupOf(totals: GroupTotals, currency: string): GroupView {
	const { group, debitCount, debitMinor, creditCount, creditMinor, voidCount, voidMinor } = totals;
	return {
		group,
		debitCount,
		debit: moneyOf(debitMinor, currency),
		creditCount,
		credit: moneyOf(creditMinor, currency),
		voidCount,
		void: moneyOf(voidMinor, currency),
		net: moneyOf(debitMinor - creditMinor - voidMinor, currency),
	};
}

function settlementOf(row: Placed<Settlement>): SettlementView {
	return {
		epoch: row.epoch,
		sequence: row.seq,
		batch: row.batch,
		firstSequence: row.firstSeq,
		lastSequence: row.lastSeq,
		atS: row.wallS,
		zoneMinutes: row.zoneMinutes,
		trigger: row.trigger,
		groups: row.groups.map((totals) => groupOf(totals, row.currency)),
		verdicts: row.verdicts.map(({ group, verdict }) => ({ group, verdict })),
		uploadedCount: row.uploadedCount,
		ended: row.endSeq !== null,
	};
}

function supplementOf(epoch: number, zoneMinutes: number, row: Supplement): SupplementView {
	const { seq, wallS, amountMinor, currency, by, ...facts } = row;
	return {
		epoch,
		sequence: seq,
		atS: wallS,
		zoneMinutes,
		origin: facts.origin,
		method: facts.method,
		amount: moneyOf(amountMinor, currency),
		soldDate: facts.soldDate,
		trace: facts.trace,
		lastFour: facts.lastFour,
		operator: facts.operator,
		approvedBy: by,
		reason: facts.reason,
		withdrawn: facts.withdrawn,
	};
}

function printOf(epoch: number, row: PrintDebt): PrintView {
	const { seq, document, subject, copy, state, wallS, by, reason, stateReason } = row;
	return {
		epoch,
		sequence: seq,
		document,
		subject,
		copy,
		state,
		row: row.row,
		atS: wallS,
		by,
		reason: stateReason ?? reason,
	};
}

/** Records of the day that the host does not hold, and why. */
async function gapsOf(
	store: Store,
	{ terminal, epoch, range, period }: TerminalDay,
): Promise<GapView[]> {
	const gaps: GapView[] = [];
	for (const { missingFrom, toSeq } of await store.listLosses({ terminal, epoch })) {
		if (missingFrom === null || missingFrom > range.to || toSeq < range.from) continue;
		gaps.push({ epoch, from: missingFrom, to: toSeq, reason: "lost" });
	}
	const streams = await store.listStreams(terminal);
	const stream = streams.find((one) => one.epoch === epoch);
	if (period.lastSeq === null && stream !== undefined && stream.claimed > stream.watermark) {
		gaps.push({ epoch, from: stream.watermark + 1, to: stream.claimed, reason: "missing" });
	}
	return gaps;
}
