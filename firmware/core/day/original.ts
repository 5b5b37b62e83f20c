import type { AppBody } from "../../../protocol/payment-app.ts";
import type { Core } from "../core.ts";
import type { Hold, OpenTransaction } from "../state/state.ts";
import { entryOf, findTrace, type LedgerEntry } from "./ledger.ts";
import { refuseUnless } from "./refusal.ts";

type Asked = AppBody<"intent">;

/** Types that a transaction of each type may refer to. */
const referable: Readonly<Record<string, readonly OpenTransaction["type"][]>> = Object.freeze({
	void: ["sale", "completion", "tip"],
	refund: ["sale", "completion", "tip"],
	completion: ["preAuthorisation"],
	cancellation: ["preAuthorisation"],
	tip: ["sale"],
});

/**
 * The transaction that a void, refund, completion, cancellation or tip refers to, checked, or null for one that refers to none.
 * A refund may come without an original, because the sale can be older than the journal or of another terminal.
 * Throws `REFUSED` with the remedy.
 */
export function resolveOriginal(core: Core, asked: Asked): number | null {
	const allowed = referable[asked.type];
	if (allowed === undefined) return null;
	const named = asked.original !== null || asked.originalTrace !== null;
	if (!named && asked.type === "refund") return null;
	refuseUnless(named, "originalMissing");
	const entry = findOriginal(core, asked);
	refuseUnless(entry !== undefined, "originalUnknown");
	refuseUnless(allowed.includes(entry.intent.type), "originalType");
	const open = core.state.open.find(({ transaction }) => transaction === entry.transaction);
	// Money that came late is given back by a refund of all of it where its reversal is refused.
	const isLate = open?.phase === "late" && asked.type === "refund";
	const tookMoney = entry.outcome === "approved" && !entry.reversed;
	refuseUnless(open === undefined || isLate, "originalOpen");
	refuseUnless(tookMoney || isLate, "originalNotApproved");
	refuseUnless(!isLate || asked.amountMinor === entry.intent.amountMinor, "originalAmount");
	refuseUnless(!entry.voided, "originalVoided");
	refuseUnless(entry.intent.currency === asked.currency, "currency");
	const running = core.state.open.filter(({ original }) => original === entry.transaction);
	refuseUnless(!running.some(({ type }) => type === "void"), "voidRunning");
	if (asked.type === "void") checkVoid(core, asked, entry, running);
	if (asked.type === "refund") checkRefund(asked, entry, running);
	if (asked.type === "tip") checkTip(core, asked, entry, running);
	if (asked.type === "completion" || asked.type === "cancellation") checkHold(core, entry, running);
	return entry.transaction;
}

/** A trace number is looked for in the batch first, because it comes again after a while. */
function findOriginal(core: Core, asked: Asked): LedgerEntry | undefined {
	const { original, originalTrace } = asked;
	if (asked.type === "completion" || asked.type === "cancellation") {
		const hold = core.state.holds.findLast(({ transaction, trace }) =>
			original === null ? trace === originalTrace : transaction === original,
		);
		if (hold !== undefined) return entryOf(core, hold.transaction) ?? entryOfHold(hold, asked);
	}
	if (original !== null) return entryOf(core, original);
	if (originalTrace === null) return undefined;
	const { batch, days } = core.state;
	const oldest = days[0]?.first ?? 1;
	const found =
		findTrace(core, originalTrace, batch.first) ?? findTrace(core, originalTrace, oldest);
	return found === undefined ? undefined : entryOf(core, found);
}

/** A pre-authorisation whose records are older than the ring, by what the state has kept of it. */
function entryOfHold({ transaction, amountMinor, trace }: Hold, asked: Asked): LedgerEntry {
	const { method, currency, operator } = asked;
	const nothing = { original: null, order: null, request: 0 };
	const type = "preAuthorisation" as const;
	return {
		transaction,
		intent: { type, method, amountMinor, currency, trace, operator, ...nothing },
		outcome: "approved",
		outcomeAt: transaction,
		contradicted: [],
		reversed: false,
		voided: false,
		refundedMinor: 0,
		tips: [],
		tipTold: false,
	};
}

/** Membership of a batch is by the sequence of the approval, as everywhere. */
function checkVoid(
	core: Core,
	asked: Asked,
	entry: LedgerEntry,
	running: readonly OpenTransaction[],
): void {
	refuseUnless(!running.some(({ type }) => type === "tip"), "transactionRunning");
	for (const tip of entry.tips) refuseUnless(entryOf(core, tip)?.voided !== false, "tipFirst");
	refuseUnless(entry.outcomeAt >= core.state.batch.first, "originalSettled");
	refuseUnless(entry.refundedMinor === 0, "originalAmount");
	refuseUnless(asked.amountMinor === entry.intent.amountMinor, "originalAmount");
}

/** One tip to a sale that waits for it, and not more than the sale. */
function checkTip(
	core: Core,
	asked: Asked,
	{ transaction, intent }: LedgerEntry,
	running: readonly OpenTransaction[],
): void {
	refuseUnless(core.state.tips.includes(transaction), "tipNotOpen");
	refuseUnless(running.length === 0, "transactionRunning");
	refuseUnless(asked.amountMinor <= intent.amountMinor, "originalAmount");
}

/** A pre-authorisation ends once. */
function checkHold(
	core: Core,
	{ transaction }: LedgerEntry,
	running: readonly OpenTransaction[],
): void {
	const isHeld = core.state.holds.some((hold) => hold.transaction === transaction);
	refuseUnless(isHeld, "holdUnknown");
	refuseUnless(running.length === 0, "transactionRunning");
}

function checkRefund(asked: Asked, entry: LedgerEntry, running: readonly OpenTransaction[]): void {
	const underWay = running.filter(({ type }) => type === "refund");
	const openMinor = underWay.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
	const leftMinor = entry.intent.amountMinor - entry.refundedMinor - openMinor;
	refuseUnless(leftMinor > 0, "nothingToRefund");
	refuseUnless(asked.amountMinor <= leftMinor, "originalAmount");
}
