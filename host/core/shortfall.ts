import type { DifferenceReason } from "./difference.ts";

/**
 * Share of a payment, in percent, up to which a bank line that is too small and states no fee is taken for
 * payment less an unstated fee, and not for another amount. Acquirers' charges for card sales lie below it.
 */
export const FEE_PERCENT_MAX = 5;

/** Names what a bank line that is not as expected may be: less a fee nobody stated, or another amount. */
export function shortfallReason(grossMinor: number, paidMinor: number): DifferenceReason {
	const shortMinor = grossMinor - paidMinor;
	const isFee =
		grossMinor > 0 && shortMinor > 0 && shortMinor * 100 <= grossMinor * FEE_PERCENT_MAX;
	return isFee ? "fee" : "amount";
}
