import type { DifferenceReason } from "./difference.ts";

/**
 * Names what a bank line that is not as expected may be: less a fee nobody stated, which is at most `percentMax`
 * percent, or another amount.
 */
export function shortfallReason(
	grossMinor: number,
	paidMinor: number,
	percentMax: number,
): DifferenceReason {
	const shortMinor = grossMinor - paidMinor;
	const isFee = grossMinor > 0 && shortMinor > 0 && shortMinor * 100 <= grossMinor * percentMax;
	return isFee ? "fee" : "amount";
}
