import { acceptAmounts } from "./accept.ts";
import type { DifferenceReason } from "./difference.ts";
import type { Operation } from "./operation.ts";
import { type MoneyRow, moneyText } from "./row.ts";
import type { AcceptRule } from "./rules.ts";

/** What two books say about the same transaction. */
export interface Verdict {
	/** Worst first; empty when the books agree. */
	readonly reasons: readonly DifferenceReason[];
	readonly atStakeMinor: number;
	readonly why: string;
}

interface Point {
	readonly reason: DifferenceReason;
	readonly atStakeMinor: number;
	readonly why: string;
}

/**
 * Compares two operations that are known to be the same transaction. Where neither moved money, amounts do not
 * count. An open outcome on the left is answered by the right: if money moved there, that is a difference of
 * status; if not, the question is answered and the books agree.
 */
export function compareOperations(
	left: Operation,
	right: Operation,
	accepts: readonly AcceptRule[] = [],
): Verdict {
	const points: Point[] = [];
	if (left.moves === "no" && right.moves === "no") return agreed("no money moved in either book");
	if (left.moves === "open" && right.moves === "no") {
		return agreed(`the ${right.row.leg} answers the open outcome: no money moved`);
	}
	const status = statusPoint(left, right);
	if (status !== undefined) points.push(status);
	const money = moneyPoint(left, right);
	const accepted = money && acceptAmounts(left.row, right.row, accepts);
	if (money !== undefined && accepted === undefined) points.push(money);
	points.push(...recordPoints(left, right));
	if (points.length === 0) return agreed(accepted ?? "amount, currency and status agree");
	return {
		reasons: points.map((point) => point.reason),
		atStakeMinor: Math.max(...points.map((point) => point.atStakeMinor)),
		why: points.map((point) => point.why).join("; "),
	};
}

function agreed(why: string): Verdict {
	return { reasons: [], atStakeMinor: 0, why };
}

function statusPoint(left: Operation, right: Operation): Point | undefined {
	if (left.moves === right.moves) return undefined;
	// An announcement on the right is neither agreement nor contradiction; a later statement decides.
	if (right.moves === "open" && left.moves === "yes") return undefined;
	const moved = left.moves === "yes" ? left.row : right.row;
	return {
		reason: "status",
		atStakeMinor: Math.abs(moved.amountMinor),
		why: `${statusText(left)}, ${statusText(right)}`,
	};
}

function statusText({ row, cancelledBy }: Operation): string {
	const state = cancelledBy === undefined ? row.status : `taken back by a ${cancelledBy.kind}`;
	return `the ${row.leg} has it ${state}`;
}

function moneyPoint({ row: left }: Operation, { row: right }: Operation): Point | undefined {
	const why = `${moneyText(left.amountMinor, left.currency)} on the ${left.leg} leg, ${moneyText(right.amountMinor, right.currency)} on the ${right.leg} leg`;
	if (left.currency !== right.currency) {
		return { reason: "currency", atStakeMinor: Math.abs(left.amountMinor), why };
	}
	if (left.amountMinor === right.amountMinor) return undefined;
	const atStakeMinor = Math.abs(left.amountMinor - right.amountMinor);
	return { reason: "amount", atStakeMinor, why };
}

/** Differences of the record that leave the money as it is. */
function recordPoints({ row: left }: Operation, { row: right }: Operation): Point[] {
	const points: Point[] = [];
	const add = (reason: DifferenceReason, why: string) =>
		points.push({ reason, atStakeMinor: 0, why });
	if (kindClass(left.kind) !== kindClass(right.kind)) {
		add("kind", `a ${left.kind} on the ${left.leg} leg, a ${right.kind} on the ${right.leg} leg`);
	}
	if (left.reference !== "" && right.reference !== "" && !shareReference(left, right)) {
		add("reference", `reference ${left.reference} became ${right.reference}`);
	}
	if (known(left.terminalId, right.terminalId) && left.terminalId !== right.terminalId) {
		add("terminal", `terminal ${left.terminalId} became ${right.terminalId}`);
	}
	if (known(left.businessDate, right.businessDate) && left.businessDate !== right.businessDate) {
		add("late", `business date ${left.businessDate} became ${right.businessDate}`);
	}
	return points;
}

/** A wallet or a shop states the order number that the terminal has beside its reference. */
function shareReference(left: MoneyRow, right: MoneyRow): boolean {
	const others = [right.reference, ...(right.references ?? [])];
	return [left.reference, ...(left.references ?? [])].some((one) => others.includes(one));
}

function known<T>(a: T | undefined, b: T | undefined): boolean {
	return a !== undefined && b !== undefined;
}

/** Kinds that books use for one another without meaning anything else by it. */
export function kindClass(kind: Operation["row"]["kind"]): string {
	if (kind === "completion") return "sale";
	if (kind === "reversal") return "void";
	return kind;
}
