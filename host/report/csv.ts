import { formatDate, formatDateTime } from "../../protocol/time.ts";
import type { DayView, DifferenceView, SupplementView } from "../api/view.ts";

/** Makes spreadsheets read the file as UTF-8. */
const BYTE_ORDER_MARK = "\uFEFF";

/**
 * One line after RFC 4180. A cell that a spreadsheet would take for a formula gets an apostrophe before it, as
 * OWASP advises; a negative amount is a number and stays one.
 */
export function csvLine(cells: readonly (string | number | null)[]): string {
	return `${cells.map(csvCell).join(",")}\r\n`;
}

function csvCell(cell: string | number | null): string {
	if (cell === null) return "";
	const text = String(cell);
	const isNumber = /^-?\d+(?:\.\d+)?$/.test(text);
	const safe = !isNumber && /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
	return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * The transactions of a day, one a line, with the names of the API as the header. Sales that people entered come
 * last, with `supplement` or `withdrawn` as their standing: they are in no total of cards.
 */
export function dayCsv(day: DayView): string {
	const lines = [
		csvLine([
			"terminal",
			"businessDate",
			"epoch",
			"sequence",
			"time",
			"type",
			"method",
			"amount",
			"currency",
			"standing",
			"trace",
			"reference",
			"authorisation",
			"response",
			"scheme",
			"group",
			"lastFour",
			"order",
			"operator",
			"settled",
		]),
	];
	for (const row of day.transactions) {
		const { amount, atS, zoneMinutes } = row;
		lines.push(
			csvLine([
				day.terminal,
				formatDate(day.businessDate),
				row.epoch,
				row.sequence,
				formatDateTime(atS, zoneMinutes),
				row.type,
				row.method,
				amount.text,
				amount.currency,
				row.standing,
				row.trace,
				row.reference,
				row.authorisation,
				row.response,
				row.scheme,
				row.group,
				row.lastFour,
				row.order,
				row.operator,
				row.settled ? "yes" : "no",
			]),
		);
	}
	for (const row of day.supplements) lines.push(supplementLine(day, row));
	return BYTE_ORDER_MARK + lines.join("");
}

function supplementLine(day: DayView, row: SupplementView): string {
	const { amount, atS, zoneMinutes, withdrawn } = row;
	return csvLine([
		day.terminal,
		formatDate(day.businessDate),
		row.epoch,
		row.sequence,
		formatDateTime(atS, zoneMinutes),
		"sale",
		row.method,
		amount.text,
		amount.currency,
		withdrawn ? "withdrawn" : "supplement",
		row.trace,
		null,
		null,
		null,
		null,
		null,
		row.lastFour,
		null,
		row.operator,
		"no",
	]);
}

/** Differences, one a line; the rows that prove each stand in one cell. */
export function differencesCsv(differences: readonly DifferenceView[]): string {
	const header = [
		"id",
		"reason",
		"also",
		"leg",
		"terminal",
		"businessDate",
		"reference",
		"batch",
		"atStake",
		"currency",
		"why",
		"evidence",
	];
	const lines = differences.map((difference) =>
		csvLine([
			difference.id,
			difference.reason,
			difference.also.join(" "),
			difference.leg,
			difference.terminal,
			difference.businessDate === null ? null : formatDate(difference.businessDate),
			difference.reference,
			difference.batch,
			difference.atStake.text,
			difference.atStake.currency,
			difference.why,
			difference.evidence
				.map(({ leg, file, line, amount }) => `${leg} ${file}:${line} ${amount.text}`)
				.join("; "),
		]),
	);
	return BYTE_ORDER_MARK + csvLine(header) + lines.join("");
}
