import { equalBytes, toHex } from "../../protocol/bytes.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { ASIDE_PIECES_MAX, BATCH_RECORDS_MAX } from "../../protocol/limits.ts";
import type { Address } from "../../protocol/message.ts";
import {
	type AsidePiece,
	isNextTo,
	lastOfPiece,
	type PlacedRecord,
	piecesOf,
	runAfter,
	runsOf,
	unfoldPiece,
	type Versions,
	versionsOf,
	wholeGroups,
} from "../core/aside.ts";
import type { Context, Writing } from "./database.ts";
import { blockOf, fillLosses, type SequenceRange } from "./fill.ts";
import { addIncident } from "./incident.ts";
import { commitInside, EVIDENCE_BLOCKS_MAX } from "./journal.ts";
import { forgetStream } from "./projection.ts";
import { decodeRecords, unpackBlock } from "./records.ts";
import { slices } from "./slices.ts";
import { lockStream } from "./stream.ts";
import type { StreamTable } from "./tables.ts";

export interface Import extends Address {
	/** Of the file, for people. */
	readonly name: string;
	readonly pieces: readonly AsidePiece[];
}

export interface ImportReceipt {
	/** Records that the stream got at its end. */
	readonly added: number;
	/** Records that went into ranges reported as lost. */
	readonly filled: number;
	/** Records of the file that were there already. */
	readonly known: number;
	/** The first record of each version that contradicts the stream. */
	readonly forks: readonly number[];
	readonly watermark: number;
	/** Records that are kept until the ones before them come. */
	readonly aside: readonly SequenceRange[];
}

/**
 * Takes records out of a file into a stream, each exactly once, in any order: what follows the stream is committed
 * as ingest does it, what was reported as lost is filled in, what comes too early is kept aside, what contradicts
 * is kept as evidence and told. One transaction. Throws `TERMINAL_UNKNOWN`, `REFUSED` for a stream that is frozen,
 * `CHAIN_BROKEN` for a piece that contradicts itself, `LIMIT` when too much waits; nothing has changed then.
 */
export async function importPieces(context: Context, given: Import): Promise<ImportReceipt> {
	const { terminal, epoch } = given;
	return context.write.transaction().execute(async (writing) => {
		const row = await lockStream(context, writing, { terminal, epoch });
		if (row === undefined) {
			const message = `terminal ${terminal} has no journal of epoch ${epoch} here; enrol it or name the right data`;
			throw new CloseoutError("TERMINAL_UNKNOWN", message);
		}
		if (row.frozen !== 0) {
			const message = `the journal ${terminal}.${epoch} is frozen by a fork; a person has to look at it first`;
			throw new CloseoutError("REFUSED", message);
		}
		return new Importing(context, writing, row, given).run();
	});
}

class Importing {
	readonly #context: Context;
	readonly #writing: Writing;
	readonly #row: StreamTable;
	readonly #given: Import;
	readonly #stream: Address;
	/** Chains before records, where a piece tells them. */
	readonly #before = new Map<string, Uint8Array>();
	readonly #forks: PlacedRecord[] = [];
	#known = 0;

	constructor(context: Context, writing: Writing, row: StreamTable, given: Import) {
		this.#context = context;
		this.#writing = writing;
		this.#row = row;
		this.#given = given;
		this.#stream = { terminal: row.terminal, epoch: row.epoch };
	}

	async run(): Promise<ImportReceipt> {
		const { watermark, chain } = this.#row;
		const { hash } = this.#context;
		const waiting = await this.#waiting();
		const own = this.#given.pieces.flatMap((piece) => this.#unfold(piece));
		const before = waiting.flatMap((piece) => this.#unfold(piece));
		const missing = await this.#missing(own, before);
		const ahead = versionsOf([...before, ...own].filter(({ sequence }) => sequence > watermark));
		const run = wholeGroups(runAfter({ sequence: watermark, chain }, ahead, hash));
		await this.#commit(run);
		const last = run.at(-1);
		const head = last ?? { sequence: watermark, chain };
		const filled =
			missing.size > 0 ? await fillLosses(this.#context, this.#writing, this.#stream, missing) : [];
		const left = this.#left([...ahead.values()].flat(), run, head);
		const lost = [...missing.values()].flat().filter((one) => !isIn(filled, one.sequence));
		const aside = await this.#keep(versionsOf([...lost, ...left]), waiting.length > 0);
		await this.#tell(run, filled);
		const sum = (ranges: readonly SequenceRange[]) =>
			ranges.reduce((count, { from, to }) => count + to - from + 1, 0);
		const forks = [...new Set(this.#forks.map(({ sequence }) => sequence))];
		const counts = { added: run.length, filled: sum(filled), known: this.#known };
		return { ...counts, forks, watermark: head.sequence, aside };
	}

	async #waiting(): Promise<readonly AsidePiece[]> {
		const rows = await this.#writing
			.selectFrom("aside")
			.selectAll()
			.where("terminal", "=", this.#row.terminal)
			.where("epoch", "=", this.#row.epoch)
			.orderBy("firstSeq")
			.execute();
		return rows.map(({ firstSeq, lastSeq, previousChain, endChain, bytes }) => {
			const records = decodeRecords(bytes, `records ${firstSeq} to ${lastSeq} kept aside`);
			return { from: firstSeq, previousChain, endChain, records };
		});
	}

	#unfold(piece: AsidePiece): readonly PlacedRecord[] {
		const placed = unfoldPiece(piece, this.#context.hash);
		const [first] = placed ?? [];
		if (placed === undefined || first === undefined || piece.from < 1) {
			const message = `${this.#given.name}: records ${piece.from} to ${lastOfPiece(piece)} do not give the chain kept with them`;
			throw new CloseoutError("CHAIN_BROKEN", message);
		}
		let { previousChain } = piece;
		for (const one of placed) {
			if (previousChain.length > 0) this.#before.set(keyOf(one), previousChain);
			previousChain = one.chain;
		}
		return placed;
	}

	/** Compares what the host should hold with what it does hold; returns what it lacks. */
	async #missing(
		own: readonly PlacedRecord[],
		waiting: readonly PlacedRecord[],
	): Promise<Versions> {
		const { watermark } = this.#row;
		const missing: PlacedRecord[] = [];
		const held = new Map<number, Uint8Array>();
		const old = [...own, ...waiting].filter(({ sequence }) => sequence <= watermark);
		for (const range of rangesOf(old.map(({ sequence }) => sequence))) {
			for (const [sequence, chain] of await this.#held(range)) held.set(sequence, chain);
		}
		const isOwn = new Set(own);
		let isFork = false;
		for (const one of old) {
			const chain = held.get(one.sequence);
			if (chain === undefined) missing.push(one);
			else if (!equalBytes(chain, one.chain)) {
				if (!isFork) this.#forks.push(one);
				isFork = true;
				continue;
			} else if (isOwn.has(one)) this.#known += 1;
			isFork = false;
		}
		return versionsOf(missing);
	}

	async #held({ from, to }: SequenceRange): Promise<ReadonlyMap<number, Uint8Array>> {
		const blocks = await this.#writing
			.selectFrom("block")
			.selectAll()
			.where("terminal", "=", this.#row.terminal)
			.where("epoch", "=", this.#row.epoch)
			.where("lastSeq", ">=", from)
			.where("firstSeq", "<=", to)
			.execute();
		const records = blocks.flatMap((block) => unpackBlock(block, this.#context.hash));
		return new Map(records.map(({ sequence, chain }) => [sequence, chain]));
	}

	async #commit(run: readonly PlacedRecord[]): Promise<void> {
		const pieces = piecesOf(run, this.#row.chain, BATCH_RECORDS_MAX);
		const receipts = await commitInside(
			this.#context,
			this.#writing,
			pieces.map((body) => ({ ...this.#stream, type: "batch", body, isImported: true })),
		);
		if (receipts.every(({ judgement }) => judgement === "append")) return;
		throw new CloseoutError("ASSERTION", "records that follow the stream were not taken into it");
	}

	/** What still waits. A record that stands where another one is now, or does not follow it, contradicts. */
	#left(
		ahead: readonly PlacedRecord[],
		run: readonly PlacedRecord[],
		head: { readonly sequence: number; readonly chain: Uint8Array },
	): readonly PlacedRecord[] {
		const taken = new Set(run);
		const { hash } = this.#context;
		return ahead.filter((one) => {
			if (taken.has(one)) return false;
			const isNext = one.sequence === head.sequence + 1;
			const isAhead = one.sequence > head.sequence;
			if (isAhead && (!isNext || isNextTo(head.chain, one, hash))) return true;
			this.#forks.push(one);
			return false;
		});
	}

	async #keep(versions: Versions, hadAny: boolean): Promise<readonly SequenceRange[]> {
		const runs = runsOf(versions, this.#context.hash, (first) => this.#before.get(keyOf(first)));
		const none = new Uint8Array(0);
		const pieces = runs.flatMap(({ run, previousChain }) =>
			piecesOf(run, previousChain.length === 0 ? none : previousChain, BATCH_RECORDS_MAX),
		);
		if (pieces.length > ASIDE_PIECES_MAX) {
			const message = `${this.#given.name}: more than ${ASIDE_PIECES_MAX} pieces of ${this.#row.terminal}.${this.#row.epoch} would wait for record ${this.#row.watermark + 1}; import what comes before them first`;
			throw new CloseoutError("LIMIT", message);
		}
		const { terminal, epoch } = this.#stream;
		if (hadAny) {
			const emptied = this.#writing.deleteFrom("aside");
			await emptied.where((where) => where.and({ terminal, epoch })).execute();
		}
		const now = this.#context.nowS();
		for (const rows of slices(pieces.map((piece) => blockOf(this.#stream, piece, now)))) {
			await this.#writing
				.insertInto("aside")
				.values(rows)
				.onConflict((conflict) => conflict.doNothing())
				.execute();
		}
		return rangesOf([...versions.keys()]);
	}

	/** Says in incidents where records came from, what they fill and what contradicts. */
	async #tell(run: readonly PlacedRecord[], filled: readonly SequenceRange[]): Promise<void> {
		const { name } = this.#given;
		const [first] = run;
		const last = run.at(-1);
		if (first && last) {
			const detail = `records ${first.sequence} to ${last.sequence} came from ${name}`;
			await this.#note("imported", detail);
		}
		for (const { from, to } of filled) {
			await this.#note("filled", `records ${from} to ${to}, reported as lost, came from ${name}`);
		}
		if (filled.length > 0) await forgetStream(this.#writing, this.#stream);
		for (const fork of this.#forks) {
			const detail = `record ${fork.sequence} of ${name} contradicts what is held, chain ${toHex(fork.chain)}`;
			await this.#note("fork", detail);
			await this.#evidence(fork);
		}
	}

	async #note(type: "imported" | "filled" | "fork", detail: string): Promise<void> {
		await addIncident(this.#context, this.#writing, { ...this.#stream, type, detail });
	}

	async #evidence(fork: PlacedRecord): Promise<void> {
		const { terminal, epoch } = this.#stream;
		const { kept } = await this.#writing
			.selectFrom("evidence")
			.select((select) => select.fn.countAll<number>().as("kept"))
			.where((where) => where.and({ terminal, epoch }))
			.executeTakeFirstOrThrow();
		if (kept >= EVIDENCE_BLOCKS_MAX) return;
		const previousChain = this.#before.get(keyOf(fork)) ?? new Uint8Array(0);
		const { sequence: from, record, chain: endChain } = fork;
		const piece = { from, previousChain, records: [record], endChain };
		const row = blockOf(this.#stream, piece, this.#context.nowS());
		await this.#writing
			.insertInto("evidence")
			.values({ ...row, type: "fork" })
			.onConflict((conflict) => conflict.columns(["terminal", "epoch", "endChain"]).doNothing())
			.execute();
	}
}

function keyOf({ sequence, chain }: PlacedRecord): string {
	return `${sequence}:${toHex(chain)}`;
}

function isIn(ranges: readonly SequenceRange[], sequence: number): boolean {
	return ranges.some(({ from, to }) => sequence >= from && sequence <= to);
}

/** Numbers as the ranges they make. */
export function rangesOf(numbers: readonly number[]): readonly SequenceRange[] {
	const ranges: { from: number; to: number }[] = [];
	for (const number of numbers.toSorted((a, b) => a - b)) {
		const last = ranges.at(-1);
		if (last !== undefined && number <= last.to + 1) last.to = number;
		else ranges.push({ from: number, to: number });
	}
	return ranges;
}
