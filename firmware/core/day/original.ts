import type { AppBody } from "../../../protocol/payment-app.ts";
import type { Core } from "../core.ts";
import type { OpenTransaction } from "../state/state.ts";
import { entryOf, findTrace, type LedgerEntry } from "./ledger.ts";
import { refuseUnless } from "./refusal.ts";

type Asked = AppBody<"intent">;

/** Types that a void, refund or completion may refer to. */
const referable: Readonly<Record<string, readonly OpenTransaction["type"][]>> = Object.freeze({
	void: ["sale", "completion", "preAuthorisation"],
	refund: ["sale", "completion"],
	completion: ["preAuthorisation"],
});

/**
 * The transaction that a void, refund or completion refers to, checked, or null for one that refers to none.
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
	if (asked.type === "void") checkVoid(core, asked, entry);
	if (asked.type === "refund") checkRefund(asked, entry, running);
	return entry.transaction;
}

/** A trace number is looked for in the batch first, because it comes again after a while. */
function findOriginal(core: Core, asked: Asked): LedgerEntry | undefined {
	if (asked.original !== null) return entryOf(core, asked.original);
	if (asked.originalTrace === null) return undefined;
	const { batch, days } = core.state;
	const oldest = days[0]?.first ?? 1;
	const found =
		findTrace(core, asked.originalTrace, batch.first) ??
		findTrace(core, asked.originalTrace, oldest);
	return found === undefined ? undefined : entryOf(core, found);
}

/** Membership of a batch is by the sequence of the approval, as everywhere. */
function checkVoid(core: Core, asked: Asked, entry: LedgerEntry): void {
	refuseUnless(entry.outcomeAt >= core.state.batch.first, "originalSettled");
	refuseUnless(entry.refundedMinor === 0, "originalAmount");
	refuseUnless(asked.amountMinor === entry.intent.amountMinor, "originalAmount");
}

function checkRefund(asked: Asked, entry: LedgerEntry, running: readonly OpenTransaction[]): void {
	const underWay = running.filter(({ type }) => type === "refund");
	const openMinor = underWay.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
	const leftMinor = entry.intent.amountMinor - entry.refundedMinor - openMinor;
	refuseUnless(leftMinor > 0, "nothingToRefund");
	refuseUnless(asked.amountMinor <= leftMinor, "originalAmount");
}
