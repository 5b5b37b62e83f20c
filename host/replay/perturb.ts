import { CloseoutError } from "../../protocol/error.ts";
import { addMinor, type MoneyRow } from "../core/row.ts";
import { chooseDistinct, makeRandom, type Random } from "./random.ts";

export interface PerturbOptions {
	readonly seed: number;
	/** Rows to take out, to double and to give another amount; each row suffers at most one of them. */
	readonly remove: number;
	readonly double: number;
	readonly change: number;
}

/** One thing that was done to a statement. */
export interface Planted {
	readonly action: "removed" | "doubled" | "changed";
	/** The row as it was. */
	readonly row: MoneyRow;
	/** After a change. */
	readonly amountMinor?: number;
}

export interface Perturbed {
	/** In the order of the statement; a copy stands right behind its original. Lines are numbered as before. */
	readonly rows: readonly MoneyRow[];
	/** In the order of the statement. */
	readonly planted: readonly Planted[];
}

/**
 * Does to the rows of one book what goes wrong in the field and says what it did, so that the caller can check
 * that exactly those differences are found. The same rows and seed give the same result. Only approved rows
 * that move money are touched, and no row whose reference another row has too: a voided pair stays a pair.
 * Throws `USAGE` when there are fewer such rows than things to do.
 */
export function perturb(rows: readonly MoneyRow[], options: PerturbOptions): Perturbed {
	const places = eligible(rows);
	const wanted = options.remove + options.double + options.change;
	if (wanted > places.length) {
		throw new CloseoutError(
			"USAGE",
			`${wanted} rows to remove, double or change, but only ${places.length} rows can be; ask for fewer`,
		);
	}
	const random = makeRandom(options.seed);
	const actions = assign(places, options, random);
	const planted: Planted[] = [];
	const result: MoneyRow[] = [];
	for (const [place, row] of rows.entries()) {
		const action = actions.get(place);
		if (action === undefined) {
			result.push(row);
			continue;
		}
		const changed = { ...row, amountMinor: otherAmount(row.amountMinor, random) };
		if (action === "doubled") result.push(row, row);
		if (action === "changed") result.push(changed);
		planted.push(
			action === "changed" ? { action, row, amountMinor: changed.amountMinor } : { action, row },
		);
	}
	return { rows: result, planted };
}

function eligible(rows: readonly MoneyRow[]): number[] {
	const times = new Map<string, number>();
	const key = (row: MoneyRow) => `${row.terminalId ?? ""}|${row.reference}`;
	for (const row of rows) times.set(key(row), (times.get(key(row)) ?? 0) + 1);
	const places: number[] = [];
	for (const [place, row] of rows.entries()) {
		const single = row.reference !== "" && times.get(key(row)) === 1;
		const movesMoney = row.status === "approved" && row.amountMinor !== 0 && row.kind !== "fee";
		if (single && movesMoney) places.push(place);
	}
	return places;
}

function assign(
	places: readonly number[],
	options: PerturbOptions,
	random: Random,
): Map<number, Planted["action"]> {
	const { remove, double, change } = options;
	const actions: Planted["action"][] = [
		...new Array<"removed">(remove).fill("removed"),
		...new Array<"doubled">(double).fill("doubled"),
		...new Array<"changed">(change).fill("changed"),
	];
	const assigned = new Map<number, Planted["action"]>();
	for (const chosen of chooseDistinct(random, actions.length, places.length)) {
		const place = places[chosen];
		const [action] = actions.splice(random.below(actions.length), 1);
		if (place !== undefined && action !== undefined) assigned.set(place, action);
	}
	return assigned;
}

/** Another amount of the same sign: larger by 1 to 10,000 minor units. */
function otherAmount(amountMinor: number, random: Random): number {
	const more = 1 + random.below(10_000);
	return addMinor(amountMinor, amountMinor < 0 ? -more : more);
}
