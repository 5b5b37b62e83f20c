import { CloseoutError } from "../../protocol/error.ts";
import type { Leg, MoneyRow } from "../core/row.ts";
import { moneyText } from "../core/row.ts";
import { pairTwins, shareAccount, type TwinPair } from "../core/twin.ts";
import type { StatementSummary } from "../statement/statement.ts";
import type { Statement, StatementTwin } from "../store/statement.ts";
import type { PlacedRow } from "../store/statement-row.ts";
import type { Store } from "../store/store.ts";
import { readRow, readSummary } from "./stored.ts";

/** A statement whose rows are in the database and that may be finished or not. */
export interface Comparable {
	readonly id: string;
	readonly leg: Leg;
	readonly format: string;
	readonly file: string;
	readonly summary: Pick<StatementSummary, "accounts" | "period">;
}

/** What to do with rows that look like others when nothing says whether they are the same. */
export type Overlap = "merge" | "add";

export interface Twins {
	/** Rows of the statement that are in another one already and count there. */
	readonly merged: number;
	/** Files in which they are. */
	readonly files: readonly string[];
	/** Rows of other statements that had been announced and are final here. */
	readonly replaced: number;
	/** Why the import needs a person's word. */
	readonly doubt: CloseoutError | undefined;
}

/** A finished import as something to compare with. */
export function comparable({ id, leg, format, file, summary }: Statement): Comparable {
	const { accounts, period } = readSummary(summary);
	return {
		id,
		leg: leg === "bank" ? "bank" : "acquirer",
		format,
		file,
		summary: { accounts, period },
	};
}

/**
 * Finds the rows of a statement that others have as well and keeps what it found with the store, to take effect when
 * the statement is finished. Works date by date and amount by amount: memory does not grow with the statements.
 */
export async function findTwins(
	store: Store,
	own: Comparable,
	others: readonly Comparable[],
	options: { readonly overlap: Overlap | undefined; readonly signal: AbortSignal | undefined },
): Promise<Twins> {
	await store.clearStatementTwins(own.id);
	const known = others.filter((other) => mayOverlap(own, other));
	const search = new Search(store, own, known, options.overlap);
	if (known.length === 0) return search.result();
	const counts = await store.countStatementRows([own.id, ...known.map(({ id }) => id)]);
	for (const { businessDate, rows } of counts.filter(({ statement }) => statement === own.id)) {
		options.signal?.throwIfAborted();
		const there = counts.filter(
			(count) => count.businessDate === businessDate && count.statement !== own.id,
		);
		if (there.length > 0) await search.date(businessDate, rows, there);
	}
	await search.flush();
	return search.result();
}

function mayOverlap(own: Comparable, other: Comparable): boolean {
	if (own.leg !== other.leg) return false;
	const [a, b] = [own.summary.period, other.summary.period];
	if (a !== undefined && b !== undefined && (a.first > b.last || b.first > a.last)) return false;
	// An acquirer goes by other names in other formats; what ties rows there are references.
	if (own.leg === "acquirer" && own.format !== other.format) return true;
	return shareAccount(own.summary.accounts, other.summary.accounts);
}

/** Marks written at once. */
const TWINS_PER_WRITE = 500;

interface Pair {
	readonly fresh: Placed;
	readonly known: Placed;
	readonly certainty: TwinPair["certainty"];
}

interface Placed {
	readonly statement: string;
	readonly part: number;
	readonly row: MoneyRow;
}

class Search {
	readonly #store: Store;
	readonly #own: Comparable;
	readonly #known: ReadonlyMap<string, Comparable>;
	readonly #overlap: Overlap | undefined;
	readonly #files = new Set<string>();
	#twins: StatementTwin[] = [];
	#merged = 0;
	#replaced = 0;
	#doubtful = 0;
	#example: Pair | undefined;

	constructor(
		store: Store,
		own: Comparable,
		known: readonly Comparable[],
		overlap: Overlap | undefined,
	) {
		this.#store = store;
		this.#own = own;
		this.#known = new Map(known.map((one) => [one.id, one]));
		this.#overlap = overlap;
	}

	/** Compares one business date, of which the statement has `rows` and others have those of `there`. */
	async date(
		businessDate: number | null,
		rows: number,
		there: readonly { readonly statement: string; readonly rows: number }[],
	): Promise<void> {
		const found = new Map<string, { pairs: number; alike: Pair[] }>();
		let pairs = 0;
		const ids = there.map(({ statement }) => statement);
		const fresh = this.#store.rowsByAmount([this.#own.id], businessDate);
		const known = this.#store.rowsByAmount(ids, businessDate);
		for await (const group of groups(fresh, known)) {
			for (const pair of this.#pair(group.fresh, group.known)) {
				const { statement } = pair.known;
				const of = found.get(statement) ?? { pairs: 0, alike: [] };
				found.set(statement, of);
				of.pairs += 1;
				pairs += 1;
				if (pair.certainty === "alike") of.alike.push(pair);
				else await this.#mark(pair);
			}
		}
		for (const { statement, rows: all } of there) {
			const of = found.get(statement);
			if (of === undefined || of.alike.length === 0) continue;
			// A day that one file has whole in the other one was sent again; a part of a day says nothing.
			if (of.pairs === all || pairs === rows) await this.#markAll(of.alike);
			else await this.#decide(of.alike);
		}
	}

	async flush(): Promise<void> {
		const twins = this.#twins;
		this.#twins = [];
		if (twins.length > 0) await this.#store.addStatementTwins(this.#own.id, twins);
	}

	result(): Twins {
		const { file } = this.#own;
		return {
			merged: this.#merged,
			replaced: this.#replaced,
			files: [...this.#files],
			doubt: this.#example && doubtOf(file, this.#doubtful, this.#example),
		};
	}

	/** Same formats first, because they say more. */
	#pair(fresh: readonly Placed[], known: readonly Placed[]): Pair[] {
		const pairs: Pair[] = [];
		const taken = new Set<Placed>();
		for (const isSameFormat of [true, false]) {
			const left = fresh.filter((one) => !taken.has(one));
			const others = known.filter(
				({ statement }) => (this.#formatOf(statement) === this.#own.format) === isSameFormat,
			);
			if (left.length === 0 || others.length === 0) continue;
			const rows = (list: readonly Placed[]) => list.map(({ row }) => row);
			for (const pair of pairTwins(rows(left), rows(others), { isSameFormat })) {
				const [one, other] = [left[pair.fresh], others[pair.known]];
				if (one === undefined || other === undefined) continue;
				const isGuess = pair.certainty === "alike" && !isSameFormat;
				if (isGuess && this.#own.leg === "acquirer") continue;
				taken.add(one);
				pairs.push({ fresh: one, known: other, certainty: pair.certainty });
			}
		}
		return pairs;
	}

	#formatOf(statement: string): string | undefined {
		return this.#known.get(statement)?.format;
	}

	async #markAll(pairs: readonly Pair[]): Promise<void> {
		for (const pair of pairs) await this.#mark(pair);
	}

	async #decide(pairs: readonly Pair[]): Promise<void> {
		if (this.#overlap === "merge") return this.#markAll(pairs);
		if (this.#overlap === "add") return;
		this.#doubtful += pairs.length;
		this.#example ??= pairs[0];
	}

	/** What was announced gives way to what is final, wherever each of them is. */
	async #mark({ fresh, known }: Pair): Promise<void> {
		const isFinal = known.row.status === "pending" && fresh.row.status !== "pending";
		const [gone, stays] = isFinal ? [known, fresh] : [fresh, known];
		if (isFinal) this.#replaced += 1;
		else {
			this.#merged += 1;
			this.#files.add(this.#known.get(known.statement)?.file ?? "");
		}
		this.#twins.push({ statement: gone.statement, part: gone.part, sameAs: stays.statement });
		if (this.#twins.length >= TWINS_PER_WRITE) await this.flush();
	}
}

function doubtOf(file: string, count: number, { fresh, known }: Pair): CloseoutError {
	const { row } = fresh;
	const money = moneyText(row.amountMinor, row.currency);
	const there = `${known.row.source.file}:${known.row.source.line}`;
	const what = `${file}:${row.source.line}: ${money} without a reference looks like ${there}`;
	const more = count > 1 ? `, and ${count - 1} more rows do so` : "";
	const advice = "say --overlap merge if they are the same lines, --overlap add if they are not";
	return new CloseoutError("REFUSED", `${what}${more}; ${advice}`);
}

interface Group {
	readonly fresh: readonly Placed[];
	readonly known: readonly Placed[];
}

/** Rows of both with the same amount, by amount. */
async function* groups(
	fresh: AsyncIterable<PlacedRow>,
	known: AsyncIterable<PlacedRow>,
): AsyncGenerator<Group> {
	const [a, b] = [byAmount(fresh), byAmount(known)];
	let [left, right] = [await a.next(), await b.next()];
	while (left.done !== true && right.done !== true) {
		const { amountMinor } = left.value;
		const other = right.value.amountMinor;
		if (amountMinor === other) yield { fresh: left.value.rows, known: right.value.rows };
		if (amountMinor <= other) left = await a.next();
		if (other <= amountMinor) right = await b.next();
	}
}

async function* byAmount(
	rows: AsyncIterable<PlacedRow>,
): AsyncGenerator<{ readonly amountMinor: number; readonly rows: readonly Placed[] }> {
	let amountMinor: number | undefined;
	let gathered: Placed[] = [];
	for await (const { statement, part, row, amountMinor: own } of rows) {
		if (amountMinor !== undefined && own !== amountMinor) {
			yield { amountMinor, rows: gathered };
			gathered = [];
		}
		amountMinor = own;
		gathered.push({ statement, part, row: readRow(row) });
	}
	if (amountMinor !== undefined) yield { amountMinor, rows: gathered };
}
