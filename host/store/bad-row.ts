import type { Context, Writing } from "./database.ts";
import { slices } from "./slices.ts";
import type { StatementBadRowTable } from "./tables.ts";

/** A line of a statement that could not be read and was kept aside. */
export type StoredBadRow = Readonly<StatementBadRowTable>;

/** What an import gives of such a line. */
export type NewBadRow = Omit<StoredBadRow, "statement" | "number" | "correctedBy">;

export interface BadRowFilter {
	readonly tenant: string;
	readonly statement?: string;
	/** Leaves out lines that were corrected since. */
	readonly onlyOpen?: boolean;
}

/** Lines kept aside of finished imports, oldest statement first. */
export async function listBadRows(
	{ read }: Context,
	{ tenant, statement, onlyOpen = false }: BadRowFilter,
): Promise<readonly StoredBadRow[]> {
	let query = read
		.selectFrom("statementBadRow")
		.innerJoin("statement", "statement.id", "statementBadRow.statement")
		.selectAll("statementBadRow")
		.where("statement.tenant", "=", tenant)
		.where("statement.digest", "<>", "")
		.orderBy("statement.importedS")
		.orderBy("statementBadRow.statement")
		.orderBy("statementBadRow.number");
	if (statement !== undefined) query = query.where("statement.id", "=", statement);
	if (onlyOpen) query = query.where("statementBadRow.correctedBy", "is", null);
	return query.execute();
}

export async function addBadRows(
	writing: Writing,
	statement: string,
	rows: readonly NewBadRow[],
): Promise<void> {
	const values = rows.map((row, index) => ({
		statement,
		number: index + 1,
		...row,
		correctedBy: null,
	}));
	for (const part of slices(values)) {
		await writing.insertInto("statementBadRow").values(part).execute();
	}
}

/** Which line of which statement a corrected line stands for. */
export interface Correction {
	readonly statement: string;
	readonly number: number;
}

/** Marks a line as corrected. False when it is not there, or was corrected before. */
export async function markCorrected(
	writing: Writing,
	tenant: string,
	{ statement, number }: Correction,
	by: string,
): Promise<boolean> {
	const { numUpdatedRows } = await writing
		.updateTable("statementBadRow")
		.set({ correctedBy: by })
		.where("statement", "=", statement)
		.where("number", "=", number)
		.where("correctedBy", "is", null)
		.where(({ exists, selectFrom }) =>
			exists(
				selectFrom("statement")
					.select("statement.id")
					.whereRef("statement.id", "=", "statementBadRow.statement")
					.where("statement.tenant", "=", tenant),
			),
		)
		.executeTakeFirst();
	return numUpdatedRows === 1n;
}
