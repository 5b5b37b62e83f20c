import { kindClass } from "./compare.ts";
import { type JoinGroup, joinGroups, type Keyed } from "./join.ts";
import type { Parted } from "./manual.ts";
import type { Operation } from "./operation.ts";
import { addMinor, compareRows } from "./row.ts";
import type { KeyPart, PassRule } from "./rules.ts";
import { type Score, scorePair } from "./score.ts";

/** Operations that a rule recognises as one transaction; one on each side unless it was split or joined. */
export interface Found {
	readonly left: readonly [Operation, ...Operation[]];
	readonly right: readonly [Operation, ...Operation[]];
	readonly rule: PassRule;
	readonly score?: Score;
}

/** Two rows that a rule brought together and did not pair, and why not. */
export interface Candidate {
	readonly left: Operation;
	readonly right: Operation;
	readonly rule: PassRule;
	readonly score: Score;
	readonly leftOut: "too-weak" | "not-the-only-one";
}

export interface PassResult {
	readonly found: readonly Found[];
	readonly candidates: readonly Candidate[];
}

/** Runs one rule over what is open. Every operation is in at most one of the things found. */
export function runPass(
	rule: PassRule,
	left: readonly Operation[],
	right: readonly Operation[],
	parted: Parted,
): PassResult {
	const groups = joinGroups(left.map(keyed), right.map(keyed));
	const run = new Pass(rule, parted);
	for (const group of groups) run.take(pick(left, group.left), pick(right, group.right), group);
	return { found: run.found, candidates: run.candidates };

	function keyed(operation: Operation): Keyed {
		const { row, moves } = operation;
		return {
			keys: keysOf(operation, rule),
			amountMinor: row.amountMinor,
			mark: `${row.currency}${moves}`,
		};
	}
}

/** Pairs of one key that are weighed against one another. */
const CANDIDATES_MAX = 2_500;

class Pass {
	readonly #rule: PassRule;
	readonly #parted: Parted;
	readonly #taken = new Set<Operation>();
	readonly found: Found[] = [];
	readonly candidates: Candidate[] = [];

	constructor(rule: PassRule, parted: Parted) {
		this.#rule = rule;
		this.#parted = parted;
	}

	take(left: readonly Operation[], right: readonly Operation[], { left: [only] }: JoinGroup): void {
		const open = (operation: Operation) => !this.#taken.has(operation);
		const [first, second] = [left.filter(open), right.filter(open)];
		if (only === undefined || first.length === 0 || second.length === 0) return;
		const { shape, scoreMin } = this.#rule;
		if (shape !== "one-to-one") this.#takeSum(first, second);
		else if (scoreMin === undefined) this.#takeInOrder(first, second);
		else this.#takeBest(first, second, scoreMin);
	}

	/** One row on one side, several on the other that sum up to it; each of them a part of it. */
	#takeSum(left: readonly Operation[], right: readonly Operation[]): void {
		const [one, parts] = this.#rule.shape === "one-to-many" ? [left, right] : [right, left];
		const [whole] = one;
		const [part] = parts;
		if (whole === undefined || part === undefined || one.length !== 1 || parts.length < 2) return;
		const total = whole.row.amountMinor;
		const isPart = ({ row, moves }: Operation) =>
			moves === "yes" &&
			Math.sign(row.amountMinor) === Math.sign(total) &&
			Math.abs(row.amountMinor) < Math.abs(total);
		const sum = parts.reduce((minor, { row }) => addMinor(minor, row.amountMinor), 0);
		if (whole.moves !== "yes" || sum !== total || !parts.every(isPart)) return;
		if (left.some((a) => right.some((b) => !this.#fits(a, b)))) return;
		this.#keep(left, right);
	}

	/** Within one key, equal rows first and the rest in order, so that multiplicities are kept on both sides. */
	#takeInOrder(left: readonly Operation[], right: readonly Operation[]): void {
		for (const same of [sameMoney, () => true]) {
			for (const a of left) {
				if (this.#taken.has(a)) continue;
				const b = right.find(
					(other) => !this.#taken.has(other) && this.#fits(a, other) && same(a, other),
				);
				if (b !== undefined) this.#keep([a], [b]);
			}
		}
	}

	/**
	 * The best pairs first. Where another pair of either row is as good, nobody can tell, and both stay open.
	 * A key with too many rows on both sides tells nothing and is left alone.
	 */
	#takeBest(left: readonly Operation[], right: readonly Operation[], scoreMin: number): void {
		if (left.length * right.length > CANDIDATES_MAX) return;
		const pairs: { readonly a: Operation; readonly b: Operation; readonly score: Score }[] = [];
		for (const a of left) {
			for (const b of right) {
				const score = this.#allowed(a, b) ? scorePair(a, b, this.#rule) : undefined;
				if (score !== undefined) pairs.push({ a, b, score });
			}
		}
		pairs.sort(
			(x, y) =>
				y.score.score - x.score.score ||
				compareRows(x.a.row, y.a.row) ||
				compareRows(x.b.row, y.b.row),
		);
		const doubtful = new Set<Operation>();
		for (const { a, b, score } of pairs) {
			if (this.#taken.has(a) || this.#taken.has(b)) continue;
			const rival = pairs.some(
				(other) =>
					other.score.score === score.score &&
					(other.a === a) !== (other.b === b) &&
					!this.#taken.has(other.a) &&
					!this.#taken.has(other.b),
			);
			const weak = score.score < scoreMin;
			const unsure = rival || doubtful.has(a) || doubtful.has(b);
			if (!weak && !unsure) this.#keep([a], [b], score);
			else {
				const leftOut = weak ? "too-weak" : "not-the-only-one";
				this.candidates.push({ left: a, right: b, rule: this.#rule, score, leftOut });
				if (!weak) doubtful.add(a).add(b);
			}
		}
	}

	#keep(left: readonly Operation[], right: readonly Operation[], score?: Score): void {
		const [a, ...others] = left;
		const [b, ...more] = right;
		if (a === undefined || b === undefined) return;
		for (const operation of [...left, ...right]) this.#taken.add(operation);
		this.found.push({
			left: [a, ...others],
			right: [b, ...more],
			rule: this.#rule,
			...(score === undefined ? {} : { score }),
		});
	}

	#fits(left: Operation, right: Operation): boolean {
		return this.#allowed(left, right) && scorePair(left, right, this.#rule) !== undefined;
	}

	#allowed(left: Operation, right: Operation): boolean {
		const { absent = [] } = this.#rule;
		if (this.#parted(left.row, right.row)) return false;
		return absent.every((part) => lacks(left, part) || lacks(right, part));
	}
}

function lacks(operation: Operation, part: KeyPart): boolean {
	return textsOf(operation, part).every((text) => text === "");
}

/** The keys of an operation under a rule: none when it lacks a part, several when it has several order numbers. */
function keysOf(operation: Operation, { same }: PassRule): string[] {
	let keys = [""];
	for (const part of same) {
		const mayLack = part === "terminal" || part === "date";
		const texts = textsOf(operation, part).filter((text) => mayLack || text !== "");
		keys = keys.flatMap((key) => texts.map((text) => `${key}\n${text}`));
	}
	return keys;
}

function textsOf({ row }: Operation, part: KeyPart): readonly string[] {
	switch (part) {
		case "terminal":
			return [row.terminalId ?? ""];
		case "date":
			return [String(row.businessDate ?? "")];
		case "kind":
			return [kindClass(row.kind)];
		case "reference":
			return [row.reference];
		case "trace":
			return [row.trace === undefined ? "" : String(row.trace)];
		case "amount":
			return [`${row.amountMinor}${row.currency}`];
		case "currency":
			return [row.currency];
		case "authorisation":
			return [row.authorisation ?? ""];
		case "lastFour":
			return [row.lastFour ?? ""];
		case "order":
			return ordersOf(row);
	}
}

/** The terminal's order number is its further reference; other books state it wherever they state references. */
function ordersOf(row: Operation["row"]): readonly string[] {
	const others = row.references ?? [];
	return row.leg === "terminal" ? others : [...new Set([row.reference, ...others])];
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
	return picked.length < 2 ? picked : picked.sort((a, b) => compareRows(a.row, b.row));
}
