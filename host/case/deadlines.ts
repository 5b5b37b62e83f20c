import { join } from "node:path";
import Type from "typebox";
import { type Deadline, type DeadlineTable, deadlineOf } from "../core/deadline.ts";
import { defaultDeadlines } from "../core/default-deadlines.ts";
import { type Difference, differenceReasons } from "../core/difference.ts";
import { recordOf } from "../import/terminal-rows.ts";
import { readSettings } from "../settings-file.ts";
import type { Store } from "../store/store.ts";

/** Where a merchant's own table of deadlines lies in the data folder. */
export const DEADLINES_FILE = "deadlines.json";

const strict = { additionalProperties: false };
const Country = Type.String({ pattern: "^[A-Z]{2}$" });
const Text = Type.String({ minLength: 1, maxLength: 300 });

export const deadlinesSchema = Type.Object(
	{
		version: Type.Literal(1),
		country: Country,
		deadlines: Type.Array(
			Type.Object(
				{
					name: Type.String({ pattern: "^[a-z0-9-]{1,40}$" }),
					countries: Type.Optional(Type.Array(Country, { minItems: 1, maxItems: 250 })),
					schemes: Type.Optional(
						Type.Array(Type.String({ pattern: "^[^a-z]{1,32}$" }), { minItems: 1, maxItems: 100 }),
					),
					reasons: Type.Optional(
						Type.Array(Type.Enum([...differenceReasons, "unsettled"]), { minItems: 1 }),
					),
					days: Type.Integer({ minimum: 0, maximum: 3_660 }),
					why: Type.Object({ en: Text, "zh-CN": Text }, strict),
					source: Text,
				},
				strict,
			),
			{ maxItems: 500 },
		),
	},
	strict,
);

/** The table of a data folder: its file, or the shipped one where there is none. Throws `SCHEMA` naming the field. */
export async function deadlinesOf(dataFolder: string): Promise<DeadlineTable> {
	return (
		(await readSettings(join(dataFolder, DEADLINES_FILE), deadlinesSchema)) ?? defaultDeadlines
	);
}

/** Deadlines of differences by their id, by the scheme that the journal has of each. */
export async function deadlinesFor(
	store: Store,
	differences: readonly Difference[],
	table: DeadlineTable,
): Promise<ReadonlyMap<string, Deadline>> {
	const deadlines = new Map<string, Deadline>();
	for (const difference of differences) {
		const { id, reason, businessDate } = difference;
		if (businessDate === undefined) continue;
		const scheme = await schemeOf(store, difference);
		const deadline = deadlineOf(table, { reason, scheme, businessDate });
		if (deadline !== undefined) deadlines.set(id, deadline);
	}
	return deadlines;
}

async function schemeOf(store: Store, { evidence }: Difference): Promise<string | undefined> {
	for (const row of evidence) {
		const place = row.leg === "terminal" ? recordOf(row) : undefined;
		if (place === undefined) continue;
		const { terminal, epoch, sequence } = place;
		const found = await store.getTransaction({ terminal, epoch, seq: sequence });
		if (found?.scheme) return found.scheme;
	}
	return undefined;
}
