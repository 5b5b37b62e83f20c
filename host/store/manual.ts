import type { ManualDecision } from "../core/manual.ts";
import type { Context } from "./database.ts";

/** Adds a decision behind all others of the tenant. Decisions are never changed: a later one outdoes an earlier one. */
export async function addManualDecision(
	{ write, nowS }: Context,
	added: Omit<ManualDecision, "number" | "atS"> & { readonly tenant: string },
): Promise<ManualDecision> {
	const { tenant, type, rows, by, why } = added;
	return write.transaction().execute(async (writing) => {
		const { last } = await writing
			.selectFrom("manualDecision")
			.select((select) => select.fn.max("number").as("last"))
			.where("tenant", "=", tenant)
			.executeTakeFirstOrThrow();
		const decision = { number: Number(last ?? 0) + 1, type, by, why, atS: nowS() };
		await writing
			.insertInto("manualDecision")
			.values({ tenant, ...decision, rowsJson: JSON.stringify(rows) })
			.execute();
		return { ...decision, rows };
	});
}

/** Decisions in the order in which they were made. */
export async function listManualDecisions(
	{ read }: Context,
	tenant: string,
): Promise<readonly ManualDecision[]> {
	const rows = await read
		.selectFrom("manualDecision")
		.select(["number", "type", "rowsJson", "by", "why", "atS"])
		.where("tenant", "=", tenant)
		.orderBy("number")
		.execute();
	return rows.map(({ rowsJson, ...row }) => {
		const names: readonly string[] = JSON.parse(rowsJson);
		return { ...row, rows: names };
	});
}
