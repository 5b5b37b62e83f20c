import { refuseCardNumbers } from "../../../protocol/card-guard.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import {
	HOLDS_MAX,
	OPEN_SALES_MAX,
	PRINT_DEBTS_SELLING_MAX,
	REVERSAL_ATTEMPTS_MAX,
} from "../../../protocol/limits.ts";
import type { AppBody } from "../../../protocol/payment-app.ts";
import type { Core } from "../core.ts";
import { daysLate } from "./catch-up.ts";
import { Refusal, refuseUnless } from "./refusal.ts";

/** Whether the terminal may charge now. Throws `REFUSED` with the first reason against it. */
export function admit(core: Core, asked: AppBody<"intent">): void {
	const { state, configuration } = core;
	refuseUnless(state.day !== null && state.shift !== null, "shiftNotOpen");
	refuseUnless(asked.amountMinor > 0, "amountZero");
	refuseUnless(asked.currency === configuration.currency, "currency");
	refuseCardText([asked.order, asked.operator]);
	refuseUnless(state.open.length < OPEN_SALES_MAX, "tooManyOpen");
	refuseUnless(asked.type !== "preAuthorisation" || holdsToCome(core) < HOLDS_MAX, "tooManyHolds");
	refuseUnless(state.debts.length < PRINT_DEBTS_SELLING_MAX, "tooManyPrints");
	refuseUnless(!reversalRuns(core), "reversalRunning");
	if (configuration.sellBeforeCatchUp || !state.clockTrusted) return;
	refuseUnless(daysLate(state, configuration, core.stamp()) === 0, "catchUpFirst");
}

/** Pre-authorisations that hold money, or may once their outcome is known. */
function holdsToCome({ state: { holds, open } }: Core): number {
	return holds.length + open.filter(({ type }) => type === "preAuthorisation").length;
}

/**
 * A reversal goes before the next sale while it is tried at once. One that got no answer three times is a
 * blocker of the close instead, because a shop cannot stand still for it.
 */
function reversalRuns(core: Core): boolean {
	return core.state.open.some(
		({ phase, reversalAttempts }) =>
			phase === "reversing" && reversalAttempts < REVERSAL_ATTEMPTS_MAX,
	);
}

function refuseCardText(texts: readonly (string | null)[]): void {
	try {
		refuseCardNumbers(texts, "intent");
	} catch (error) {
		if (error instanceof CloseoutError && error.code === "CARD_DATA")
			throw new Refusal("cardNumber");
		throw error;
	}
}
