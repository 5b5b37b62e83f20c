import { Type } from "typebox";
import { Value } from "typebox/value";
import { CloseoutError } from "../../protocol/error.ts";
import { type Difference, differenceReasons } from "../core/difference.ts";
import { legs, type MoneyRow, rowKinds, rowStatuses } from "../core/row.ts";

/** What the database keeps as JSON, checked when it is read back. */

function oneOf<T extends string>(values: readonly T[]) {
	return Type.Unsafe<T>(Type.Union(values.map((value) => Type.Literal(value))));
}

const optionalText = Type.Optional(Type.String());
const optionalInteger = Type.Optional(Type.Integer());

const moneyRow = Type.Object({
	leg: oneOf(legs),
	terminalId: optionalText,
	reference: Type.String(),
	references: Type.Optional(Type.Array(Type.String())),
	trace: optionalInteger,
	authorisation: optionalText,
	batch: optionalInteger,
	kind: oneOf(rowKinds),
	amountMinor: Type.Integer(),
	currency: Type.String(),
	at: optionalInteger,
	businessDate: optionalInteger,
	feeMinor: optionalInteger,
	lastFour: optionalText,
	text: optionalText,
	source: Type.Object({ file: Type.String(), line: Type.Integer() }),
	status: oneOf(rowStatuses),
});

const difference = Type.Object({
	id: Type.String(),
	subject: Type.String(),
	reason: oneOf(differenceReasons),
	also: Type.Array(oneOf(differenceReasons)),
	leg: oneOf(legs),
	terminalId: optionalText,
	businessDate: optionalInteger,
	reference: Type.String(),
	batch: optionalInteger,
	atStakeMinor: Type.Integer(),
	currency: Type.String(),
	why: Type.String(),
	evidence: Type.Array(
		Type.Object({
			leg: oneOf(legs),
			file: Type.String(),
			line: Type.Integer(),
			reference: Type.String(),
			amountMinor: Type.Integer(),
			currency: Type.String(),
			status: oneOf(rowStatuses),
		}),
	),
});

const summary = Type.Object({
	sums: Type.Record(Type.String(), Type.Integer()),
	accounts: Type.Array(Type.String()),
	period: Type.Optional(Type.Object({ first: Type.Integer(), last: Type.Integer() })),
	merged: optionalInteger,
	badRowCount: optionalInteger,
});
export type StoredSummary = Type.Static<typeof summary>;

function read<S extends Type.TSchema>(schema: S, value: unknown, what: string): Type.Static<S> {
	if (Value.Check(schema, value)) return value;
	const message = `${what} in the database is not what this version keeps; restore a backup`;
	throw new CloseoutError("STORE", message);
}

/** A row as it was imported. Throws `STORE` when the database holds something else. */
export function readRow(value: unknown): MoneyRow {
	return read(moneyRow, value, "a statement row");
}

/** A difference as the last comparison gave it. Throws `STORE`. */
export function readDifference(value: unknown): Difference {
	return read(difference, value, "a difference");
}

/** What a statement says about itself. Throws `STORE`. */
export function readSummary(value: unknown): StoredSummary {
	return read(summary, value, "the summary of a statement");
}
