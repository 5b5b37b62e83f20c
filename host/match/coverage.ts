import { CloseoutError } from "../../protocol/error.ts";
import { addDays } from "../../protocol/time.ts";
import { readSummary } from "../import/stored.ts";
import type { Statement } from "../store/statement.ts";

/** First and last `yyyymmdd`, both included. */
export interface Span {
	readonly from: number;
	readonly to: number;
}

export function isWithin(date: number, { from, to }: Span): boolean {
	return date >= from && date <= to;
}

/** The dates to compare, as spans without overlap: one date, or what the acquirer's files (else the bank's) cover. */
export function coverage(
	statements: readonly Statement[],
	date: number | undefined,
): readonly Span[] {
	if (statements.length === 0) {
		const message =
			"no statement was imported, so there is nothing to compare with; import one first";
		throw new CloseoutError("NOT_FOUND", message);
	}
	if (date !== undefined) return [{ from: date, to: date }];
	const acquirer = statements.filter(({ leg }) => leg === "acquirer");
	const spans = (acquirer.length > 0 ? acquirer : statements)
		.flatMap(({ summary }): Span[] => {
			const { period } = readSummary(summary);
			return period === undefined ? [] : [{ from: period.first, to: period.last }];
		})
		.sort((a, b) => a.from - b.from);
	const joined: Span[] = [];
	for (const span of spans) {
		const last = joined.at(-1);
		if (last !== undefined && span.from <= addDays(last.to, 1)) {
			joined[joined.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
		} else joined.push(span);
	}
	return joined;
}
