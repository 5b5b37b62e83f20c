import type { Address, UpBody } from "../../protocol/message.ts";
import { chainNeeded, judgeHello } from "../core/stream.ts";
import type { Context, Database, Writing } from "./database.ts";
import { chainAt, headOf } from "./journal.ts";
import type { StreamTable } from "./tables.ts";

/** Whom a message must be from, before it is believed. */
export interface StreamKey extends Address {
	readonly tenant: string;
	readonly key: Uint8Array;
}

/** The key of one life of a terminal's journal, fenced ones too; undefined when there is none. */
export async function findKey(
	{ read }: Context,
	{ terminal, epoch }: Address,
): Promise<StreamKey | undefined> {
	return read
		.selectFrom("stream")
		.innerJoin("terminal", "terminal.terminal", "stream.terminal")
		.select(["stream.terminal", "stream.epoch", "terminal.tenant", "stream.key"])
		.where("stream.terminal", "=", terminal)
		.where("stream.epoch", "=", epoch)
		.executeTakeFirst();
}

export interface StreamStatus extends Address {
	readonly watermark: number;
	readonly chain: Uint8Array;
	readonly claimed: number;
	readonly frozen: boolean;
	readonly fencedS: number | null;
	/** Records that the terminal claimed and the host never got before the epoch was fenced. */
	readonly maybeLost: number;
	/** Records up to here are in the derived tables. */
	readonly projected: number;
}

/** Every life of a terminal's journal, oldest first. */
export async function listStreams(
	{ read }: Context,
	terminal: string,
): Promise<readonly StreamStatus[]> {
	const rows = await read
		.selectFrom("stream")
		.selectAll()
		.where("terminal", "=", terminal)
		.orderBy("epoch")
		.execute();
	return rows.map(({ epoch, watermark, chain, claimed, frozen, fencedS, projected }) => ({
		terminal,
		epoch,
		watermark,
		chain,
		claimed,
		frozen: frozen !== 0,
		fencedS,
		maybeLost: fencedS === null ? 0 : Math.max(0, claimed - watermark),
		projected,
	}));
}

export interface Welcome {
	readonly watermark: number;
	readonly chain: Uint8Array;
	/** Frozen, or fenced: the terminal must not expect anything to be taken. */
	readonly frozen: boolean;
	readonly verdict: "ok" | "fork" | "behind" | "fenced";
}

/** Takes note of where a terminal's journal stands and says where the host's stands. */
export async function receiveHello(
	context: Context,
	from: Address,
	hello: UpBody<"hello">,
): Promise<Welcome | undefined> {
	return context.write.transaction().execute(async (writing) => {
		const row = await lockStream(context, writing, from);
		if (row === undefined) return undefined;
		const head = headOf(row);
		const needed = chainNeeded(head, hello.last);
		const stored = needed === undefined ? undefined : await chainAt(context, writing, from, needed);
		const verdict = head.fenced ? "fenced" : judgeHello(head, hello, stored);
		const frozen = head.frozen || verdict === "fork";
		await writing
			.updateTable("stream")
			.set({ claimed: Math.max(row.claimed, hello.last), frozen: frozen ? 1 : 0 })
			.where("terminal", "=", from.terminal)
			.where("epoch", "=", from.epoch)
			.execute();
		if (!head.fenced) await noteSpoken(context, writing, from, hello.firmware);
		const { watermark, chain } = row;
		return { watermark, chain, frozen: frozen || head.fenced, verdict };
	});
}

/** The terminal has its own key now: what was made from its one-time code is not needed any more. */
async function noteSpoken(
	{ nowS }: Context,
	writing: Writing,
	{ terminal, epoch }: Address,
	firmware: string,
): Promise<void> {
	await writing
		.updateTable("terminal")
		.set({ firmware, seenS: nowS() })
		.where("terminal", "=", terminal)
		.execute();
	await writing
		.updateTable("enrolment")
		.set({ key: new Uint8Array(0) })
		.where("terminal", "=", terminal)
		.where("epoch", "=", epoch)
		.execute();
}

export async function lockStream(
	{ kind }: Context,
	database: Database | Writing,
	{ terminal, epoch }: Address,
): Promise<StreamTable | undefined> {
	const query = database
		.selectFrom("stream")
		.selectAll()
		.where("terminal", "=", terminal)
		.where("epoch", "=", epoch);
	return (kind === "postgres" ? query.forUpdate() : query).executeTakeFirst();
}

/** A person has looked at the fork and lets the stream go on from what the host holds. */
export async function thawStream(
	{ write }: Context,
	{ terminal, epoch }: Address,
): Promise<boolean> {
	const { numUpdatedRows } = await write
		.updateTable("stream")
		.set({ frozen: 0 })
		.where("terminal", "=", terminal)
		.where("epoch", "=", epoch)
		.executeTakeFirst();
	return numUpdatedRows > 0n;
}
