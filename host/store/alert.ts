import { CloseoutError } from "../../protocol/error.ts";
import { type Severity, severities, type WatchFinding } from "../core/watch.ts";
import type { Context, Writing } from "./database.ts";
import type { AlertStepTable, AlertTable } from "./tables.ts";

/** Something that the watch found, from when it was first seen until it is so no more. */
export interface Alert {
	readonly id: string;
	/** Counted from 1: what ended and comes back is a new episode. */
	readonly episode: number;
	readonly severity: Severity;
	readonly finding: WatchFinding;
	readonly firstS: number;
	readonly lastS: number;
	readonly endedS: number | null;
	readonly acknowledgedS: number | null;
	readonly acknowledgedBy: string;
	readonly acknowledgedWhy: string;
}

/**
 * Takes over what one look of the watch found: opens an alert for what is new, refreshes what is known, and ends what
 * is so no more. Gives all that are open.
 */
export async function takeFindings(
	{ write, nowS }: Context,
	{ tenant, findings }: { readonly tenant: string; readonly findings: readonly WatchFinding[] },
): Promise<readonly Alert[]> {
	const now = nowS();
	await write.transaction().execute(async (writing) => {
		const rows = await newest(writing, tenant);
		const known = new Map(rows.map((row) => [row.id, row]));
		const present = new Set(findings.map(({ id }) => id));
		for (const finding of findings)
			await take(writing, tenant, finding, known.get(finding.id), now);
		for (const { id, episode, endedS } of rows) {
			if (endedS !== null || present.has(id)) continue;
			await writing
				.updateTable("alert")
				.set({ endedS: now })
				.where("tenant", "=", tenant)
				.where("id", "=", id)
				.where("episode", "=", episode)
				.execute();
		}
	});
	return (await newest(write, tenant)).filter(({ endedS }) => endedS === null).map(toAlert);
}

async function take(
	writing: Writing,
	tenant: string,
	finding: WatchFinding,
	before: AlertTable | undefined,
	now: number,
): Promise<void> {
	const { id, rule, terminal, severity } = finding;
	const told = { rule, terminal, severity, findingJson: JSON.stringify(finding), lastS: now };
	const isOpen = before !== undefined && before.endedS === null;
	const episode = isOpen ? before.episode : (before?.episode ?? 0) + 1;
	const nobody = { endedS: null, acknowledgedS: null, acknowledgedBy: "", acknowledgedWhy: "" };
	await writing
		.insertInto("alert")
		.values({ tenant, id, episode, ...told, firstS: now, ...nobody })
		.onConflict((conflict) => conflict.columns(["tenant", "id", "episode"]).doUpdateSet(told))
		.execute();
}

/** The newest episode of everything that was ever found. */
async function newest(
	database: Context["read"] | Writing,
	tenant: string,
): Promise<readonly AlertTable[]> {
	const last = database
		.selectFrom("alert")
		.where("tenant", "=", tenant)
		.select((select) => ["id", select.fn.max("episode").as("episode")])
		.groupBy("id")
		.as("last");
	return database
		.selectFrom("alert")
		.innerJoin(last, (join) =>
			join.onRef("last.id", "=", "alert.id").onRef("last.episode", "=", "alert.episode"),
		)
		.selectAll("alert")
		.where("alert.tenant", "=", tenant)
		.orderBy("alert.firstS")
		.orderBy("alert.id")
		.execute();
}

/** Alerts that are open, the oldest first; with those that ended as well when `all`. */
export async function listAlerts(
	{ read }: Context,
	{ tenant, all = false }: { readonly tenant: string; readonly all?: boolean },
): Promise<readonly Alert[]> {
	return (await newest(read, tenant)).filter(({ endedS }) => all || endedS === null).map(toAlert);
}

/** A person has taken note: the ladder stops for this episode. Throws `NOT_FOUND` for one that is not open. */
export async function acknowledgeAlert(
	{ write, nowS }: Context,
	{ tenant, id, by, why }: Readonly<Record<"tenant" | "id" | "by" | "why", string>>,
): Promise<void> {
	const { numUpdatedRows } = await write
		.updateTable("alert")
		.set({ acknowledgedS: nowS(), acknowledgedBy: by, acknowledgedWhy: why })
		.where("tenant", "=", tenant)
		.where("id", "=", id)
		.where("endedS", "is", null)
		.executeTakeFirst();
	if (numUpdatedRows > 0n) return;
	const message = `alert ${id} is not open; "closeout watch list" shows those that are`;
	throw new CloseoutError("NOT_FOUND", message);
}

/** One message on one step of the ladder over one channel. */
export type AlertStep = Pick<AlertStepTable, "tenant" | "id" | "episode" | "step" | "channel">;

/** Seconds after which a message that was begun and not ended, as by a crash, may be begun again. */
const LEASE_S = 300;
/** A message that could not be sent so often is given up. */
const TRIES_MAX = 10;

/**
 * True for the one who may send this message now: not sent yet, not being sent by another host, and not tried too
 * often. Behind a failure the next try waits twice as long as the one before.
 */
export async function beginStep({ write, nowS }: Context, place: AlertStep): Promise<boolean> {
	const now = nowS();
	return write.transaction().execute(async (writing) => {
		const { numInsertedOrUpdatedRows: inserted } = await writing
			.insertInto("alertStep")
			.values({ ...place, state: "begun", tries: 1, atS: now, detail: "" })
			.onConflict((conflict) => conflict.doNothing())
			.executeTakeFirst();
		if ((inserted ?? 0n) > 0n) return true;
		const row = await stepQuery(writing, place).executeTakeFirstOrThrow();
		const { state, tries, atS } = row;
		if (state === "sent" || tries >= TRIES_MAX) return false;
		const waitS = state === "begun" ? LEASE_S : 60 * 2 ** Math.min(tries, 7);
		if (now - atS < waitS) return false;
		const { numUpdatedRows } = await writing
			.updateTable("alertStep")
			.set({ state: "begun", tries: tries + 1, atS: now })
			.where("tenant", "=", place.tenant)
			.where("id", "=", place.id)
			.where("episode", "=", place.episode)
			.where("step", "=", place.step)
			.where("channel", "=", place.channel)
			.where("tries", "=", tries)
			.executeTakeFirst();
		return numUpdatedRows > 0n;
	});
}

function stepQuery(writing: Writing, { tenant, id, episode, step, channel }: AlertStep) {
	return writing
		.selectFrom("alertStep")
		.selectAll()
		.where("tenant", "=", tenant)
		.where("id", "=", id)
		.where("episode", "=", episode)
		.where("step", "=", step)
		.where("channel", "=", channel);
}

/** Notes how a message that was begun has ended; `detail` says why it failed, "" when it was sent. */
export async function endStep(
	{ write, nowS }: Context,
	{ detail, ...place }: AlertStep & { readonly detail: string },
): Promise<void> {
	await write
		.updateTable("alertStep")
		.set({ state: detail === "" ? "sent" : "failed", detail, atS: nowS() })
		.where("tenant", "=", place.tenant)
		.where("id", "=", place.id)
		.where("episode", "=", place.episode)
		.where("step", "=", place.step)
		.where("channel", "=", place.channel)
		.execute();
}

/** Messages of a tenant with how they ended, the newest first. */
export async function listAlertSteps(
	{ read }: Context,
	tenant: string,
): Promise<readonly AlertStepTable[]> {
	return read
		.selectFrom("alertStep")
		.selectAll()
		.where("tenant", "=", tenant)
		.orderBy("atS", "desc")
		.orderBy("id")
		.orderBy("step")
		.orderBy("channel")
		.limit(1_000)
		.execute();
}

function toAlert({
	findingJson,
	severity: text,
	tenant: _,
	rule: __,
	terminal: ___,
	...row
}: AlertTable): Alert {
	const finding: WatchFinding = JSON.parse(findingJson);
	const severity = severities.find((known) => known === text);
	if (severity !== undefined) return { ...row, severity, finding };
	throw new CloseoutError("STORE", `an alert has the severity "${text}", which this version lacks`);
}
