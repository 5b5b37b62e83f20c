import { toHex } from "../../protocol/bytes.ts";
import type { Address } from "../../protocol/message.ts";
import type { Note, Period, PrintDebt, Settlement, Transaction } from "../core/book.ts";
import type {
	NoteTable,
	PeriodTable,
	PrintDebtTable,
	SettlementTable,
	TransactionTable,
} from "./tables.ts";

/** Rows of the book as the database keeps them, and back: lists become JSON text. */

/** Byte strings within JSON are hexadecimal text. */
export function toJson(value: unknown): string {
	return JSON.stringify(value, (_key, inner: unknown) =>
		inner instanceof Uint8Array ? toHex(inner) : inner,
	);
}

/** Where a row of the book belongs. */
export type Placed<Row> = Row & Address;

/** What changes of a row, without its lists. */
export function settlementPart(part: Partial<Settlement>): Partial<SettlementTable> {
	const { groups, verdicts, ...rest } = part;
	return {
		...rest,
		...(groups === undefined ? {} : { groupsJson: toJson(groups) }),
		...(verdicts === undefined ? {} : { verdictsJson: toJson(verdicts) }),
	};
}

export function periodPart(part: Partial<Period>): Partial<PeriodTable> {
	const { carried, exceptions, ...rest } = part;
	return {
		...rest,
		...(carried === undefined ? {} : { carriedJson: toJson(carried) }),
		...(exceptions === undefined ? {} : { exceptionsJson: toJson(exceptions) }),
	};
}

export function settlementRow(place: Address, row: Settlement): SettlementTable {
	const { groups, verdicts, ...rest } = row;
	return { ...place, ...rest, groupsJson: toJson(groups), verdictsJson: toJson(verdicts) };
}

export function periodRow(place: Address, row: Period): PeriodTable {
	const { carried, exceptions, ...rest } = row;
	return { ...place, ...rest, carriedJson: toJson(carried), exceptionsJson: toJson(exceptions) };
}

export function noteRow(place: Address, { seq, kind, wallS, body }: Note): NoteTable {
	return { ...place, seq, kind, wallS, bodyJson: toJson(body) };
}

export function transactionRow(place: Address, row: Transaction): TransactionTable {
	return { ...place, ...row };
}

export function printDebtRow(place: Address, row: PrintDebt): PrintDebtTable {
	return { ...place, ...row };
}

export function toSettlement({
	groupsJson,
	verdictsJson,
	...row
}: SettlementTable): Placed<Settlement> {
	const groups: Settlement["groups"] = JSON.parse(groupsJson);
	const verdicts: Settlement["verdicts"] = JSON.parse(verdictsJson);
	return { ...row, groups, verdicts };
}

export function toPeriod({ carriedJson, exceptionsJson, ...row }: PeriodTable): Placed<Period> {
	const carried: Period["carried"] = JSON.parse(carriedJson);
	const exceptions: Period["exceptions"] = JSON.parse(exceptionsJson);
	return { ...row, carried, exceptions };
}

/** A note as it is read back: byte strings of its body stay hexadecimal text. */
export interface StoredNote extends Address {
	readonly seq: number;
	readonly kind: Note["kind"];
	readonly wallS: number;
	readonly body: Readonly<Record<string, unknown>>;
}

export function toNote({ bodyJson, ...row }: NoteTable): StoredNote {
	const body: StoredNote["body"] = JSON.parse(bodyJson);
	return { ...row, body };
}
