import { CloseoutError } from "../../protocol/error.ts";
import { toJson } from "./book-rows.ts";
import type { Context, Writing } from "./database.ts";
import type { DifferenceTable } from "./tables.ts";

/** What is looked up of a difference; it is kept whole as it is given. */
export interface DifferenceKeys {
	/** The same in every run over the same books. */
	readonly id: string;
	readonly reason: string;
	readonly leg: string;
	readonly terminalId?: string;
	readonly businessDate?: number;
	readonly atStakeMinor: number;
	readonly currency: string;
}

/** A case is walked from found to resolved; `gone` is one that a later run did not find any more. */
export const caseStates = ["found", "claimed", "answered", "resolved", "gone"] as const;
export type CaseState = (typeof caseStates)[number];

export interface Case {
	readonly tenant: string;
	readonly id: string;
	readonly reason: string;
	readonly leg: string;
	readonly terminal: string | null;
	readonly businessDate: number | null;
	readonly atStakeMinor: number;
	readonly currency: string;
	readonly state: CaseState;
	readonly foundS: number;
	readonly changedS: number;
	/** The difference as the last run gave it. */
	readonly difference: Readonly<Record<string, unknown>>;
}

export interface CaseStep {
	readonly state: CaseState;
	readonly atS: number;
	readonly by: string;
	readonly text: string;
}

const SYSTEM = "system";

/**
 * Takes over the differences of one run over the business dates `from` to `to`: opens a case for each new one,
 * refreshes those that are known, and closes as `gone` what was found before in these dates and is not any more.
 * A case that a person works on keeps its state.
 */
export async function recordDifferences(
	context: Context,
	run: {
		readonly tenant: string;
		readonly from: number;
		readonly to: number;
		readonly differences: readonly DifferenceKeys[];
	},
): Promise<{ readonly opened: number; readonly gone: number }> {
	const { tenant } = run;
	return context.write.transaction().execute(async (writing) => {
		let opened = 0;
		for (const difference of run.differences) {
			const state = await stateOf(writing, tenant, difference.id);
			const isNew = state === undefined || state === "gone";
			if (isNew) opened++;
			await keep(context, writing, tenant, difference, isNew ? "found" : state);
			if (isNew) await addStep(context, writing, tenant, difference.id, "found", SYSTEM, "");
		}
		const found = await foundWithin(writing, run);
		const present = new Set(run.differences.map(({ id }) => id));
		const gone = found.filter((id) => !present.has(id));
		for (const id of gone) await move(context, writing, tenant, id, "gone", SYSTEM, "");
		return { opened, gone: gone.length };
	});
}

async function stateOf(writing: Writing, tenant: string, id: string): Promise<string | undefined> {
	const row = await writing
		.selectFrom("difference")
		.select("state")
		.where("tenant", "=", tenant)
		.where("id", "=", id)
		.executeTakeFirst();
	return row?.state;
}

async function foundWithin(
	writing: Writing,
	{ tenant, from, to }: { readonly tenant: string; readonly from: number; readonly to: number },
): Promise<readonly string[]> {
	const rows = await writing
		.selectFrom("difference")
		.select("id")
		.where("tenant", "=", tenant)
		.where("state", "=", "found")
		.where("businessDate", ">=", from)
		.where("businessDate", "<=", to)
		.execute();
	return rows.map(({ id }) => id);
}

async function keep(
	{ nowS }: Context,
	writing: Writing,
	tenant: string,
	difference: DifferenceKeys,
	state: string,
): Promise<void> {
	const { id, reason, leg, terminalId, businessDate, atStakeMinor, currency } = difference;
	const told = {
		reason,
		leg,
		terminal: terminalId ?? null,
		businessDate: businessDate ?? null,
		atStakeMinor,
		currency,
		state,
		differenceJson: toJson(difference),
	};
	const now = nowS();
	await writing
		.insertInto("difference")
		.values({ tenant, id, ...told, foundS: now, changedS: now })
		.onConflict((conflict) => conflict.columns(["tenant", "id"]).doUpdateSet(told))
		.execute();
}

async function move(
	context: Context,
	writing: Writing,
	tenant: string,
	id: string,
	state: CaseState,
	by: string,
	text: string,
): Promise<void> {
	const { numUpdatedRows } = await writing
		.updateTable("difference")
		.set({ state, changedS: context.nowS() })
		.where("tenant", "=", tenant)
		.where("id", "=", id)
		.executeTakeFirst();
	if (numUpdatedRows === 0n)
		throw new CloseoutError("NOT_FOUND", `case ${id} is not there; list the cases of ${tenant}`);
	await addStep(context, writing, tenant, id, state, by, text);
}

async function addStep(
	{ nowS }: Context,
	writing: Writing,
	tenant: string,
	id: string,
	state: CaseState,
	by: string,
	text: string,
): Promise<void> {
	const { steps } = await writing
		.selectFrom("differenceStep")
		.select((select) => select.fn.countAll<number>().as("steps"))
		.where("tenant", "=", tenant)
		.where("id", "=", id)
		.executeTakeFirstOrThrow();
	await writing
		.insertInto("differenceStep")
		.values({ tenant, id, number: steps + 1, state, atS: nowS(), by, text })
		.execute();
}

/** A person moves a case on, with a reason. Throws `NOT_FOUND`. */
export async function moveCase(
	context: Context,
	moved: {
		readonly tenant: string;
		readonly id: string;
		readonly state: CaseState;
		readonly by: string;
		readonly text: string;
	},
): Promise<void> {
	const { tenant, id, state, by, text } = moved;
	await context.write
		.transaction()
		.execute((writing) => move(context, writing, tenant, id, state, by, text));
}

/** Cases, those with the most at stake first. */
export async function listCases(
	{ read }: Context,
	filter: {
		readonly tenant: string;
		readonly state?: CaseState;
		readonly terminal?: string;
		readonly businessDate?: number;
		readonly limit?: number;
	},
): Promise<readonly Case[]> {
	let query = read.selectFrom("difference").selectAll().where("tenant", "=", filter.tenant);
	if (filter.state !== undefined) query = query.where("state", "=", filter.state);
	if (filter.terminal !== undefined) query = query.where("terminal", "=", filter.terminal);
	if (filter.businessDate !== undefined)
		query = query.where("businessDate", "=", filter.businessDate);
	const rows = await query
		.orderBy("atStakeMinor", "desc")
		.orderBy("id")
		.limit(filter.limit ?? 1_000)
		.execute();
	return rows.map(toCase);
}

/** A case with every step of it, oldest first. Throws `NOT_FOUND`. */
export async function getCase(
	{ read }: Context,
	{ tenant, id }: { readonly tenant: string; readonly id: string },
): Promise<Case & { readonly steps: readonly CaseStep[] }> {
	const row = await read
		.selectFrom("difference")
		.selectAll()
		.where("tenant", "=", tenant)
		.where("id", "=", id)
		.executeTakeFirst();
	if (row === undefined)
		throw new CloseoutError("NOT_FOUND", `case ${id} is not there; list the cases of ${tenant}`);
	const steps = await read
		.selectFrom("differenceStep")
		.select(["state", "atS", "by", "text"])
		.where("tenant", "=", tenant)
		.where("id", "=", id)
		.orderBy("number")
		.execute();
	return {
		...toCase(row),
		steps: steps.map((step) => ({ ...step, state: asCaseState(step.state) })),
	};
}

function toCase({ differenceJson, state, ...row }: DifferenceTable): Case {
	const difference: Case["difference"] = JSON.parse(differenceJson);
	return { ...row, state: asCaseState(state), difference };
}

function asCaseState(text: string): CaseState {
	const state = caseStates.find((known) => known === text);
	if (state !== undefined) return state;
	throw new CloseoutError("STORE", `a case is in the state "${text}", which this version lacks`);
}
