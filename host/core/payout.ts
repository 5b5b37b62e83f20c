import type { Decisions } from "./decision.ts";
import type { Manual } from "./manual.ts";
import type { Naming } from "./naming.ts";
import { PayoutRuns } from "./payout-run.ts";
import { addMinor, type MoneyRow, moneyText } from "./row.ts";
import type { BankRules } from "./rules.ts";
import { isPayoutDate, type Settlement, WHOLE_DAY } from "./settlement.ts";
import { shortfallReason } from "./shortfall.ts";

/** Rows of a batch that a difference about the whole batch shows as evidence. */
const BATCH_EVIDENCE_MAX = 20;

interface PayoutOptions {
	readonly naming: Naming;
	readonly rules: BankRules;
	readonly manual: Manual;
}

/**
 * Bank lines against batches, many to one. The rule, in order:
 * 1. Lines that name a settlement id, or a terminal and `batch` with its number, belong to that batch; their sum
 *    has to be the batch's net.
 * 2. A line that names none is the payout of the oldest unpaid batch of its currency (and its terminal, if it names
 *    one) whose net or gross it equals, booked at most `payoutDaysMax` days after the business date.
 * 3. A line that equals the sum of all unpaid batches of one business date, or of a few in a row as over a weekend,
 *    pays them all; of one terminal, if it names one.
 * A fee that the line itself shows counts as paid. Net is gross less the acquirer's fee rows of the batch.
 * Returns the lines that none of this explains.
 */
export function matchPayouts(
	settlements: readonly Settlement[],
	lines: readonly MoneyRow[],
	options: PayoutOptions,
	decisions: Decisions,
): MoneyRow[] {
	const { naming, rules } = options;
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
		decideNamed(settlement, own, rules, decisions);
	}
	const index = indexBySum(unpaid);
	rest = rest.filter((line) => !payByAmount(index, unpaid, line, options, decisions));
	const runs = new PayoutRuns(unpaid, rules);
	rest = rest.filter((line) => {
		const run = runs.take(line, paidSums(line), naming.terminalOf(line));
		if (run === undefined) return true;
		for (const settlement of run.settlements) unpaid.delete(settlement);
		const rows = [line, ...run.settlements.flatMap(evidence)];
		decisions.matches.push({ rows, pass: "day-amount", why: run.why });
		return false;
	});
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
	rules: BankRules,
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
	differentPayout(settlement, lines, paidMinor, rules, decisions);
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
	rules: BankRules,
	decisions: Decisions,
): void {
	const [first, ...others] = [...evidence(settlement), ...lines];
	if (first === undefined) return;
	const { netMinor, grossMinor, currency } = settlement;
	decisions.findings.push({
		reason: shortfallReason(grossMinor, paidMinor, rules.feePercentMax),
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
	{ naming, rules, manual }: PayoutOptions,
	decisions: Decisions,
): boolean {
	const terminalId = naming.terminalOf(line);
	const settlement = paidSums(line)
		.flatMap((sum) => index.get(`${line.currency}${sum}`) ?? [])
		.find(
			(one) =>
				unpaid.has(one) &&
				isPayoutDate(one, line, rules.payoutDaysMax) &&
				!one.rows.some((row) => manual.parted(row, line)) &&
				(terminalId === undefined || terminalId === one.terminalId),
		);
	if (settlement === undefined) return false;
	unpaid.delete(settlement);
	const why = `the bank line equals ${batchText(settlement)}, the oldest unpaid one of this amount`;
	decisions.matches.push({ rows: [line, ...evidence(settlement)], pass: "batch-amount", why });
	return true;
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
		settlement.unheld,
	);
}

function evidence(settlement: Settlement): MoneyRow[] {
	return settlement.rows.slice(0, BATCH_EVIDENCE_MAX);
}

function batchText({ terminalId, batch, businessDate }: Settlement): string {
	if (batch === WHOLE_DAY) return `the whole day ${businessDate} of a provider without batches`;
	return `batch ${batch} of terminal ${terminalId} on ${businessDate}`;
}
