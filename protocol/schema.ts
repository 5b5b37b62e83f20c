import type { CborValue } from "./cbor.ts";
import { CloseoutError } from "./error.ts";
import { utf16Units } from "./utf8.ts";

/**
 * One value gives the TypeScript type, the encoder, the checking decoder and the CDDL (RFC 8610) of a piece of
 * a record or message. Tuples are CBOR arrays, so that plain CDDL describes them and no key is sent.
 */
export interface Schema<T> {
	readonly cddl: string;
	encode(value: T, path: string): CborValue;
	/** Throws `SCHEMA` naming the path of the field that does not fit. */
	decode(value: CborValue, path: string): T;
}

export type Infer<S> = S extends Schema<infer T> ? T : never;

function misfit(path: string, wanted: string): CloseoutError {
	return new CloseoutError("SCHEMA", `${path}: not ${wanted}`);
}

function checked<T extends CborValue>(
	cddl: string,
	wanted: string,
	fits: (value: CborValue) => value is T,
): Schema<T> {
	function check(value: CborValue, path: string): T {
		if (!fits(value)) throw misfit(path, wanted);
		return value;
	}
	return { cddl, encode: check, decode: check };
}

/** Unsigned integer from 0 to `max`, both included. */
export function uint(max: number = Number.MAX_SAFE_INTEGER): Schema<number> {
	const fits = (value: CborValue): value is number =>
		typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && value <= max;
	return checked(`0..${max}`, `an integer from 0 to ${max}`, fits);
}

/** Integer from `min` to `max`, both included. */
export function int(min: number, max: number): Schema<number> {
	const fits = (value: CborValue): value is number =>
		typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max;
	return checked(`${min}..${max}`, `an integer from ${min} to ${max}`, fits);
}

/** Text of at most `max` UTF-16 units. */
export function text(max: number): Schema<string> {
	const fits = (value: CborValue): value is string =>
		typeof value === "string" && (value.length * 2 <= max || utf16Units(value) <= max);
	// A character beyond the first plane is two units here and four bytes there: three bytes a unit bound both.
	return checked(`tstr .size (0..${max * 3})`, `text of at most ${max} characters`, fits);
}

/** Byte string of `min` to `max` bytes; of exactly `min` when `max` is left out. */
export function bytes(min: number, max: number = min): Schema<Uint8Array> {
	const fits = (value: CborValue): value is Uint8Array =>
		value instanceof Uint8Array && value.length >= min && value.length <= max;
	const size = min === max ? `${min}` : `(${min}..${max})`;
	return checked(`bstr .size ${size}`, `${min} to ${max} bytes`, fits);
}

export const bool: Schema<boolean> = checked(
	"bool",
	"true or false",
	(value: CborValue): value is boolean => typeof value === "boolean",
);

/** Narrows a schema by a rule of its own; `cddl` and `wanted` say the rule to the two kinds of reader. */
export function where<T extends CborValue>(
	base: Schema<T>,
	cddl: string,
	wanted: string,
	fits: (value: T) => boolean,
): Schema<T> {
	function check(value: T, path: string): T {
		if (!fits(value)) throw misfit(path, wanted);
		return value;
	}
	return {
		cddl,
		encode: (value, path) => base.encode(check(value, path), path),
		decode: (value, path) => check(base.decode(value, path), path),
	};
}

/** `null` stands for "not known" or "does not apply". */
export function nullable<T>(schema: Schema<T>): Schema<T | null> {
	return {
		cddl: `${schema.cddl} / null`,
		encode: (value, path) => (value === null ? null : schema.encode(value, path)),
		decode: (value, path) => (value === null ? null : schema.decode(value, path)),
	};
}

/** Array of at most `max` items. */
export function list<T>(item: Schema<T>, max: number): Schema<readonly T[]> {
	return {
		cddl: `[0*${max} ${inParentheses(item.cddl)}]`,
		encode: (value, path) => {
			if (!Array.isArray(value) || value.length > max) {
				throw misfit(path, `a list of at most ${max}`);
			}
			return value.map((entry, index) => item.encode(entry, `${path}[${index}]`));
		},
		decode: (value, path) => {
			if (!isArray(value) || value.length > max) throw misfit(path, `a list of at most ${max}`);
			return value.map((entry, index) => item.decode(entry, `${path}[${index}]`));
		},
	};
}

export interface ChoiceSchema<N extends string> extends Schema<N> {
	readonly names: readonly N[];
	/** The numbers on the wire, by name. */
	readonly numbers: Readonly<Record<N, number>>;
}

/** One of a closed set of names, sent as its small number. Numbers are never used again for another name. */
export function choice<const T extends Readonly<Record<string, number>>>(
	numbers: T,
): ChoiceSchema<keyof T & string> {
	const byNumber = new Map<number, keyof T & string>();
	const byName = new Map<string, number>();
	const names: (keyof T & string)[] = [];
	for (const name in numbers) {
		const number = numbers[name];
		if (number === undefined || byNumber.has(number)) {
			throw new CloseoutError("ASSERTION", `number ${number} of ${name} is taken`);
		}
		byNumber.set(number, name);
		byName.set(name, number);
		names.push(name);
	}
	return {
		names,
		numbers,
		cddl: `&(${names.map((name) => `${kebab(name)}: ${numbers[name]}`).join(", ")})`,
		encode: (value, path) => {
			const number = byName.get(value);
			if (number === undefined) throw misfit(path, `one of ${names.join(", ")}`);
			return number;
		},
		decode: (value, path) => {
			const name = typeof value === "number" ? byNumber.get(value) : undefined;
			if (name === undefined) throw misfit(path, `one of ${names.join(", ")}`);
			return name;
		},
	};
}

export type Fields = Readonly<Record<string, Schema<never>>>;
type TupleValue<F> = { readonly [K in keyof F]: Infer<F[K]> };

export interface TupleSchema<T> extends Schema<T> {
	encode(value: T, path: string): readonly CborValue[];
	readonly fieldNames: readonly string[];
	/** Names and schemas in the order of the array. */
	readonly fields: readonly (readonly [name: string, schema: Schema<unknown>])[];
	/** CDDL of the elements without the brackets, for tuples that open with others' fields. */
	readonly cddlFields: string;
}

/** A fixed sequence of named fields: an object in TypeScript, an array in CBOR. */
export function tuple<F extends { readonly [name: string]: Schema<unknown> | Schema<never> }>(
	fields: F,
): TupleSchema<TupleValue<F>> {
	const entries = Object.entries(fields) as readonly (readonly [string, Schema<unknown>])[];
	const names = entries.map(([name]) => name);
	const cddlFields = entries.map(([name, { cddl }]) => `${kebab(name)}: ${cddl}`).join(", ");
	return {
		fieldNames: names,
		fields: entries,
		cddlFields,
		cddl: `[${cddlFields}]`,
		encode: (value, path) => {
			const record = value as Readonly<Record<string, unknown>>;
			return entries.map(([name, schema]) => schema.encode(record[name], `${path}.${name}`));
		},
		decode: (value, path) => {
			if (!isArray(value) || value.length !== entries.length) {
				throw misfit(path, `an array of ${entries.length}: ${names.join(", ")}`);
			}
			const record: Record<string, unknown> = {};
			// Every record passes here, and an iterator costs more than the field it brings.
			entries.forEach(([name, schema], index) => {
				record[name] = schema.decode(value[index] ?? null, `${path}.${name}`);
			});
			return record as TupleValue<F>;
		},
	};
}

function isArray(value: CborValue): value is readonly CborValue[] {
	return Array.isArray(value);
}

function inParentheses(cddl: string): string {
	return cddl.includes(" / ") && !cddl.startsWith("[") ? `(${cddl})` : cddl;
}

/** `amountMinor` as CDDL writes names: `amount-minor`. */
export function kebab(name: string): string {
	return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
