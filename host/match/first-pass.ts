import { randomInt } from "node:crypto";
import { assert, CloseoutError } from "../../protocol/error.ts";
import { twinKey } from "../core/books.ts";
import { kindClass } from "../core/compare.ts";
import type { MatchInput } from "../core/decision.ts";
import { joinExactly } from "../core/exact/join.ts";
import { LEFT, RIGHT, type Side } from "../core/exact/layout.ts";
import { PartitionedRows, PLACES_MAX } from "../core/exact/rows.ts";
import { TextHash } from "../core/exact/text-hash.ts";
import { isTransaction } from "../core/operation.ts";
import { addMinor, compareRows, type MoneyRow } from "../core/row.ts";
import { type AgreedBatch, batchKey } from "../core/settlement.ts";
import { PlaceSet } from "./place-set.ts";
import { SpillFile } from "./spill.ts";

/** A book that can be read again and gives the same rows in the same order. */
export type Book = () => AsyncIterable<MoneyRow>;

export interface FirstPassOptions {
	readonly terminal: Book;
	readonly acquirer: Book;
	/** References on the bank's lines: what they name is compared with the bank one by one. */
	readonly bankReferences: ReadonlySet<string>;
	/** Rows that have to be looked at by the rules whatever they agree with. */
	readonly hold: (row: MoneyRow) => boolean;
	/** Bytes of columns that stay in memory. */
	readonly memoryBytes?: number;
}

export interface FirstPass {
	/** What the rules have to look at, and sums of all the rest. */
	readonly input: Pick<Required<MatchInput>, "terminal" | "acquirer" | "agreed">;
	/** Pairs that agree and are in no row of `input`, by business date. */
	readonly agreedByDate: ReadonlyMap<number, number>;
}

/** Rows of an agreed batch that are kept as evidence. */
const EVIDENCE_MAX = 3;
/** Times that books may change while they are read. */
const TRIES_MAX = 3;
const SEED_MAX = 2 ** 31;

/**
 * Takes out of two books what agrees beyond doubt: one row on either side with the same terminal, business date,
 * reference, kind, amount and currency, approved, and nothing else under that name. Only columns of numbers are
 * held of all rows, beyond a bound in a file; the rows that are left are few and are given whole. The books are read
 * three times; the rules over the result decide as they would over all rows.
 */
export async function firstPass(options: FirstPassOptions): Promise<FirstPass> {
	for (let left = TRIES_MAX; left > 0; left--) {
		const keeper = new SpillFile();
		try {
			const pass = await new Pass(options, keeper).run();
			if (pass !== undefined) return pass;
		} finally {
			keeper.close();
		}
	}
	const message = "the books went on changing while they were compared; try again in a moment";
	throw new CloseoutError("REFUSED", message);
}

class Pass {
	readonly #options: FirstPassOptions;
	readonly #rows: PartitionedRows;
	readonly #key = new TextHash(randomInt(SEED_MAX));
	readonly #mark = new TextHash(randomInt(SEED_MAX));
	readonly #open = [new PlaceSet(), new PlaceSet()] as const;
	/** Terminals of which the bank names a sale: each of their sales may be a line. */
	readonly #bySale = new Set<string | undefined>();
	readonly #twins = new Set<string>();
	readonly #agreed = new Map<string, AgreedBatch & { rows: MoneyRow[] }>();
	readonly #agreedByDate = new Map<number, number>();

	constructor(options: FirstPassOptions, keeper: SpillFile) {
		this.#options = options;
		const { memoryBytes } = options;
		this.#rows = new PartitionedRows({
			keeper,
			...(memoryBytes === undefined ? {} : { memoryBytes }),
		});
	}

	/** Undefined when the books changed between two readings. */
	async run(): Promise<FirstPass | undefined> {
		const { terminal, acquirer } = this.#options;
		const first = [
			await this.#each(terminal, (row, place) => this.#enter(LEFT, row, place)),
			await this.#each(acquirer, (row, place) => this.#enter(RIGHT, row, place)),
		];
		joinExactly(this.#rows, ({ left, right }) => {
			for (const { place } of left) this.#open[LEFT].add(place);
			for (const { place } of right) this.#open[RIGHT].add(place);
		});
		const second = [
			await this.#each(terminal, (row, place) => this.#learn(LEFT, row, place)),
			await this.#each(acquirer, (row, place) => this.#learn(RIGHT, row, place)),
		];
		const held: { terminal: MoneyRow[]; acquirer: MoneyRow[] } = { terminal: [], acquirer: [] };
		const third = [
			await this.#each(terminal, (row, place) => {
				if (this.#isHeld(LEFT, row, place)) held.terminal.push(row);
			}),
			await this.#each(acquirer, (row, place) => {
				if (this.#isHeld(RIGHT, row, place)) held.acquirer.push(row);
				else this.#sum(row);
			}),
		];
		if (String(first) !== String(second) || String(first) !== String(third)) return undefined;
		return { input: { ...held, agreed: this.#agreed }, agreedByDate: this.#agreedByDate };
	}

	/** Reads a book and gives a check of its rows and their order. */
	async #each(book: Book, take: (row: MoneyRow, place: number) => void): Promise<number> {
		let place = 0;
		let check = 0;
		for await (const row of book()) {
			assert(place < PLACES_MAX, "a book has fewer rows than places have numbers");
			take(row, place);
			this.#key.take(`${row.source.file}:${row.source.line}:${row.reference}:${row.amountMinor}`);
			check = (Math.imul(check, 31) + this.#key.low) | 0;
			place += 1;
		}
		return check;
	}

	#enter(side: Side, row: MoneyRow, place: number): void {
		const { bankReferences, hold } = this.#options;
		if (bankReferences.has(row.reference)) this.#bySale.add(row.terminalId);
		if (!isTransaction(row) || row.reference === "") {
			this.#open[side].add(place);
			return;
		}
		const name = `${row.terminalId ?? ""}\n${row.businessDate ?? ""}\n${row.reference}`;
		this.#key.take(name);
		// What is not plain must never agree, and neither must anything of the same name.
		const isVoid = row.kind === "void" || row.kind === "reversal";
		const hasBatch = side === LEFT || batchKey(row) !== undefined;
		const isPlain = row.status === "approved" && !isVoid && hasBatch;
		const own = isPlain && !hold(row) ? "" : `${side}:${place}`;
		// The name is in the mark as well: what agrees has met in two hashes of different seeds.
		this.#mark.take(`${kindClass(row.kind)}\n${row.currency}\n${own}\n${name}`);
		const { high, low } = this.#mark;
		this.#rows.add(side, this.#key.high, this.#key.low, row.amountMinor, high, low, place);
	}

	/** A second copy of a row may be dated otherwise, so the names of open rows are looked for among all. */
	#learn(side: Side, row: MoneyRow, place: number): void {
		const key = this.#open[side].has(place) ? twinKey(row) : undefined;
		if (key !== undefined) this.#twins.add(key);
	}

	#isHeld(side: Side, row: MoneyRow, place: number): boolean {
		return (
			this.#open[side].has(place) ||
			this.#bySale.has(row.terminalId) ||
			this.#options.bankReferences.has(row.reference) ||
			this.#twins.has(twinKey(row) ?? "")
		);
	}

	#sum(row: MoneyRow): void {
		const { businessDate = 0, terminalId = "", batch = 0, currency, amountMinor } = row;
		this.#agreedByDate.set(businessDate, (this.#agreedByDate.get(businessDate) ?? 0) + 1);
		const key = batchKey(row);
		assert(key !== undefined, "a row without a batch is held");
		const before = this.#agreed.get(key);
		const rows = before?.rows ?? [];
		rows.push(row);
		rows.sort(compareRows).splice(EVIDENCE_MAX);
		this.#agreed.set(key, {
			terminalId,
			businessDate,
			batch,
			currency,
			rows,
			grossMinor: addMinor(before?.grossMinor ?? 0, amountMinor),
			count: (before?.count ?? 0) + 1,
		});
	}
}
