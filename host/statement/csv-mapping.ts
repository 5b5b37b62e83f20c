import Type, { type Static } from "typebox";
import Value from "typebox/value";
import { CloseoutError } from "../../protocol/error.ts";
import { legs, rowKinds, rowStatuses } from "../core/row.ts";

/**
 * Name of a column. `A|B` is the first of the two that the file has and the record fills; one `*` stands for any
 * text, such as the currency in `Amount (*)`.
 */
const Column = Type.String({ minLength: 1, maxLength: 200 });

const strict = { additionalProperties: false } as const;

/** Sum of the columns of `add` less those of `subtract`; `sign` then makes it positive or negative. */
const Amount = Type.Object(
	{
		add: Type.Optional(Type.Array(Column, { minItems: 1, maxItems: 8 })),
		subtract: Type.Optional(Type.Array(Column, { minItems: 1, maxItems: 8 })),
		sign: Type.Optional(Type.Enum(["positive", "negative", "opposite"])),
	},
	strict,
);

const Currency = Type.Union([
	Type.Object({ column: Column }, strict),
	Type.Object({ constant: Type.String({ pattern: "^[A-Z]{3}$" }) }, strict),
	/** What `*` stands for in the name of this column. */
	Type.Object({ header: Column }, strict),
]);

const When = Type.Object(
	{
		column: Column,
		order: Type.Optional(Type.Enum(["ymd", "dmy", "mdy"])),
		/** Column with the time of day, where it stands apart. */
		time: Type.Optional(Column),
		/** IANA zone, offset, or the column that names one; without it rows have a date and no instant. */
		zone: Type.Optional(Type.String({ maxLength: 60 })),
		zoneColumn: Type.Optional(Column),
	},
	strict,
);

const References = Type.Array(Column, { maxItems: 8 });

/** What a record is. The first rule whose columns hold one of the given words (`word*` for a beginning) counts. */
const Rule = Type.Object(
	{
		when: Type.Optional(
			Type.Record(Type.String(), Type.Array(Type.String(), { minItems: 1, maxItems: 100 })),
		),
		/** Why the record moves no money; it is counted and told. */
		skip: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
		/** `by-sign`: credit or debit on the bank leg, sale or refund on the others. */
		kind: Type.Optional(Type.Enum([...rowKinds, "by-sign"])),
		status: Type.Optional(Type.Enum([...rowStatuses])),
		amount: Type.Optional(Amount),
		fee: Type.Optional(Amount),
		/** Checked against amount less fee. */
		net: Type.Optional(Amount),
		currency: Type.Optional(Currency),
		date: Type.Optional(When),
		references: Type.Optional(References),
	},
	strict,
);

/** A total that the file states: the value beside or below a cell that holds the label. */
const Total = Type.Object(
	{
		label: Column,
		place: Type.Enum(["right", "below"]),
		/** Cells to the right; 1 unless told otherwise. */
		offset: Type.Optional(Type.Integer({ minimum: 1, maximum: 40 })),
		of: Type.Union([
			Type.Enum(["count", "amount", "fee", "net"]),
			Type.Object({ column: Column }, strict),
		]),
		/** Kinds whose approved rows are counted or summed; all but payouts unless told otherwise. */
		kinds: Type.Optional(Type.Array(Type.Enum([...rowKinds]), { minItems: 1 })),
	},
	strict,
);

export const csvMappingSchema = Type.Object(
	{
		format: Type.String({ pattern: "^[a-z0-9-]{3,40}$" }),
		title: Type.String({ minLength: 1, maxLength: 120 }),
		leg: Type.Enum([...legs]),
		/** Told from the first lines unless given. */
		delimiter: Type.Optional(Type.Enum([",", ";", "\t", "|"])),
		/** Encoding where the bytes are not UTF-8. */
		encoding: Type.Optional(Type.Enum(["gb18030", "windows-1252"])),
		decimal: Type.Optional(Type.Enum([".", ","])),
		/** Names of the columns of a file that has no header, and how such a file begins. */
		headerless: Type.Optional(
			Type.Object(
				{
					names: Type.Array(Type.String(), { minItems: 2, maxItems: 200 }),
					begins: Type.String({ minLength: 1, maxLength: 100 }),
				},
				strict,
			),
		),
		currency: Currency,
		date: When,
		references: References,
		account: Type.Optional(Column),
		terminal: Type.Optional(Column),
		trace: Type.Optional(Column),
		authorisation: Type.Optional(Column),
		batch: Type.Optional(Column),
		card: Type.Optional(Column),
		texts: Type.Optional(Type.Array(Column, { maxItems: 8 })),
		rules: Type.Array(Rule, { minItems: 1, maxItems: 100 }),
		/** Column of the state of a record, and what its words mean; a word that is not there makes a bad row. */
		status: Type.Optional(
			Type.Object(
				{
					column: Column,
					words: Type.Record(Type.String(), Type.Enum([...rowStatuses])),
				},
				strict,
			),
		),
		/** Running balance; checked. */
		balance: Type.Optional(Column),
		totals: Type.Optional(Type.Array(Total, { maxItems: 20 })),
	},
	strict,
);

export type CsvMapping = Static<typeof csvMappingSchema>;
export type CsvRule = CsvMapping["rules"][number];
export type CsvAmount = NonNullable<CsvRule["amount"]>;
export type CsvTotal = NonNullable<CsvMapping["totals"]>[number];

/** A mapping read from JSON. Throws `SCHEMA` naming the file and the place in it. */
export function parseCsvMapping(value: unknown, name = "mapping"): CsvMapping {
	if (!Value.Check(csvMappingSchema, value)) {
		const [first] = Value.Errors(csvMappingSchema, value);
		const what = `${first?.instancePath || "/"} ${first?.message ?? "is not as it should be"}`;
		throw new CloseoutError("SCHEMA", `${name}: ${what}; correct the mapping`);
	}
	for (const [index, rule] of value.rules.entries()) {
		const isRow = rule.kind !== undefined && rule.amount !== undefined;
		if (rule.skip === undefined && !isRow) {
			const what = `/rules/${index} needs kind and amount, or skip`;
			throw new CloseoutError("SCHEMA", `${name}: ${what}; correct the mapping`);
		}
	}
	return value;
}

/** Columns without which a file is not of the mapping, with their alternatives. */
export function requiredColumns(mapping: CsvMapping): string[] {
	const names: string[] = [mapping.date.column];
	const add = (...more: readonly (string | undefined)[]) => {
		for (const name of more) if (name !== undefined) names.push(name);
	};
	add(...currencyColumns(mapping.currency), mapping.date.time, mapping.date.zoneColumn);
	add(mapping.status?.column);
	for (const rule of mapping.rules) {
		add(...Object.keys(rule.when ?? {}));
		add(...(rule.amount?.add ?? []), ...(rule.amount?.subtract ?? []));
	}
	return [...new Set(names)];
}

function currencyColumns(currency: CsvMapping["currency"]): string[] {
	if ("column" in currency) return [currency.column];
	return "header" in currency ? [currency.header] : [];
}
