import { CloseoutError } from "../../protocol/error.ts";
import { type CaseState, type CaseStep, openStates } from "../core/case.ts";
import { type Case, toCase, toStep, unknownCase } from "./case.ts";
import type { Context } from "./database.ts";

/** A file of a case, without its bytes. */
export interface CaseAttachment {
	/** Counted from 1. */
	readonly number: number;
	readonly name: string;
	/** SHA-256, hexadecimal. */
	readonly digest: string;
	readonly size: number;
	readonly by: string;
	readonly atS: number;
}

/** A case with all that was done with it, oldest first. */
export interface WholeCase extends Case {
	readonly steps: readonly CaseStep[];
	readonly attachments: readonly CaseAttachment[];
}

export interface CaseFilter {
	readonly tenant: string;
	/** One state, or `open` for all that wait for somebody. */
	readonly state?: CaseState | "open";
	readonly terminal?: string;
	readonly businessDate?: number;
	readonly reason?: string;
	readonly assignee?: string;
	/** Only those whose deadline is on or before this `yyyymmdd`. */
	readonly dueBy?: number;
	/** Only those that the last comparison found. */
	readonly isPresent?: boolean;
	/** 1,000 when left out. */
	readonly limit?: number;
}

/** Cases, those with the most at stake first. */
export async function listCases({ read }: Context, filter: CaseFilter): Promise<readonly Case[]> {
	const { state, terminal, businessDate, reason, assignee, dueBy, isPresent } = filter;
	let query = read.selectFrom("difference").selectAll().where("tenant", "=", filter.tenant);
	if (state === "open") query = query.where("state", "in", openStates);
	else if (state !== undefined) query = query.where("state", "=", state);
	if (terminal !== undefined) query = query.where("terminal", "=", terminal);
	if (businessDate !== undefined) query = query.where("businessDate", "=", businessDate);
	if (reason !== undefined) query = query.where("reason", "=", reason);
	if (assignee !== undefined) query = query.where("assignee", "=", assignee);
	if (dueBy !== undefined) query = query.where("deadline", "<=", dueBy);
	if (isPresent !== undefined) query = query.where("present", "=", isPresent ? 1 : 0);
	const rows = await query
		.orderBy("atStakeMinor", "desc")
		.orderBy("id")
		.limit(filter.limit ?? 1_000)
		.execute();
	return rows.map(toCase);
}

/** Throws `NOT_FOUND`. */
export async function getCase(
	{ read }: Context,
	{ tenant, id }: { readonly tenant: string; readonly id: string },
): Promise<WholeCase> {
	const row = await read
		.selectFrom("difference")
		.selectAll()
		.where("tenant", "=", tenant)
		.where("id", "=", id)
		.executeTakeFirst();
	if (row === undefined) throw unknownCase(tenant, id);
	const steps = await read
		.selectFrom("differenceStep")
		.select(["number", "type", "state", "atS", "by", "text", "about"])
		.where("tenant", "=", tenant)
		.where("id", "=", id)
		.orderBy("number")
		.execute();
	const attachments = await read
		.selectFrom("caseAttachment")
		.select(["number", "name", "digest", "size", "by", "atS"])
		.where("tenant", "=", tenant)
		.where("id", "=", id)
		.orderBy("number")
		.execute();
	return { ...toCase(row), steps: steps.map(toStep), attachments };
}

/** The bytes of a file of a case. Throws `NOT_FOUND`. */
export async function readAttachment(
	{ read }: Context,
	{ tenant, id, number }: { readonly tenant: string; readonly id: string; readonly number: number },
): Promise<CaseAttachment & { readonly bytes: Uint8Array }> {
	const row = await read
		.selectFrom("caseAttachment")
		.select(["number", "name", "digest", "size", "by", "atS", "bytes"])
		.where("tenant", "=", tenant)
		.where("id", "=", id)
		.where("number", "=", number)
		.executeTakeFirst();
	if (row !== undefined) return { ...row, bytes: new Uint8Array(row.bytes) };
	throw new CloseoutError("NOT_FOUND", `case ${id} has no file ${number}; see the case`);
}
