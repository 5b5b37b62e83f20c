import type { AnyRecord } from "../../../protocol/record.ts";
import type { State } from "./state.ts";

type Entered = Extract<AnyRecord, { kind: "supplement" | "supplementWithdrawn" }>;

/** Sales entered by hand: counted apart, and a reason for a list of the day, as any sale is. */
export function foldSupplement(state: State, sequence: number, record: Entered): State {
	const { day, supplements } = state;
	const lastApproved = sequence;
	const listed = day && { ...day, lastApproved };
	const sign = record.kind === "supplement" ? 1 : -1;
	const count = supplements.count + sign;
	const amountMinor = supplements.amountMinor + sign * record.body.amountMinor;
	return { ...state, day: listed, supplements: { count, amountMinor } };
}
