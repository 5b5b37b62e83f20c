import type { State } from "./state/state.ts";
import { unsettledTotals } from "./state/totals.ts";
import type { Standing } from "./ui/view.ts";

/** Where the terminal stands, for an application that shows it or waits for it. Times are of the terminal's calendar. */
export type Summary =
	/** Waits for the host's one-time code, or cannot open its journal: nothing is sold. */
	{ readonly phase: "off" | "enrolling" | "safeMode" } | RunningSummary;

export interface RunningSummary {
	readonly phase: "running";
	/** `yyyymmdd` of the open day. */
	readonly businessDate: number | null;
	readonly shift: { readonly shift: number; readonly operator: string } | null;
	/** Approved and not settled; the amount is what moves to the merchant. */
	readonly unsettled: { readonly count: number; readonly amountMinor: number };
	/** A settlement is begun and has not ended. */
	readonly settling: boolean;
	/** Transactions whose end is not known. */
	readonly open: number;
	/** Owed to paper. */
	readonly prints: number;
	/** Records that the host has not acknowledged. */
	readonly pending: number;
	readonly online: boolean;
	readonly paper: Standing["paper"];
	readonly printerOnline: boolean;
}

/** A summary of a terminal that keeps a journal. */
export function summaryOf(state: State, standing: Standing): RunningSummary {
	const { day, shift, settlement, open, debts } = state;
	const { pending, online, paper, printerOnline } = standing;
	return {
		phase: "running",
		businessDate: day?.businessDate ?? null,
		shift: shift && { shift: shift.shift, operator: shift.operator },
		unsettled: unsettledTotals(state),
		settling: settlement !== null,
		open: open.length,
		prints: debts.length,
		pending,
		online,
		paper,
		printerOnline,
	};
}
