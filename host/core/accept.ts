import { exponentOf } from "../../protocol/money.ts";
import { type MoneyRow, moneyText } from "./row.ts";
import type { AcceptRule, Tolerance } from "./rules.ts";

/**
 * Why two amounts of one transaction agree although they are not the same: a rule says so, or the other book states
 * the fee that it held back. Undefined when nothing does.
 */
export function acceptAmounts(
	left: MoneyRow,
	right: MoneyRow,
	rules: readonly AcceptRule[],
): string | undefined {
	const both = `${moneyText(left.amountMinor, left.currency)} and ${moneyText(right.amountMinor, right.currency)}`;
	const { feeMinor = 0 } = right;
	if (left.currency === right.currency && left.amountMinor === right.amountMinor + feeMinor) {
		return `${both}, less the fee of ${moneyText(feeMinor, right.currency)} that the ${right.leg} states`;
	}
	const rule = rules.find(
		(one) =>
			one.book === right.leg &&
			(one.currency === undefined || one.currency === left.currency) &&
			accepts(one, left, right),
	);
	return rule === undefined ? undefined : `${both} agree by rule "${rule.name}": ${rule.why.en}`;
}

function accepts(rule: AcceptRule, left: MoneyRow, right: MoneyRow): boolean {
	const [a, b] = [left.amountMinor, right.amountMinor];
	if (Math.sign(a) !== Math.sign(b)) return false;
	if (rule.type === "fx") return isConverted(rule, left, right);
	if (left.currency !== right.currency) return false;
	const bound = boundOf(a, rule.within);
	if (rule.type === "fee") {
		const short = Math.abs(a) - Math.abs(b);
		return short > 0 && short <= bound;
	}
	return Math.abs(a - b) <= bound;
}

function isConverted(rule: AcceptRule, left: MoneyRow, right: MoneyRow): boolean {
	const { to, rate, from = 0, until = Infinity } = rule;
	if (to === undefined || rate === undefined || right.currency !== to || left.currency === to)
		return false;
	const date = left.businessDate ?? right.businessDate;
	if (date !== undefined && (date < from || date > until)) return false;
	const converted = convert(left.amountMinor, left.currency, to, rate);
	return Math.abs(converted - right.amountMinor) <= boundOf(converted, rule.within);
}

function boundOf(amountMinor: number, { minor, permille }: Tolerance): number {
	return Math.max(minor, Math.floor((Math.abs(amountMinor) * permille) / 1000));
}

/** Converts by a decimal rate, exactly, and rounds half away from zero to minor units of the other currency. */
export function convert(amountMinor: number, from: string, to: string, rate: string): number {
	const [whole = "0", fraction = ""] = rate.split(".");
	let numerator = BigInt(Math.abs(amountMinor)) * BigInt(whole + fraction);
	let denominator = 10n ** BigInt(fraction.length);
	const shift = exponentOf(to) - exponentOf(from);
	if (shift > 0) numerator *= 10n ** BigInt(shift);
	else denominator *= 10n ** BigInt(-shift);
	const rounded = Number((numerator * 2n + denominator) / (denominator * 2n));
	return amountMinor < 0 ? -rounded : rounded;
}
