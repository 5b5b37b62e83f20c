import { CloseoutError } from "../../protocol/error.ts";

/** 差错单: one difference under work. Each is found, claimed at the other side, answered by it, and comes to an end. */
export const caseStates = ["found", "claimed", "answered", "resolved", "written-off"] as const;
export type CaseState = (typeof caseStates)[number];

/** Cases that wait for somebody to do something. */
export const openStates: readonly CaseState[] = ["found", "claimed", "answered"];

/** States that a person may move a case to. */
export const movedStates = ["claimed", "answered", "resolved", "written-off"] as const;
export type MovedState = (typeof movedStates)[number];

/** Where a person may move a case from each state. A case that had come to an end is taken up again by claiming it. */
const moves: Readonly<Record<CaseState, readonly MovedState[]>> = {
	found: ["claimed", "resolved", "written-off"],
	claimed: ["answered", "resolved", "written-off"],
	answered: ["claimed", "resolved", "written-off"],
	resolved: ["claimed"],
	"written-off": ["claimed"],
};

/** The last word about a case that nobody moved: the comparison itself. */
export const SYSTEM = "system";

/** Throws `REFUSED` for a move that the state does not allow, naming those that it does. */
export function checkMove(id: string, from: CaseState, to: MovedState): void {
	const allowed = moves[from];
	if (allowed.includes(to)) return;
	const message = `case ${id} is ${from} and cannot become ${to}; from here it can become ${allowed.join(", ")}`;
	throw new CloseoutError("REFUSED", message);
}

/**
 * The state of a case after a comparison. What is not found any more is resolved by itself, whoever worked on it: the
 * late row has come. What comes back after that is found again. What a person has ended stays ended as long as the
 * comparison goes on finding it, and a written-off case stays so for good.
 */
export function afterComparison(
	before: { readonly state: CaseState; readonly isPresent: boolean } | undefined,
	isPresent: boolean,
): CaseState {
	if (before === undefined) return "found";
	if (!isPresent) return openStates.includes(before.state) ? "resolved" : before.state;
	const isBack = !before.isPresent && before.state === "resolved";
	return isBack ? "found" : before.state;
}

export const stepTypes = ["state", "assign", "comment", "attach"] as const;
/** What was done to a case. */
export type StepType = (typeof stepTypes)[number];

/** One line of a case's history; never changed and never taken out. */
export interface CaseStep {
	/** Counted from 1. */
	readonly number: number;
	readonly type: StepType;
	/** The state after it. */
	readonly state: CaseState;
	/** Seconds since 1970. */
	readonly atS: number;
	readonly by: string;
	/** Why, or what was said. */
	readonly text: string;
	/** Who it was assigned to, or the name of the attachment; "" for other steps. */
	readonly about: string;
}
