import { Type } from "typebox";
import { formatAmount } from "../../protocol/money.ts";

/** What the API answers, as schemas; the pages and the commands with `--json` show the same objects. */

const count = Type.Integer({ minimum: 0 });
const seconds = Type.Integer({ description: "seconds since 1970-01-01T00:00:00Z" });
const sequence = Type.Integer({ minimum: 1 });
const date = Type.Integer({ description: "yyyymmdd" });

function nullable<T extends Type.TSchema>(schema: T) {
	return Type.Union([schema, Type.Null()]);
}

export const money = Type.Object({
	minor: Type.Integer(),
	currency: Type.String(),
	text: Type.String({ description: "decimal text in the currency's own precision" }),
});
export type Money = Type.Static<typeof money>;

export function moneyOf(minor: number, currency: string): Money {
	return { minor, currency, text: formatAmount(minor, currency) };
}

/** Something that keeps a day from being complete, or that would if a person had not lifted it. */
export const missingItem = Type.Object({
	type: Type.String(),
	count,
	amount: nullable(money),
	/** Kind of an owed print. */
	document: nullable(Type.String()),
	/** The record it is about, or the first of several. */
	subject: nullable(Type.Integer()),
});
export type MissingItem = Type.Static<typeof missingItem>;

export const terminalView = Type.Object({
	terminal: Type.String(),
	tenant: Type.String(),
	name: Type.String(),
	/** `online`, `offline`, or `never` before it has spoken. */
	contact: Type.Union([Type.Literal("online"), Type.Literal("offline"), Type.Literal("never")]),
	seenS: nullable(seconds),
	firmware: Type.String(),
	epoch: count,
	/** Records that the host holds, and records the terminal has that the host does not hold yet. */
	watermark: count,
	behind: count,
	frozen: Type.Boolean(),
	businessDate: nullable(date),
	dayState: Type.Union([Type.Literal("open"), Type.Literal("closed"), Type.Literal("none")]),
	complete: Type.Boolean(),
	unsettledCount: count,
	unsettled: Type.Array(money),
	unsettledSinceS: nullable(seconds),
	printsOwed: count,
	missing: Type.Array(missingItem),
	/** Earlier business dates that are not complete either, newest first. */
	earlier: Type.Array(date),
});
export type TerminalView = Type.Static<typeof terminalView>;

export const transactionView = Type.Object({
	epoch: count,
	sequence,
	atS: seconds,
	zoneMinutes: Type.Integer(),
	type: Type.String(),
	method: Type.String(),
	amount: money,
	trace: nullable(Type.Integer()),
	original: nullable(sequence),
	order: nullable(Type.String()),
	operator: Type.String(),
	/** `approved`, `declined`, `unknown`, `open`, or `reversed`. */
	standing: Type.String(),
	group: nullable(Type.String()),
	scheme: nullable(Type.String()),
	reference: nullable(Type.String()),
	authorisation: nullable(Type.String()),
	response: nullable(Type.String()),
	lastFour: nullable(Type.String()),
	settled: Type.Boolean(),
	/** The outcome became known after its period was over. */
	late: Type.Boolean(),
});
export type TransactionView = Type.Static<typeof transactionView>;

export const groupView = Type.Object({
	group: Type.String(),
	debitCount: count,
	debit: money,
	creditCount: count,
	credit: money,
	voidCount: count,
	void: money,
	net: money,
});
export type GroupView = Type.Static<typeof groupView>;

export const settlementView = Type.Object({
	epoch: count,
	sequence,
	batch: count,
	/** The records of the batch. */
	firstSequence: sequence,
	lastSequence: sequence,
	atS: seconds,
	zoneMinutes: Type.Integer(),
	trigger: Type.String(),
	groups: Type.Array(groupView),
	verdicts: Type.Array(Type.Object({ group: Type.String(), verdict: Type.String() })),
	uploadedCount: count,
	ended: Type.Boolean(),
});
export type SettlementView = Type.Static<typeof settlementView>;

export const printView = Type.Object({
	epoch: count,
	sequence,
	document: Type.String(),
	subject: Type.Integer(),
	copy: count,
	state: Type.String(),
	row: count,
	atS: seconds,
	by: Type.String(),
	reason: nullable(Type.String()),
});
export type PrintView = Type.Static<typeof printView>;

export const eventView = Type.Object({
	epoch: count,
	sequence,
	atS: seconds,
	zoneMinutes: Type.Integer(),
	kind: Type.String(),
	/** What the record says, by field name. */
	facts: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean()])),
});
export type EventView = Type.Static<typeof eventView>;

export const gapView = Type.Object({
	epoch: count,
	from: sequence,
	to: sequence,
	reason: Type.String(),
});
export type GapView = Type.Static<typeof gapView>;

export const dayView = Type.Object({
	terminal: Type.String(),
	name: Type.String(),
	businessDate: date,
	state: Type.Union([Type.Literal("open"), Type.Literal("closed")]),
	openS: seconds,
	closeS: nullable(seconds),
	zoneMinutes: Type.Integer(),
	complete: Type.Boolean(),
	missing: Type.Array(missingItem),
	/** What a person took upon himself; it does not keep the day from being complete. */
	lifted: Type.Array(missingItem),
	/** Exceptions the day was closed with. */
	exceptions: Type.Array(Type.Object({ blocker: Type.String(), count })),
	totals: Type.Array(groupView),
	transactions: Type.Array(transactionView),
	settlements: Type.Array(settlementView),
	prints: Type.Array(printView),
	timeline: Type.Array(eventView),
	gaps: Type.Array(gapView),
});
export type DayView = Type.Static<typeof dayView>;

export const dayItem = Type.Object({
	businessDate: date,
	state: Type.Union([Type.Literal("open"), Type.Literal("closed")]),
	complete: Type.Boolean(),
	missingCount: count,
});
export type DayItem = Type.Static<typeof dayItem>;

export const evidenceView = Type.Object({
	leg: Type.String(),
	file: Type.String(),
	line: Type.Integer(),
	reference: Type.String(),
	amount: money,
	status: Type.String(),
	/** The journal record of a terminal row. */
	record: nullable(Type.Object({ terminal: Type.String(), epoch: count, sequence })),
});

export const differenceView = Type.Object({
	id: Type.String(),
	reason: Type.String(),
	also: Type.Array(Type.String()),
	leg: Type.String(),
	terminal: nullable(Type.String()),
	businessDate: nullable(date),
	reference: Type.String(),
	batch: nullable(Type.Integer()),
	atStake: money,
	why: Type.String(),
	evidence: Type.Array(evidenceView),
	/** Where the case stands: found, claimed, answered, resolved or gone. */
	state: Type.String(),
	foundS: seconds,
	changedS: seconds,
});
export type DifferenceView = Type.Static<typeof differenceView>;

export const statementView = Type.Object({
	id: Type.String(),
	name: Type.String(),
	format: Type.String(),
	leg: Type.String(),
	rows: count,
	sums: Type.Array(money),
	accounts: Type.Array(Type.String()),
	first: nullable(date),
	last: nullable(date),
	/** Rows that another statement has as well and that count there. */
	merged: count,
	/** Lines that could not be read and are kept aside. */
	badRows: count,
	importedS: seconds,
});
export type StatementView = Type.Static<typeof statementView>;

/** One statement of a file; an archive may hold several. */
export const importedView = Type.Object({
	statement: statementView,
	reason: Type.String({ description: "why the file was taken for this format" }),
	findings: Type.Array(Type.Object({ line: Type.Integer(), message: Type.String() })),
	preview: Type.Array(
		Type.Object({
			line: Type.Integer(),
			kind: Type.String(),
			terminal: nullable(Type.String()),
			businessDate: nullable(date),
			reference: Type.String(),
			amount: money,
			status: Type.String(),
		}),
	),
	/** Lines that could not be read. */
	badRows: Type.Array(
		Type.Object({
			line: Type.Integer(),
			field: nullable(Type.String()),
			message: Type.String(),
			text: nullable(Type.String()),
		}),
	),
	/** Announced rows of earlier statements that are final in this one. */
	replaced: count,
});
export type ImportedView = Type.Static<typeof importedView>;

export const importView = Type.Object({
	statements: Type.Array(importedView),
	/** Files of an archive that were left out. */
	leftOut: Type.Array(Type.Object({ file: Type.String(), why: Type.String() })),
	/** Why an import would be refused; told by a dry run only. */
	blocked: nullable(Type.Object({ code: Type.String(), message: Type.String() })),
	/** False after a dry run. */
	stored: Type.Boolean(),
});
export type ImportView = Type.Static<typeof importView>;

export const badRowView = Type.Object({
	statement: Type.String(),
	number: Type.Integer({ minimum: 1 }),
	file: Type.String(),
	line: Type.Integer(),
	field: nullable(Type.String()),
	message: Type.String(),
	text: nullable(Type.String({ description: "the line as it stands in the file" })),
	correctedBy: nullable(Type.String({ description: "the statement that brought it corrected" })),
});
export type BadRowView = Type.Static<typeof badRowView>;

export const reconcileView = Type.Object({
	differences: Type.Array(differenceView),
	matched: count,
	waiting: count,
	unrelated: count,
	legs: Type.Array(Type.String()),
});
export type ReconcileView = Type.Static<typeof reconcileView>;

export const recordView = Type.Object({
	terminal: Type.String(),
	epoch: count,
	sequence,
	kind: Type.String(),
	atS: nullable(seconds),
	zoneMinutes: Type.Integer(),
	chain: Type.String({ description: "hex" }),
	body: Type.Unknown(),
});
export type RecordView = Type.Static<typeof recordView>;
