import { assert } from "../../protocol/error.ts";
import type { MoneyRow } from "./row.ts";

/**
 * The same line of one book in two files: statements whose periods overlap, one that was sent again with more
 * lines, or the same account in another format. A line counts once however often it comes; lines that one file
 * itself has twice stay two.
 */

/** What the two files have in common. */
export interface TwinContext {
	/** The same format says the same line in the same words; another one may know less, or date the time otherwise. */
	readonly isSameFormat: boolean;
}

/** Places in the two lists. `alike` is a guess that only the rest of the files can confirm. */
export interface TwinPair {
	readonly fresh: number;
	readonly known: number;
	readonly certainty: "same" | "alike";
}

/**
 * Pairs rows of one business date and one amount, each at most once. Rows are the same when nothing that both say
 * differs and a reference, a trace number or the time of day ties them; without such a tie they are alike.
 */
export function pairTwins(
	fresh: readonly MoneyRow[],
	known: readonly MoneyRow[],
	context: TwinContext,
): TwinPair[] {
	const pairs: TwinPair[] = [];
	const open = new Set(fresh.keys());
	const free = new Set(known.keys());
	const pairUp = (tie: Tie, certainty: TwinPair["certainty"]) => {
		const index = new Index(known, free, tie.known);
		for (const place of [...open]) {
			const row = rowAt(fresh, place);
			const found = index.take(
				tie.fresh(row),
				(other) => tie.allows(row, other) && !contradicts(row, other, context),
			);
			if (found === undefined) continue;
			pairs.push({ fresh: place, known: found, certainty });
			open.delete(place);
			free.delete(found);
		}
	};
	// Two rows may well share a further reference, such as that of their batch, and be different payments.
	pairUp({ fresh: firstReference, known: allReferences, allows: always }, "same");
	pairUp({ fresh: allReferences, known: firstReference, allows: always }, "same");
	pairUp({ fresh: moments, known: moments, allows: isUnnamed }, "same");
	const look: KeysOf = ({ text = "" }) => [context.isSameFormat ? text : ""];
	pairUp({ fresh: look, known: look, allows: isUnnamed }, "alike");
	return pairs;
}

type KeysOf = (row: MoneyRow) => readonly string[];

/** Rows with a key in common are looked at, and paired where it is allowed. */
interface Tie {
	readonly fresh: KeysOf;
	readonly known: KeysOf;
	readonly allows: (fresh: MoneyRow, known: MoneyRow) => boolean;
}

const always = () => true;

/** True when not both have a reference: two that have one were tied by it, or are not the same. */
function isUnnamed(a: MoneyRow, b: MoneyRow): boolean {
	return a.reference === "" || b.reference === "";
}

function firstReference({ reference }: MoneyRow): readonly string[] {
	return reference === "" ? [] : [reference];
}

function allReferences({ reference, references = [] }: MoneyRow): readonly string[] {
	return reference === "" ? references : [reference, ...references];
}

/** What ties a row without a reference: the time of day, or the trace number. */
function moments({ at, trace }: MoneyRow): readonly string[] {
	return [at === undefined ? [] : `at ${at}`, trace === undefined ? [] : `trace ${trace}`].flat();
}

function rowAt(rows: readonly MoneyRow[], place: number): MoneyRow {
	const row = rows[place];
	assert(row !== undefined, `there is no row ${place}`);
	return row;
}

/** Rows that are still free, by key and in their order. */
class Index {
	readonly #rows: readonly MoneyRow[];
	readonly #free: ReadonlySet<number>;
	readonly #places = new Map<string, number[]>();

	constructor(rows: readonly MoneyRow[], free: ReadonlySet<number>, keysOf: KeysOf) {
		this.#rows = rows;
		this.#free = free;
		for (const place of free) {
			for (const key of keysOf(rowAt(rows, place))) {
				const places = this.#places.get(key);
				if (places === undefined) this.#places.set(key, [place]);
				else places.push(place);
			}
		}
	}

	/** The first row under one of the keys that fits. */
	take(keys: readonly string[], fits: (row: MoneyRow) => boolean): number | undefined {
		for (const key of keys) {
			const places = this.#places.get(key) ?? [];
			const index = places.findIndex(
				(place) => this.#free.has(place) && fits(rowAt(this.#rows, place)),
			);
			// Taken out, so that many equal rows do not cost their square.
			if (index >= 0) return places.splice(index, 1)[0];
		}
		return undefined;
	}
}

const stated = ["terminalId", "trace", "authorisation", "lastFour", "currency"] as const;
const statedInOneFormat = ["batch", "at", "kind"] as const;

/** True when both say something of which only one can be right. */
function contradicts(a: MoneyRow, b: MoneyRow, { isSameFormat }: TwinContext): boolean {
	const differs = (name: keyof MoneyRow) =>
		a[name] !== undefined && b[name] !== undefined && a[name] !== b[name];
	if (stated.some(differs) || !isSameStatus(a, b)) return true;
	return isSameFormat && statedInOneFormat.some(differs);
}

/** What was announced may have become final since. */
function isSameStatus(a: MoneyRow, b: MoneyRow): boolean {
	return a.status === b.status || a.status === "pending" || b.status === "pending";
}

/**
 * True when two statements may be about the same account: one of them says nothing, or an account of one is the
 * other's, if need be in the longer way in which another format writes it (an IBAN ends with the account number).
 */
export function shareAccount(a: readonly string[], b: readonly string[]): boolean {
	if (a.length === 0 || b.length === 0) return true;
	return a.some((one) => b.some((other) => isSameAccount(one, other)));
}

/** Characters of an account number that are enough to be no accident. */
const ACCOUNT_LENGTH_MIN = 5;

function isSameAccount(a: string, b: string): boolean {
	const [short, long] = [plain(a), plain(b)].sort((one, other) => one.length - other.length);
	if (short === undefined || long === undefined) return false;
	if (short === long) return true;
	const own = tail(a.length <= b.length ? a : b);
	return own.length >= ACCOUNT_LENGTH_MIN && (long.endsWith(own) || long.endsWith(short));
}

function plain(account: string): string {
	return account.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
}

/** The account number behind the bank's, without the currency that some banks write after it. */
function tail(account: string): string {
	const last = account.split("/").at(-1) ?? "";
	return plain(last)
		.replace(/(?<=\d)[A-Z]{3}$/, "")
		.replace(/^0+/, "");
}
