import { CloseoutError } from "../../protocol/error.ts";
import {
	afterComparison,
	type CaseState,
	type CaseStep,
	caseStates,
	checkMove,
	type MovedState,
	openStates,
	type StepType,
	SYSTEM,
	stepTypes,
} from "../core/case.ts";
import type { Deadline } from "../core/deadline.ts";
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
	/** True while the last comparison over its date still finds it. */
	readonly isPresent: boolean;
	/** Who works on it; "" for nobody. */
	readonly assignee: string;
	readonly deadline: Deadline | null;
	/** The difference as the last run gave it. */
	readonly difference: Readonly<Record<string, unknown>>;
}

/** Which case, and who does something with it for what reason. */
export interface CaseDeed {
	readonly tenant: string;
	readonly id: string;
	readonly by: string;
	readonly text: string;
}

export interface ComparedRun {
	readonly tenant: string;
	readonly from: number;
	readonly to: number;
	readonly differences: readonly DifferenceKeys[];
	/** Deadlines of new cases, by the id of the difference. */
	readonly deadlines?: ReadonlyMap<string, Deadline>;
}

/**
 * Takes over the differences of one run over the business dates `from` to `to`: opens a case for each new one,
 * refreshes those that are known, and resolves those that are not found any more; see `afterComparison`.
 */
export async function recordDifferences(
	context: Context,
	run: ComparedRun,
): Promise<{ readonly opened: number; readonly gone: number }> {
	const { tenant } = run;
	return context.write.transaction().execute(async (writing) => {
		let opened = 0;
		for (const difference of run.differences) {
			const { id } = difference;
			const before = await find(context, writing, tenant, id);
			const state = afterComparison(before, true);
			const isNew = before === undefined || before.state !== state;
			if (isNew) opened++;
			const deadline = run.deadlines?.get(id) ?? before?.deadline ?? null;
			await keep(context, writing, { tenant, difference, state, deadline });
			if (isNew) await addStep(context, writing, { tenant, id, by: SYSTEM, text: "" }, state);
		}
		const known = await presentWithin(writing, run);
		const present = new Set(run.differences.map(({ id }) => id));
		const gone = known.filter(({ id }) => !present.has(id));
		for (const one of gone) await leave(context, writing, tenant, one);
		return { opened, gone: gone.length };
	});
}

/** A case is changed by one after the other. */
async function find(
	{ kind }: Context,
	writing: Writing,
	tenant: string,
	id: string,
): Promise<Case | undefined> {
	const row = await writing
		.selectFrom("difference")
		.selectAll()
		.where("tenant", "=", tenant)
		.where("id", "=", id)
		.$if(kind === "postgres", (query) => query.forUpdate())
		.executeTakeFirst();
	return row && toCase(row);
}

async function presentWithin(
	writing: Writing,
	{ tenant, from, to }: ComparedRun,
): Promise<readonly { readonly id: string; readonly state: string }[]> {
	return writing
		.selectFrom("difference")
		.select(["id", "state"])
		.where("tenant", "=", tenant)
		.where("present", "=", 1)
		.where("businessDate", ">=", from)
		.where("businessDate", "<=", to)
		.execute();
}

async function leave(
	context: Context,
	writing: Writing,
	tenant: string,
	{ id, state: text }: { readonly id: string; readonly state: string },
): Promise<void> {
	const before = asState(text);
	const state = afterComparison({ state: before, isPresent: true }, false);
	await change(context, writing, tenant, id, { present: 0, state });
	if (state !== before)
		await addStep(context, writing, { tenant, id, by: SYSTEM, text: "" }, state);
}

async function keep(
	{ nowS }: Context,
	writing: Writing,
	kept: {
		readonly tenant: string;
		readonly difference: DifferenceKeys;
		readonly state: CaseState;
		readonly deadline: Deadline | null;
	},
): Promise<void> {
	const { tenant, difference, state, deadline } = kept;
	const { id, reason, leg, terminalId, businessDate, atStakeMinor, currency } = difference;
	const told = {
		reason,
		leg,
		terminal: terminalId ?? null,
		businessDate: businessDate ?? null,
		atStakeMinor,
		currency,
		state,
		present: 1,
		deadline: deadline?.date ?? null,
		deadlineRule: deadline?.rule ?? "",
		differenceJson: toJson(difference),
	};
	const now = nowS();
	await writing
		.insertInto("difference")
		.values({ tenant, id, ...told, assignee: "", foundS: now, changedS: now })
		.onConflict((conflict) => conflict.columns(["tenant", "id"]).doUpdateSet(told))
		.execute();
}

async function change(
	{ nowS }: Context,
	writing: Writing,
	tenant: string,
	id: string,
	changed: Partial<Pick<DifferenceTable, "state" | "present" | "assignee">>,
): Promise<void> {
	await writing
		.updateTable("difference")
		.set({ ...changed, changedS: nowS() })
		.where("tenant", "=", tenant)
		.where("id", "=", id)
		.execute();
}

async function addStep(
	{ nowS }: Context,
	writing: Writing,
	{ tenant, id, by, text }: CaseDeed,
	state: CaseState,
	type: StepType = "state",
	about = "",
): Promise<void> {
	const { steps } = await writing
		.selectFrom("differenceStep")
		.select((select) => select.fn.countAll<number>().as("steps"))
		.where("tenant", "=", tenant)
		.where("id", "=", id)
		.executeTakeFirstOrThrow();
	const number = steps + 1;
	await writing
		.insertInto("differenceStep")
		.values({ tenant, id, number, type, state, atS: nowS(), by, text, about })
		.execute();
}

/** A person moves a case on. Throws `NOT_FOUND`, and `REFUSED` for a move that its state does not allow. */
export async function moveCase(
	context: Context,
	{ state, ...deed }: CaseDeed & { readonly state: MovedState },
): Promise<void> {
	await withCase(context, deed, async (writing, before) => {
		checkMove(deed.id, before.state, state);
		await change(context, writing, deed.tenant, deed.id, { state });
		await addStep(context, writing, deed, state);
	});
}

/** Gives a case to somebody, or with "" back to nobody. Throws `NOT_FOUND`. */
export async function assignCase(
	context: Context,
	{ assignee, ...deed }: CaseDeed & { readonly assignee: string },
): Promise<void> {
	await withCase(context, deed, async (writing, { state }) => {
		await change(context, writing, deed.tenant, deed.id, { assignee });
		await addStep(context, writing, deed, state, "assign", assignee);
	});
}

/** Adds a comment. Throws `NOT_FOUND`. */
export async function commentCase(context: Context, deed: CaseDeed): Promise<void> {
	await withCase(context, deed, async (writing, { state }) => {
		await change(context, writing, deed.tenant, deed.id, {});
		await addStep(context, writing, deed, state, "comment");
	});
}

/** Files of one case. */
const ATTACHMENTS_MAX = 20;

/**
 * Puts a file to a case. Throws `NOT_FOUND`, `LIMIT` beyond 20 files, and `REFUSED` for a file that is there already.
 */
export async function attachToCase(
	context: Context,
	added: CaseDeed & {
		readonly name: string;
		readonly digest: string;
		readonly bytes: Uint8Array;
	},
): Promise<void> {
	const { name, digest, bytes, ...deed } = added;
	const { tenant, id, by } = deed;
	await withCase(context, deed, async (writing, { state }) => {
		const there = await writing
			.selectFrom("caseAttachment")
			.select(["name", "digest"])
			.where("tenant", "=", tenant)
			.where("id", "=", id)
			.execute();
		const same = there.find((one) => one.digest === digest);
		if (same !== undefined)
			throw new CloseoutError("REFUSED", `case ${id} has this file already, as ${same.name}`);
		if (there.length >= ATTACHMENTS_MAX) {
			const message = `case ${id} has ${ATTACHMENTS_MAX} files already; put several into one`;
			throw new CloseoutError("LIMIT", message);
		}
		const place = { tenant, id, number: there.length + 1 };
		await writing
			.insertInto("caseAttachment")
			.values({ ...place, name, digest, size: bytes.length, by, atS: context.nowS(), bytes })
			.execute();
		await change(context, writing, tenant, id, {});
		await addStep(context, writing, deed, state, "attach", name);
	});
}

async function withCase(
	context: Context,
	{ tenant, id }: CaseDeed,
	run: (writing: Writing, before: Case) => Promise<void>,
): Promise<void> {
	await context.write.transaction().execute(async (writing) => {
		const before = await find(context, writing, tenant, id);
		if (before === undefined) throw unknownCase(tenant, id);
		await run(writing, before);
	});
}

export function unknownCase(tenant: string, id: string): CloseoutError {
	const message = `case ${id} is not there; "closeout case list" shows the cases of ${tenant}`;
	return new CloseoutError("NOT_FOUND", message);
}

export function toCase(row: DifferenceTable): Case {
	const { differenceJson, state, present, deadline: date, deadlineRule: rule, ...rest } = row;
	const difference: Case["difference"] = JSON.parse(differenceJson);
	const deadline = date === null ? null : { date, rule };
	return { ...rest, state: asState(state), isPresent: present !== 0, deadline, difference };
}

function asState(text: string): CaseState {
	const state = caseStates.find((known) => known === text);
	if (state !== undefined) return state;
	throw new CloseoutError("STORE", `a case is in the state "${text}", which this version lacks`);
}

/** A step as it stands in the database. */
export function toStep(row: Omit<CaseStep, "type" | "state"> & { type: string; state: string }) {
	const type = stepTypes.find((known) => known === row.type);
	if (type !== undefined) return { ...row, type, state: asState(row.state) };
	throw new CloseoutError("STORE", `a case has a step "${row.type}", which this version lacks`);
}

/** True for a case that still waits for somebody. */
export function isOpen({ state }: Pick<Case, "state">): boolean {
	return openStates.includes(state);
}
