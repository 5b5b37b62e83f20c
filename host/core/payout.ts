import type { Decisions } from "./decision.ts";
import type { Naming } from "./naming.ts";
import { addMinor, type MoneyRow, moneyText } from "./row.ts";
import { isPayoutDate, type Settlement } from "./settlement.ts";
import { shortfallReason } from "./shortfall.ts";

/** Rows of a batch that a difference about the whole batch shows as evidence. */
const BATCH_EVIDENCE_MAX = 20;

/**
 * Bank lines against batches, many to one. The rule, in order:
 * 1. Lines that name a settlement id, or a terminal and `batch` with its number, belong to that batch; their sum
 *    has to be the batch's net.
 * 2. A line that names none is the payout of the oldest unpaid batch of its currency (and its terminal, if it names
 *    one) whose net or gross it equals, booked at most `PAYOUT_DAYS_MAX` days after the business date.
 * 3. A line that equals the sum of all unpaid batches of one business date pays them all.
 * A fee that the line itself shows counts as paid. Net is gross less the acquirer's fee rows of the batch.
 * Returns the lines that none of this explains.
 */
export function matchPayouts(
	settlements: readonly Settlement[],
	lines: readonly MoneyRow[],
	naming: Naming,
	decisions: Decisions,
): MoneyRow[] {
	const unpaid = new Set(settlements);
	const named = new Map<Settlement, MoneyRow[]>();
	let rest: MoneyRow[] = [];
	for (const line of lines) {
		const settlement = naming.settlementOf(line);
		if (settlement === undefined) rest.push(line);
		else named.set(settlement, [...(named.get(settlement) ?? []), line]);
	}
	for (const [settlement, own] of named) {
		unpaid.delete(settlement);
		decideNamed(settlement, own, decisions);
	}
	const index = indexBySum(unpaid);
	rest = rest.filter((line) => !payByAmount(index, unpaid, line, naming, decisions));
	const days = groupByDay(unpaid);
	rest = rest.filter((line) => !payDay(days, unpaid, line, decisions));
	for (const settlement of unpaid) {
		if (settlement.required && settlement.netMinor !== 0) missBatch(settlement, decisions);
	}
	return rest;
}

/** What a line pays: its amount, and with the fee that it shows. */
function paidSums(line: MoneyRow): number[] {
	return line.feeMinor === undefined
		? [line.amountMinor]
		: [line.amountMinor, addMinor(line.amountMinor, line.feeMinor)];
}

function decideNamed(
	settlement: Settlement,
	lines: readonly MoneyRow[],
	decisions: Decisions,
): void {
	const paidMinor = lines.reduce((sum, line) => addMinor(sum, line.amountMinor), 0);
	const feeMinor = lines.reduce((sum, line) => addMinor(sum, line.feeMinor ?? 0), 0);
	const fits = (sum: number) => settlement.sums.includes(sum);
	const why = `the bank line names ${batchText(settlement)}`;
	decisions.matches.push({ rows: [...lines, ...evidence(settlement)], pass: "batch-named", why });
	if (fits(paidMinor) || fits(addMinor(paidMinor, feeMinor))) return;
	const whole = lines.filter((line) => paidSums(line).some(fits));
	if (whole.length === lines.length) {
		for (const line of whole.slice(1)) duplicatePayout(settlement, line, decisions);
		return;
	}
	differentPayout(settlement, lines, paidMinor, decisions);
}

function duplicatePayout(settlement: Settlement, line: MoneyRow, decisions: Decisions): void {
	const [first] = evidence(settlement);
	decisions.findings.push({
		reason: "duplicate",
		leg: "bank",
		atStakeMinor: Math.abs(line.amountMinor),
		why: `the bank paid ${batchText(settlement)} more than once`,
		rows: [first ?? line, line],
		batch: settlement.batch,
	});
}

function differentPayout(
	settlement: Settlement,
	lines: readonly MoneyRow[],
	paidMinor: number,
	decisions: Decisions,
): void {
	const [first, ...others] = [...evidence(settlement), ...lines];
	if (first === undefined) return;
	const { netMinor, grossMinor, currency } = settlement;
	decisions.findings.push({
		reason: shortfallReason(grossMinor, paidMinor),
		leg: "bank",
		atStakeMinor: Math.abs(netMinor - paidMinor),
		why: `${batchText(settlement)} is ${moneyText(grossMinor, currency)} and ${moneyText(netMinor, currency)} net of fees, the bank paid ${moneyText(paidMinor, currency)}`,
		rows: [first, ...others],
		batch: settlement.batch,
	});
}

/** Unpaid batches by every sum that pays one of them, oldest first. */
function indexBySum(unpaid: ReadonlySet<Settlement>): Map<string, Settlement[]> {
	const index = new Map<string, Settlement[]>();
	for (const settlement of unpaid) {
		if (settlement.netMinor === 0) continue;
		for (const sum of settlement.sums) {
			const key = `${settlement.currency}${sum}`;
			const same = index.get(key);
			if (same === undefined) index.set(key, [settlement]);
			else same.push(settlement);
		}
	}
	return index;
}

function payByAmount(
	index: ReadonlyMap<string, readonly Settlement[]>,
	unpaid: Set<Settlement>,
	line: MoneyRow,
	naming: Naming,
	decisions: Decisions,
): boolean {
	const terminalId = naming.terminalOf(line);
	const settlement = paidSums(line)
		.flatMap((sum) => index.get(`${line.currency}${sum}`) ?? [])
		.find(
			(one) =>
				unpaid.has(one) &&
				isPayoutDate(one, line) &&
				(terminalId === undefined || terminalId === one.terminalId),
		);
	if (settlement === undefined) return false;
	unpaid.delete(settlement);
	const why = `the bank line equals ${batchText(settlement)}, the oldest unpaid one of this amount`;
	decisions.matches.push({ rows: [line, ...evidence(settlement)], pass: "batch-amount", why });
	return true;
}

function groupByDay(unpaid: ReadonlySet<Settlement>): Map<string, Settlement[]> {
	const days = new Map<string, Settlement[]>();
	for (const settlement of unpaid) {
		const key = `${settlement.currency}${settlement.businessDate}`;
		const day = days.get(key);
		if (day === undefined) days.set(key, [settlement]);
		else day.push(settlement);
	}
	return days;
}

function payDay(
	days: Map<string, Settlement[]>,
	unpaid: Set<Settlement>,
	line: MoneyRow,
	decisions: Decisions,
): boolean {
	for (const [key, day] of days) {
		const [first] = day;
		if (first?.currency !== line.currency || !isPayoutDate(first, line)) continue;
		const net = day.reduce((sum, settlement) => addMinor(sum, settlement.netMinor), 0);
		const gross = day.reduce((sum, settlement) => addMinor(sum, settlement.grossMinor), 0);
		if (!paidSums(line).some((sum) => sum === net || sum === gross)) continue;
		days.delete(key);
		for (const settlement of day) unpaid.delete(settlement);
		const rows = [line, ...day.flatMap(evidence)];
		const why = `the bank line equals the sum of all unpaid batches of ${first.businessDate}`;
		decisions.matches.push({ rows, pass: "day-amount", why });
		return true;
	}
	return false;
}

function missBatch(settlement: Settlement, decisions: Decisions): void {
	const [first, ...others] = evidence(settlement);
	if (first === undefined) return;
	const why = `no bank line pays ${batchText(settlement)}: ${moneyText(settlement.netMinor, settlement.currency)} net of fees`;
	const atStakeMinor = Math.abs(settlement.netMinor);
	const rows: [MoneyRow, ...MoneyRow[]] = [first, ...others];
	decisions.missing(
		{ reason: "missing-at-bank", leg: "bank", atStakeMinor, why, rows, batch: settlement.batch },
		settlement.businessDate,
		settlement.rows,
	);
}

function evidence(settlement: Settlement): MoneyRow[] {
	return settlement.rows.slice(0, BATCH_EVIDENCE_MAX);
}

function batchText({ terminalId, batch, businessDate }: Settlement): string {
	return `batch ${batch} of terminal ${terminalId} on ${businessDate}`;
}
