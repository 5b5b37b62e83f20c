import { daysBetween } from "../../protocol/time.ts";
import type { SettlementName } from "./decision.ts";
import type { MoneyRow } from "./row.ts";
import type { Settlement } from "./settlement.ts";

/** `batch 12`, `BATCH-000012`, `批次号 12`, `批次: 12`. */
const batchPattern = /(?:batch|批次号?)[\s:：#/-]*0*(\d{1,6})(?!\d)/i;

/** Reads from bank lines which terminal and which batch or settlement they name. */
export interface Naming {
	/** The terminal of the line, from its field or from a word of its text. */
	readonly terminalOf: (row: MoneyRow) => string | undefined;
	/** The batch that the line names, by settlement id or by terminal and batch number. */
	readonly settlementOf: (row: MoneyRow) => Settlement | undefined;
}

export function makeNaming(
	terminals: ReadonlySet<string>,
	settlements: readonly Settlement[],
	names: readonly SettlementName[],
): Naming {
	const byBatch = new Map<string, Settlement[]>();
	for (const settlement of settlements) {
		const key = `${settlement.terminalId}|${settlement.batch}|${settlement.currency}`;
		const same = byBatch.get(key);
		if (same === undefined) byBatch.set(key, [settlement]);
		else same.push(settlement);
	}
	const byId = new Map(names.map((name) => [name.id.toLowerCase(), name]));
	const terminalOf = (row: MoneyRow) =>
		row.terminalId ?? wordsOf(row).find((word) => terminals.has(word));

	function settlementOf(row: MoneyRow): Settlement | undefined {
		for (const word of wordsOf(row)) {
			const name = byId.get(word);
			if (name !== undefined) return find(name.terminalId, name.batch, row, name.businessDate);
		}
		const terminalId = terminalOf(row);
		const batch = row.batch ?? batchOf(row);
		if (terminalId === undefined || batch === undefined) return undefined;
		return find(terminalId, batch, row, undefined);
	}

	/** Batch numbers come round again: the latest one that is not after the line is meant. */
	function find(
		terminalId: string,
		batch: number,
		row: MoneyRow,
		date: number | undefined,
	): Settlement | undefined {
		const same = byBatch.get(`${terminalId}|${batch}|${row.currency}`) ?? [];
		if (date !== undefined) return same.find((settlement) => settlement.businessDate === date);
		const booked = row.businessDate;
		return same.findLast(
			(settlement) => booked === undefined || daysBetween(settlement.businessDate, booked) >= 0,
		);
	}

	return { terminalOf, settlementOf };
}

function batchOf(row: MoneyRow): number | undefined {
	for (const text of textsOf(row)) {
		const number = batchPattern.exec(text)?.[1];
		if (number !== undefined) return Number(number);
	}
	return undefined;
}

/** Words in lower case: runs of letters, digits, `-` and `_`, which is what ids are made of. */
function wordsOf(row: MoneyRow): string[] {
	return textsOf(row).flatMap((text) => text.toLowerCase().match(/[a-z0-9_-]+/g) ?? []);
}

function textsOf(row: MoneyRow): string[] {
	return [row.reference, ...(row.references ?? []), row.text ?? ""].filter((text) => text !== "");
}
