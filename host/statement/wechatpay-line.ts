import { Cells, Columns } from "./cells.ts";
import { type StatementSource, statementError } from "./statement.ts";
import type { Tally } from "./tally.ts";
import { readLines } from "./text.ts";

/** Lines in which the header has to be found. */
const HEADER_LINES_MAX = 60;

export interface WechatpayLine {
	/** The header's names, or the totals' names for the line below them. */
	readonly columns: Columns;
	readonly cells: Cells;
	readonly line: number;
	readonly isTotal: boolean;
}

/**
 * Lines of a WeChat Pay bill. A line of names is followed by lines of values, each value with a grave accent
 * before it, so a comma inside a value is no delimiter; the totals are a second pair of names and values. A
 * bill without them may have been cut off, which is a finding.
 *
 * @param first a name that only the header has
 * @param total the name with which the totals begin
 */
export async function* readWechatpay(
	tally: Tally,
	first: readonly string[],
	total: readonly string[],
): AsyncGenerator<WechatpayLine> {
	let columns: Columns | undefined;
	let isTotal = false;
	let totals = 0;
	let seen = 0;
	for await (const { text, line } of readLines(tally.source, { fallback: "gb18030" })) {
		if (text.trim() === "") continue;
		if (isHeader(text, total)) {
			if (columns === undefined) throw noHeader(tally.source, first);
			columns = new Columns(text.split(","));
			isTotal = true;
		} else if (isHeader(text, first) && columns === undefined) {
			columns = new Columns(text.split(","));
		} else if (columns === undefined) {
			seen += 1;
			if (seen >= HEADER_LINES_MAX) throw noHeader(tally.source, first);
		} else {
			const record = splitValues(text);
			if (isTotal) totals += 1;
			if (record.length === columns.count) {
				yield { columns, cells: new Cells(columns, record), line, isTotal };
			} else tally.refuse(line, `${record.length} fields instead of ${columns.count}`);
		}
	}
	if (columns === undefined) throw noHeader(tally.source, first);
	if (totals > 0) return;
	const what = "the totals at the end are missing, so the bill may have been cut off";
	tally.find("control-total", 1, what);
}

function isHeader(text: string, names: readonly string[]): boolean {
	// Values begin with a grave accent, names do not.
	if (text.startsWith("`")) return false;
	const columns = new Columns(text.split(","));
	return columns.missing(names).length === 0;
}

/** Values begin with a grave accent, at times with two; one without any is split at the commas. */
function splitValues(text: string): string[] {
	const parts = text.startsWith("`") ? text.split(",`") : text.split(",");
	return parts.map((part) => part.replace(/^`+/, "").trim());
}

function noHeader(source: StatementSource, names: readonly string[]) {
	const what = `no header has the columns ${names.join(", ")}`;
	return statementError("STATEMENT_FORMAT", source, 1, what);
}
