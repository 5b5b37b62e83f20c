import { sql } from "kysely";
import type { Address } from "../../protocol/message.ts";
import type { Context, Database, Writing } from "./database.ts";

export type IncidentType =
	| "fork"
	| "stray"
	| "invalid"
	| "card"
	| "behind"
	| "fenced"
	| "unreadable"
	| "imported"
	| "filled";

/** What a person must be told about a stream. `count` says how often it came. */
export interface Incident extends Address {
	readonly type: string;
	readonly detail: string;
	readonly count: number;
	readonly firstS: number;
	readonly lastS: number;
}

/** Notes an incident, or counts it when the very same is noted already. */
export async function addIncident(
	{ nowS }: Context,
	database: Database | Writing,
	added: Address & { readonly type: IncidentType; readonly detail: string },
): Promise<void> {
	const { terminal, epoch, type, detail } = added;
	const now = nowS();
	await database
		.insertInto("incident")
		.values({ terminal, epoch, type, detail, count: 1, firstS: now, lastS: now })
		.onConflict((conflict) =>
			conflict
				.columns(["terminal", "epoch", "type", "detail"])
				.doUpdateSet({ count: sql`incident.count + 1`, lastS: now }),
		)
		.execute();
}

/** The newest first; of one terminal or of all. */
export async function listIncidents(
	{ read }: Context,
	filter: { readonly terminal?: string; readonly limit?: number } = {},
): Promise<readonly Incident[]> {
	const query = read
		.selectFrom("incident")
		.selectAll()
		.orderBy("lastS", "desc")
		.orderBy("terminal")
		.limit(filter.limit ?? 100);
	return (
		filter.terminal === undefined ? query : query.where("terminal", "=", filter.terminal)
	).execute();
}
