import { daysBetween } from "../../protocol/time.ts";
import { kindClass } from "./compare.ts";
import { outerGroups } from "./join.ts";
import type { Operation } from "./operation.ts";
import { compareRows } from "./row.ts";

/** Days by which one book may date a transaction otherwise than the other and still mean the same one. */
export const DATE_SHIFT_DAYS_MAX = 31;

/**
 * One way to recognise a transaction of one book in another. Passes run in order, each over what the earlier
 * ones left, so a weaker key never takes a row away from a stronger one.
 */
interface Pass {
	readonly name: string;
	/** In words, for the people who read the decision. */
	readonly why: string;
	readonly key: (operation: Operation) => string | undefined;
	readonly accepts?: (left: Operation, right: Operation) => boolean;
}

export interface Pair {
	readonly left: Operation;
	readonly right: Operation;
	readonly pass: string;
	readonly why: string;
}

export interface Pairing {
	readonly pairs: readonly Pair[];
	readonly left: readonly Operation[];
	readonly right: readonly Operation[];
}

const passes: readonly Pass[] = [
	{
		name: "exact",
		why: "same terminal, business date, kind and reference",
		key: (operation) => key(operation, "terminal", "date", "kind", "reference"),
	},
	{
		name: "trace",
		why: "same terminal, business date, kind, trace number and amount",
		key: (operation) => key(operation, "terminal", "date", "kind", "trace", "amount"),
	},
	{
		name: "date",
		why: "same terminal, kind and reference on another business date",
		key: (operation) => key(operation, "terminal", "kind", "reference"),
		accepts: sameTime,
	},
	{
		name: "trace-date",
		why: "same terminal, kind, trace number and amount on another business date; no reference on one side",
		key: (operation) => key(operation, "terminal", "kind", "trace", "amount"),
		accepts: (left, right) =>
			(left.row.reference === "" || right.row.reference === "") && sameTime(left, right),
	},
	{
		name: "kind",
		why: "same terminal, business date and reference under another kind",
		key: (operation) => key(operation, "terminal", "date", "reference"),
	},
	{
		name: "terminal",
		why: "same business date, kind, reference and amount under another terminal",
		key: (operation) => key(operation, "date", "kind", "reference", "amount"),
	},
];

type Part = "terminal" | "date" | "kind" | "reference" | "trace" | "amount";

/** The named parts as one text; undefined when the row lacks one, except terminal and date, which may lack. */
function key({ row }: Operation, ...parts: readonly Part[]): string | undefined {
	const texts: string[] = [];
	for (const part of parts) {
		if (part === "terminal") texts.push(row.terminalId ?? "");
		else if (part === "date") texts.push(String(row.businessDate ?? ""));
		else if (part === "kind") texts.push(kindClass(row.kind));
		else if (part === "amount") texts.push(`${row.amountMinor}${row.currency}`);
		else if (part === "trace") {
			if (row.trace === undefined) return undefined;
			texts.push(String(row.trace));
		} else {
			if (row.reference === "") return undefined;
			texts.push(row.reference);
		}
	}
	return texts.join("\n");
}

function sameTime(left: Operation, right: Operation): boolean {
	const [a, b] = [left.row.businessDate, right.row.businessDate];
	return a === undefined || b === undefined || Math.abs(daysBetween(a, b)) <= DATE_SHIFT_DAYS_MAX;
}

/** Pairs the operations of two books; every operation is in exactly one pair or left over on its side. */
export function pairOperations(left: readonly Operation[], right: readonly Operation[]): Pairing {
	const pairs: Pair[] = [];
	let openLeft = left;
	let openRight = right;
	for (const pass of passes) {
		if (openLeft.length === 0 || openRight.length === 0) break;
		const before = pairs.length;
		runPass(pass, openLeft, openRight, pairs);
		if (pairs.length === before) continue;
		const paired = new Set<Operation>();
		for (const pair of pairs.slice(before)) paired.add(pair.left).add(pair.right);
		openLeft = openLeft.filter((operation) => !paired.has(operation));
		openRight = openRight.filter((operation) => !paired.has(operation));
	}
	return { pairs, left: openLeft, right: openRight };
}

function runPass(
	pass: Pass,
	left: readonly Operation[],
	right: readonly Operation[],
	pairs: Pair[],
): void {
	for (const group of outerGroups(left.map(pass.key), right.map(pass.key))) {
		if (group.left.length === 0 || group.right.length === 0) continue;
		pairGroup(pass, pick(left, group.left), pick(right, group.right), pairs);
	}
}

/** Within one key, equal rows first and the rest in order, so that multiplicities are kept on both sides. */
function pairGroup(
	pass: Pass,
	left: readonly Operation[],
	right: readonly Operation[],
	pairs: Pair[],
): void {
	const accepts = pass.accepts ?? (() => true);
	const taken = new Set<Operation>();
	const take = (same: (a: Operation, b: Operation) => boolean) => {
		for (const a of left) {
			if (taken.has(a)) continue;
			const b = right.find((other) => !taken.has(other) && accepts(a, other) && same(a, other));
			if (b === undefined) continue;
			taken.add(a).add(b);
			pairs.push({ left: a, right: b, pass: pass.name, why: pass.why });
		}
	};
	take(sameMoney);
	take(() => true);
}

function sameMoney(a: Operation, b: Operation): boolean {
	return (
		a.row.amountMinor === b.row.amountMinor &&
		a.row.currency === b.row.currency &&
		a.moves === b.moves
	);
}

function pick(operations: readonly Operation[], places: readonly number[]): Operation[] {
	const picked: Operation[] = [];
	for (const place of places) {
		const operation = operations[place];
		if (operation !== undefined) picked.push(operation);
	}
	return picked.sort((a, b) => compareRows(a.row, b.row));
}
