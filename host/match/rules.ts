import { readFile } from "node:fs/promises";
import { join } from "node:path";
import Type, { type Static } from "typebox";
import { Value } from "typebox/value";
import { CloseoutError } from "../../protocol/error.ts";
import { isDate } from "../../protocol/time.ts";
import { defaultRules } from "../core/default-rules.ts";
import { legs } from "../core/row.ts";
import { keyParts, type Rules, shapes, weekdays } from "../core/rules.ts";

/** Where the rules of a host lie in its data folder. */
export const RULES_FILE = "match-rules.json";

const strict = { additionalProperties: false };
const ITEMS_MAX = 100;

const Name = Type.String({ minLength: 1, maxLength: 40, pattern: "^[a-z0-9-]+$" });
const Words = Type.Object(
	{
		en: Type.String({ minLength: 1, maxLength: 300 }),
		"zh-CN": Type.String({ minLength: 1, maxLength: 300 }),
	},
	strict,
);
const Tolerance = Type.Object(
	{
		minor: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }),
		permille: Type.Integer({ minimum: 0, maximum: 1_000 }),
	},
	strict,
);
const DateNumber = Type.Integer({ minimum: 1970_01_01, maximum: 9999_12_31 });
const Dates = Type.Array(DateNumber, { maxItems: 5_000 });
const Currency = Type.String({ pattern: "^[A-Z]{3}$" });
const Parts = Type.Array(Type.Enum([...keyParts]), { minItems: 1, maxItems: keyParts.length });
const Days = Type.Integer({ minimum: 0, maximum: 366 });

const PassSchema = Type.Object(
	{
		name: Name,
		book: Type.Enum(["acquirer", "shop"]),
		shape: Type.Enum([...shapes]),
		same: Parts,
		absent: Type.Optional(Parts),
		daysMax: Type.Optional(Days),
		secondsMax: Type.Optional(Type.Integer({ minimum: 0, maximum: 31_622_400 })),
		amount: Type.Optional(Tolerance),
		scoreMin: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
		why: Words,
	},
	strict,
);

const AcceptSchema = Type.Object(
	{
		name: Name,
		type: Type.Enum(["tolerance", "fee", "fx"]),
		book: Type.Enum(["acquirer", "bank", "shop"]),
		currency: Type.Optional(Currency),
		within: Tolerance,
		to: Type.Optional(Currency),
		rate: Type.Optional(Type.String({ pattern: "^\\d{1,9}(\\.\\d{1,12})?$" })),
		from: Type.Optional(DateNumber),
		until: Type.Optional(DateNumber),
		why: Words,
	},
	strict,
);

/** The document as JSON Schema; what a schema cannot say is checked by `parseRules`. */
export const rulesSchema = Type.Object(
	{
		version: Type.Literal(1),
		waitBankDays: Type.Integer({ minimum: 0, maximum: 60 }),
		calendar: Type.Object(
			{
				closedWeekdays: Type.Array(Type.Enum([...weekdays]), { maxItems: 6 }),
				closed: Dates,
				open: Dates,
			},
			strict,
		),
		rewrites: Type.Array(
			Type.Object(
				{
					name: Name,
					leg: Type.Enum([...legs]),
					pattern: Type.String({ minLength: 1, maxLength: 200 }),
					replace: Type.String({ maxLength: 100 }),
					why: Words,
				},
				strict,
			),
			{ maxItems: ITEMS_MAX },
		),
		passes: Type.Array(PassSchema, { minItems: 1, maxItems: ITEMS_MAX }),
		accepts: Type.Array(AcceptSchema, { maxItems: ITEMS_MAX }),
		bank: Type.Object(
			{
				payoutDaysMax: Days,
				payoutRunDays: Type.Integer({ minimum: 1, maximum: 31 }),
				feePercentMax: Type.Integer({ minimum: 0, maximum: 100 }),
			},
			strict,
		),
	},
	strict,
);

type Document = Static<typeof rulesSchema>;

/** Rules read from JSON. Throws `SCHEMA` naming the file, the place in it and what to do. */
export function parseRules(value: unknown, name = RULES_FILE): Rules {
	const refuse = (place: string, what: string) =>
		new CloseoutError(
			"SCHEMA",
			`${name}: ${place} ${what}; correct it, or see "closeout match rules show"`,
		);
	if (!Value.Check(rulesSchema, value)) {
		const [first] = Value.Errors(rulesSchema, value);
		const what = first?.message === "schema is false" ? "is no field of the rules" : first?.message;
		throw refuse(first?.instancePath || "/", what ?? "is not as it should be");
	}
	for (const { place, what } of faultsOf(value)) throw refuse(place, what);
	return value;
}

/** What no schema can say. */
function* faultsOf(rules: Document): Generator<{ readonly place: string; readonly what: string }> {
	for (const list of ["closed", "open"] as const) {
		for (const [index, date] of rules.calendar[list].entries()) {
			if (!isDate(date)) yield { place: `/calendar/${list}/${index}`, what: `${date} is no date` };
		}
	}
	for (const [index, { pattern }] of rules.rewrites.entries()) {
		const fault = patternFault(pattern);
		if (fault !== undefined) yield { place: `/rewrites/${index}/pattern`, what: fault };
	}
	for (const [index, pass] of rules.passes.entries()) {
		const place = `/passes/${index}`;
		if (pass.shape !== "one-to-one" && !pass.same.includes("currency"))
			yield { place, what: `has the shape ${pass.shape}, so "same" must hold "currency"` };
		if (pass.shape !== "one-to-one" && pass.scoreMin !== undefined)
			yield { place, what: "sums rows up, so there is no score to ask for" };
	}
	for (const [index, { type, currency, to, rate }] of rules.accepts.entries()) {
		const place = `/accepts/${index}`;
		const given = [currency, to, rate].filter((one) => one !== undefined).length;
		if (type === "fx" && given < 3) yield { place, what: "of type fx needs currency, to and rate" };
		if (type !== "fx" && (to ?? rate) !== undefined)
			yield { place, what: `of type ${type} has no rate` };
	}
	const lists = [rules.rewrites, rules.passes, rules.accepts];
	for (const [list, items] of [...lists.entries()]) {
		const title = ["rewrites", "passes", "accepts"][list];
		const seen = new Set<string>();
		for (const [index, { name }] of items.entries()) {
			if (seen.has(name))
				yield { place: `/${title}/${index}/name`, what: `"${name}" is there twice` };
			seen.add(name);
		}
	}
}

function patternFault(pattern: string): string | undefined {
	try {
		new RegExp(pattern, "u");
		return undefined;
	} catch (error) {
		return error instanceof Error
			? `is no regular expression (${error.message})`
			: "is no regular expression";
	}
}

/** Rules of a file. Throws `NOT_FOUND` for none, and `SCHEMA`. */
export async function readRules(path: string): Promise<Rules> {
	const text = await readFile(path, "utf8").catch((cause: unknown) => {
		throw new CloseoutError("NOT_FOUND", `${path}: cannot be read; check the path`, { cause });
	});
	return parseRules(parseJson(text, path), path);
}

/** The rules of a data folder: its file, or the shipped ones where there is none. */
export async function rulesOf(dataFolder: string): Promise<Rules> {
	const path = join(dataFolder, RULES_FILE);
	const text = await readFile(path, "utf8").catch(() => undefined);
	return text === undefined ? defaultRules : parseRules(parseJson(text, path), path);
}

function parseJson(text: string, path: string): unknown {
	try {
		return JSON.parse(text);
	} catch (cause) {
		const told = cause instanceof Error ? cause.message : String(cause);
		throw new CloseoutError("SCHEMA", `${path}: is no JSON (${told}); correct it`, { cause });
	}
}
