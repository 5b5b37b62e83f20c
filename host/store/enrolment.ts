import { equalBytes } from "../../protocol/bytes.ts";
import { genesisChain } from "../../protocol/chain.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { deriveTerminalKey } from "../../protocol/key.ts";
import { hmacSha256, sha256 } from "../digest.ts";
import type { Context, Writing } from "./database.ts";
import { addIncident } from "./incident.ts";
import { unknownTerminal } from "./terminal.ts";

/** Key derived from a one-time code, to verify an `enrol` message with. */
export interface EnrolmentKey {
	readonly terminal: string;
	readonly number: number;
	readonly key: Uint8Array;
}

/** Keeps the key of a fresh code; one that was not used yet is void from now on. Throws `TERMINAL_UNKNOWN`. */
export async function addEnrolment(
	{ write, kind }: Context,
	added: { readonly terminal: string; readonly key: Uint8Array; readonly expiresS: number },
): Promise<void> {
	await write.transaction().execute(async (writing) => {
		await lockTerminal(writing, kind, added.terminal);
		await writing
			.deleteFrom("enrolment")
			.where("terminal", "=", added.terminal)
			.where("usedS", "is", null)
			.execute();
		const last = await writing
			.selectFrom("enrolment")
			.select("number")
			.where("terminal", "=", added.terminal)
			.orderBy("number", "desc")
			.limit(1)
			.executeTakeFirst();
		await writing
			.insertInto("enrolment")
			.values({
				...added,
				number: (last?.number ?? 0) + 1,
				usedS: null,
				terminalNonce: null,
				hostNonce: null,
				epoch: null,
			})
			.execute();
	});
}

/** Keys that an `enrol` message may be made with: open codes, and used ones whose answer may have got lost. */
export async function enrolmentKeys(
	{ read }: Context,
	terminal: string,
	tenant: string,
): Promise<readonly EnrolmentKey[]> {
	const rows = await read
		.selectFrom("enrolment")
		.innerJoin("terminal", "terminal.terminal", "enrolment.terminal")
		.select(["enrolment.terminal", "enrolment.number", "enrolment.key"])
		.where("enrolment.terminal", "=", terminal)
		.where("terminal.tenant", "=", tenant)
		.execute();
	return rows.filter(({ key }) => key.length > 0);
}

export interface EnrolmentAnswer {
	readonly hostNonce: Uint8Array;
	readonly epoch: number;
	readonly hostSequence: number;
	/** True when this call made the epoch, false for the answer given again. */
	readonly fresh: boolean;
}

/**
 * Uses a code: opens the next epoch and fences the ones before it at their watermarks. The same nonce again
 * gives the same answer. Throws `REFUSED` for a code that has expired or was used with another nonce.
 */
export async function useEnrolment(
	context: Context,
	used: EnrolmentKey & { readonly terminalNonce: Uint8Array; readonly hostNonce: Uint8Array },
): Promise<EnrolmentAnswer> {
	return context.write.transaction().execute(async (writing) => {
		const terminal = await lockTerminal(writing, context.kind, used.terminal);
		const { hostSequence } = terminal;
		const row = await writing
			.selectFrom("enrolment")
			.selectAll()
			.where("terminal", "=", used.terminal)
			.where("number", "=", used.number)
			.executeTakeFirst();
		if (row === undefined) throw refused(used.terminal, "has been replaced");
		if (row.usedS !== null) {
			const { terminalNonce, hostNonce, epoch } = row;
			if (terminalNonce === null || hostNonce === null || epoch === null)
				throw refused(used.terminal, "has been used");
			if (!equalBytes(terminalNonce, used.terminalNonce))
				throw refused(used.terminal, "has been used");
			return { hostNonce, epoch, hostSequence, fresh: false };
		}
		if (row.expiresS <= context.nowS()) throw refused(used.terminal, "has expired");
		const epoch = terminal.epoch + 1;
		await fenceOlder(context, writing, used.terminal);
		await openEpoch(context, writing, used, epoch);
		return { hostNonce: used.hostNonce, epoch, hostSequence, fresh: true };
	});
}

async function openEpoch(
	{ nowS }: Context,
	writing: Writing,
	used: EnrolmentKey & { readonly terminalNonce: Uint8Array; readonly hostNonce: Uint8Array },
	epoch: number,
): Promise<void> {
	const { terminal, number, terminalNonce, hostNonce } = used;
	await writing
		.insertInto("stream")
		.values({
			terminal,
			epoch,
			key: deriveTerminalKey(used.key, { terminalNonce, hostNonce, epoch }, hmacSha256),
			watermark: 0,
			chain: genesisChain(terminal, epoch, sha256),
			claimed: 0,
			frozen: 0,
			fencedS: null,
			projected: 0,
			cursorJson: "",
		})
		.execute();
	await writing
		.updateTable("enrolment")
		.set({ usedS: nowS(), terminalNonce, hostNonce, epoch })
		.where("terminal", "=", terminal)
		.where("number", "=", number)
		.execute();
	await writing.updateTable("terminal").set({ epoch }).where("terminal", "=", terminal).execute();
}

async function fenceOlder(context: Context, writing: Writing, terminal: string): Promise<void> {
	const open = await writing
		.selectFrom("stream")
		.select(["epoch", "watermark", "claimed"])
		.where("terminal", "=", terminal)
		.where("fencedS", "is", null)
		.execute();
	for (const { epoch, watermark, claimed } of open) {
		const lost = Math.max(0, claimed - watermark);
		const detail = `fenced at record ${watermark}: ${lost} records may be lost`;
		await addIncident(context, writing, { terminal, epoch, type: "fenced", detail });
	}
	await writing
		.updateTable("stream")
		.set({ fencedS: context.nowS() })
		.where("terminal", "=", terminal)
		.where("fencedS", "is", null)
		.execute();
}

async function lockTerminal(writing: Writing, kind: Context["kind"], terminal: string) {
	const query = writing.selectFrom("terminal").selectAll().where("terminal", "=", terminal);
	const row = await (kind === "postgres" ? query.forUpdate() : query).executeTakeFirst();
	if (row === undefined) throw unknownTerminal(terminal);
	return row;
}

function refused(terminal: string, why: string): CloseoutError {
	return new CloseoutError(
		"REFUSED",
		`the enrolment code of ${terminal} ${why}; make a new one on the host`,
	);
}
