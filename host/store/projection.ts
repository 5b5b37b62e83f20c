import type { Address } from "../../protocol/message.ts";
import { type Cursor, Fold, startCursor } from "../core/fold.ts";
import {
	noteRow,
	periodPart,
	periodRow,
	printDebtRow,
	settlementPart,
	settlementRow,
	toJson,
	transactionRow,
} from "./book-rows.ts";
import { type Context, type Writing, writeDerived } from "./database.ts";
import { decodeRecords } from "./records.ts";
import { slices } from "./slices.ts";
import { lockStream } from "./stream.ts";
import type { StreamTable } from "./tables.ts";

const derived = ["transaction", "settlement", "period", "printDebt", "note"] as const;
/** Blocks folded in one transaction: a step stays short beside the commits of new records. */
const BLOCKS_PER_STEP = 20;

export interface Projected {
	/** Records up to here are in the derived tables now. */
	readonly projected: number;
	/** True when there is nothing left to fold for now. */
	readonly isDone: boolean;
}

/**
 * Folds the next records of a stream into the derived tables. Rows and the mark of how far the fold has come are
 * one transaction, so a crash repeats nothing and leaves nothing out.
 */
export async function projectStream(context: Context, stream: Address): Promise<Projected> {
	return writeDerived(context, async (writing) => {
		const row = await lockStream(context, writing, stream);
		if (row === undefined || row.projected >= row.watermark)
			return { projected: row?.projected ?? 0, isDone: true };
		const blocks = await writing
			.selectFrom("block")
			.select(["firstSeq", "lastSeq", "bytes"])
			.where("terminal", "=", row.terminal)
			.where("epoch", "=", row.epoch)
			.where("lastSeq", ">", row.projected)
			.orderBy("firstSeq")
			.limit(BLOCKS_PER_STEP)
			.execute();
		const fold = new Fold(readCursor(row));
		for (const { firstSeq, lastSeq, bytes } of blocks) {
			const records = decodeRecords(bytes, `${row.terminal} block ${firstSeq} to ${lastSeq}`);
			for (const [index, record] of records.entries()) {
				if (firstSeq + index > row.projected) fold.add(firstSeq + index, record);
			}
		}
		// Behind the last block there may be a range that is lost for good.
		const isDone = blocks.length < BLOCKS_PER_STEP;
		const projected = isDone ? row.watermark : (blocks.at(-1)?.lastSeq ?? row.watermark);
		await writeBook(writing, { terminal: row.terminal, epoch: row.epoch }, fold);
		await writing
			.updateTable("stream")
			.set({ projected, cursorJson: toJson(fold.cursor) })
			.where("terminal", "=", row.terminal)
			.where("epoch", "=", row.epoch)
			.execute();
		return { projected, isDone };
	});
}

function readCursor({ cursorJson }: StreamTable): Cursor {
	if (cursorJson === "") return startCursor;
	const cursor: Cursor = JSON.parse(cursorJson);
	return cursor;
}

async function writeBook(writing: Writing, place: Address, fold: Fold): Promise<void> {
	await addRows(writing, place, fold);
	await changeRows(writing, place, fold);
}

/** A row that is there already is left as it is: it can only come from a record that was folded before. */
async function addRows(writing: Writing, place: Address, fold: Fold): Promise<void> {
	for (const rows of slices([...fold.transactions.added.values()])) {
		const values = rows.map((row) => transactionRow(place, row));
		await writing.insertInto("transaction").values(values).onConflict(leave).execute();
	}
	for (const rows of slices([...fold.settlements.added.values()])) {
		const values = rows.map((row) => settlementRow(place, row));
		await writing.insertInto("settlement").values(values).onConflict(leave).execute();
	}
	for (const rows of slices([...fold.periods.added.values()])) {
		const values = rows.map((row) => periodRow(place, row));
		await writing.insertInto("period").values(values).onConflict(leave).execute();
	}
	for (const rows of slices([...fold.printDebts.added.values()])) {
		const values = rows.map((row) => printDebtRow(place, row));
		await writing.insertInto("printDebt").values(values).onConflict(leave).execute();
	}
	for (const rows of slices([...fold.notes.added.values()])) {
		const values = rows.map((row) => noteRow(place, row));
		await writing.insertInto("note").values(values).onConflict(leave).execute();
	}
}

const leave = <Next>(conflict: { doNothing(): Next }): Next => conflict.doNothing();

async function changeRows(
	writing: Writing,
	{ terminal, epoch }: Address,
	{ transactions, settlements, periods, printDebts }: Fold,
): Promise<void> {
	for (const [seq, part] of transactions.changed) {
		await writing
			.updateTable("transaction")
			.set(part)
			.where((where) => where.and({ terminal, epoch, seq }))
			.execute();
	}
	for (const [seq, part] of settlements.changed) {
		await writing
			.updateTable("settlement")
			.set(settlementPart(part))
			.where((where) => where.and({ terminal, epoch, seq }))
			.execute();
	}
	for (const [seq, part] of periods.changed) {
		await writing
			.updateTable("period")
			.set(periodPart(part))
			.where((where) => where.and({ terminal, epoch, seq }))
			.execute();
	}
	for (const [seq, part] of printDebts.changed) {
		await writing
			.updateTable("printDebt")
			.set(part)
			.where((where) => where.and({ terminal, epoch, seq }))
			.execute();
	}
}

/** Streams whose derived tables are behind their records: after a crash, or while folding is under way. */
export async function listUnprojected({ read }: Context): Promise<readonly Address[]> {
	return read
		.selectFrom("stream")
		.select(["terminal", "epoch"])
		.whereRef("projected", "<", "watermark")
		.orderBy("terminal")
		.orderBy("epoch")
		.execute();
}

/**
 * Empties the derived tables of one stream, or of all, so that they are folded again from the records. Nothing
 * that a terminal sent is touched.
 */
export async function forgetBook({ write }: Context, terminal?: string): Promise<void> {
	await write.transaction().execute(async (writing) => {
		for (const table of derived) {
			const emptied = writing.deleteFrom(table);
			await (terminal === undefined ? emptied : emptied.where("terminal", "=", terminal)).execute();
		}
		const reset = writing.updateTable("stream").set({ projected: 0, cursorJson: "" });
		await (terminal === undefined ? reset : reset.where("terminal", "=", terminal)).execute();
	});
}

/** Empties the derived tables of one stream within a transaction that has changed its past. */
export async function forgetStream(writing: Writing, { terminal, epoch }: Address): Promise<void> {
	for (const table of derived) {
		await writing
			.deleteFrom(table)
			.where("terminal", "=", terminal)
			.where("epoch", "=", epoch)
			.execute();
	}
	await writing
		.updateTable("stream")
		.set({ projected: 0, cursorJson: "" })
		.where("terminal", "=", terminal)
		.where("epoch", "=", epoch)
		.execute();
}

/** Folds the derived tables again from the records of one terminal, or of all. */
export async function rebuildBook(context: Context, terminal?: string): Promise<void> {
	await forgetBook(context, terminal);
	for (const stream of await listUnprojected(context)) {
		while (!(await projectStream(context, stream)).isDone);
	}
}
