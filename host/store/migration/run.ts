import type { Kysely } from "kysely";
import { type Migration, Migrator } from "kysely/migration";
import { CloseoutError } from "../../../protocol/error.ts";
import { journal } from "./0001-journal.ts";
import { day } from "./0002-day.ts";
import { statement } from "./0003-statement.ts";
import { service } from "./0004-service.ts";
import { aside } from "./0006-aside.ts";
import { head } from "./0007-head.ts";
import { statementTwin } from "./0008-statement-twin.ts";
import { approval } from "./0009-approval.ts";
import { manualDecision } from "./0010-manual-decision.ts";
import { caseFile } from "./0011-case.ts";
import { alert } from "./0012-alert.ts";
import type { ColumnTypes, Step } from "./types.ts";

const steps: readonly Step[] = [
	journal,
	day,
	statement,
	service,
	aside,
	head,
	statementTwin,
	approval,
	manualDecision,
	caseFile,
	alert,
];

/** Steps by which a database of this version was made, in their order. */
export const stepNames: readonly string[] = steps.map(({ name }) => name);

/** Brings the schema up to date. Each step is one transaction; a step that fails leaves the one before it whole. */
export async function migrate<T>(
	database: Kysely<T>,
	types: ColumnTypes,
	schema?: string,
): Promise<void> {
	const migrations: Record<string, Migration> = {};
	for (const step of steps) migrations[step.name] = { up: (inside) => step.up(inside, types) };
	const migrator = new Migrator({
		db: database,
		// Without it a table of the same name in any schema of the server would count as this one's.
		...(schema === undefined ? {} : { migrationTableSchema: schema }),
		provider: { getMigrations: async () => migrations },
	});
	const { error } = await migrator.migrateToLatest();
	if (error === undefined) return;
	const told = error instanceof Error ? error.message : String(error);
	const message = `the database could not be brought to this version's tables (${told}); it is as it was`;
	throw new CloseoutError("STORE", message, { cause: error });
}
