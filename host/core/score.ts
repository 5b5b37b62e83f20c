import { daysBetween } from "../../protocol/time.ts";
import type { Operation } from "./operation.ts";
import { moneyText } from "./row.ts";
import type { PassRule } from "./rules.ts";

/** How well two rows fit that a rule brings together, out of 100, and every reason for it. */
export interface Score {
	readonly score: number;
	readonly points: readonly string[];
}

const FULL = 100;
/** What a bound that is used up costs, and what a thing costs that both books state otherwise. */
const AMOUNT_COST = 30;
const SECONDS_COST = 20;
const DAYS_COST = 20;
const AUTHORISATION_COST = 40;
const LAST_FOUR_COST = 40;
const REFERENCE_COST = 20;
const TRACE_COST = 10;

/** Scores a pair; undefined when a bound of the rule is broken. */
export function scorePair(left: Operation, right: Operation, rule: PassRule): Score | undefined {
	const points: string[] = [];
	let score = FULL;
	const take = (cost: number, point: string) => {
		score -= cost;
		points.push(cost === 0 ? point : `${point} (-${cost})`);
	};
	for (const bound of [
		amountBound(left, right, rule),
		timeBound(left, right, rule),
		dayBound(left, right, rule),
	]) {
		if (bound === "broken") return undefined;
		if (bound !== undefined) take(bound.cost, bound.point);
	}
	for (const [name, cost] of [
		["authorisation", AUTHORISATION_COST],
		["lastFour", LAST_FOUR_COST],
		["trace", TRACE_COST],
		["reference", REFERENCE_COST],
	] as const) {
		const [a, b] = [left.row[name], right.row[name]];
		if (a === undefined || b === undefined || a === "" || b === "") continue;
		take(a === b ? 0 : cost, a === b ? `same ${name}` : `${name} ${a} and ${b}`);
	}
	return { score: Math.max(0, score), points };
}

type Bound = { readonly cost: number; readonly point: string } | "broken" | undefined;

function amountBound({ row: a }: Operation, { row: b }: Operation, { amount }: PassRule): Bound {
	if (amount === undefined) return undefined;
	if (a.currency !== b.currency || Math.sign(a.amountMinor) !== Math.sign(b.amountMinor))
		return "broken";
	const bound = Math.max(
		amount.minor,
		Math.floor((Math.abs(a.amountMinor) * amount.permille) / 1000),
	);
	const off = Math.abs(a.amountMinor - b.amountMinor);
	if (off > bound) return "broken";
	const point = `${moneyText(a.amountMinor, a.currency)} and ${moneyText(b.amountMinor, b.currency)}`;
	return { cost: off === 0 ? 0 : Math.round((off / bound) * AMOUNT_COST), point };
}

function timeBound({ row: a }: Operation, { row: b }: Operation, { secondsMax }: PassRule): Bound {
	if (secondsMax === undefined) return undefined;
	if (a.at === undefined || b.at === undefined) return "broken";
	const off = Math.abs(a.at - b.at);
	if (off > secondsMax) return "broken";
	return {
		cost: off === 0 ? 0 : Math.round((off / secondsMax) * SECONDS_COST),
		point: `${off} s apart`,
	};
}

function dayBound({ row: a }: Operation, { row: b }: Operation, { daysMax }: PassRule): Bound {
	if (daysMax === undefined || a.businessDate === undefined || b.businessDate === undefined)
		return undefined;
	const off = Math.abs(daysBetween(a.businessDate, b.businessDate));
	if (off > daysMax) return "broken";
	return {
		cost: off === 0 ? 0 : Math.round((off / daysMax) * DAYS_COST),
		point: `${off} days apart`,
	};
}
