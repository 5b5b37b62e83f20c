import { CloseoutError } from "../../protocol/error.ts";
import type { Imported, ImportResult } from "../import/statement.ts";
import { readSummary } from "../import/stored.ts";
import type { LineToCorrect } from "../statement/corrected.ts";
import type { Statement } from "../store/statement.ts";
import {
	type BadRowView,
	type ImportedView,
	type ImportView,
	moneyOf,
	type StatementView,
} from "./view.ts";

export function statementOf(statement: Statement): StatementView {
	const { id, file, format, leg, rows, summary, importedS } = statement;
	const { sums, accounts, period, merged = 0, badRowCount = 0 } = readSummary(summary);
	return {
		id,
		name: file,
		format,
		leg,
		rows,
		sums: Object.entries(sums).map(([currency, minor]) => moneyOf(minor, currency)),
		accounts,
		first: period?.first ?? null,
		last: period?.last ?? null,
		merged,
		badRows: badRowCount,
		importedS,
	};
}

export function importViewOf(
	{ statements, leftOut, blocked }: ImportResult,
	nowS: number,
): ImportView {
	return {
		statements: statements.map((imported) => importedViewOf(imported, nowS)),
		leftOut: [...leftOut],
		blocked: blocked === undefined ? null : { code: blocked.code, message: blocked.message },
		stored: statements.every(({ stored }) => stored),
	};
}

function importedViewOf(imported: Imported, importedS: number): ImportedView {
	const { id, leg, reason, summary, preview, merged, replaced } = imported;
	const { file, format, rows, findings, badRows, sums, accounts, period } = summary;
	return {
		statement: {
			id,
			name: file,
			format,
			leg,
			rows,
			sums: Object.entries(sums).map(([currency, minor]) => moneyOf(minor, currency)),
			accounts: [...accounts],
			first: period?.first ?? null,
			last: period?.last ?? null,
			merged,
			badRows: badRows.length,
			importedS,
		},
		reason,
		findings: findings.map(({ line, message }) => ({ line, message })),
		preview: preview.map((row) => ({
			line: row.source.line,
			kind: row.kind,
			terminal: row.terminalId ?? null,
			businessDate: row.businessDate ?? null,
			reference: row.reference,
			amount: moneyOf(row.amountMinor, row.currency),
			status: row.status,
		})),
		badRows: badRows.map(({ line, field = null, message, text = null }) => ({
			line,
			field,
			message,
			text,
		})),
		replaced,
	};
}

/** Lines kept aside with what their statements say about all of their rows. Throws `USAGE` for those of two books. */
export function linesToCorrect(
	rows: readonly BadRowView[],
	statements: readonly StatementView[],
): LineToCorrect[] {
	const byId = new Map(statements.map((statement) => [statement.id, statement]));
	const lines = rows.map((row): LineToCorrect => {
		const statement = byId.get(row.statement);
		const [sum, ...more] = statement?.sums ?? [];
		const isOneDay = statement !== undefined && statement.first === statement.last;
		return {
			...row,
			leg: statement?.leg === "bank" ? "bank" : "acquirer",
			currency: more.length === 0 ? sum?.currency : undefined,
			date: isOneDay ? (statement.first ?? undefined) : undefined,
		};
	});
	if (new Set(lines.map(({ leg }) => leg)).size > 1) {
		const message = "lines of an acquirer and of a bank cannot be in one file; name one statement";
		throw new CloseoutError("USAGE", message);
	}
	return lines;
}
