import { type CborValue, decodeCbor, encodeCbor } from "./cbor.ts";
import { CloseoutError } from "./error.ts";
import { type Schema, type TupleSchema, tuple } from "./schema.ts";

/**
 * The messages that one side sends: each by its name, with its number on the wire and the schema of its fields.
 * `Bodies` is the object of the fields of each.
 */
export type MessageTable<Bodies> = {
	readonly [K in keyof Bodies]: { readonly number: number; readonly body: TupleSchema<Bodies[K]> };
};

/** What comes out of a table: one of its messages, named, with its fields. */
export type MessageOf<Bodies> = {
	[K in keyof Bodies]: { readonly type: K; readonly body: Bodies[K] };
}[keyof Bodies];

/** The fields of each message of a table. */
export type BodiesOf<Table> = Table extends MessageTable<infer Bodies> ? Bodies : never;

/** A row of a table. */
export function message<F extends { readonly [name: string]: Schema<unknown> | Schema<never> }>(
	number: number,
	fields: F,
) {
	return { number, body: tuple(fields) };
}

/** The message with this number. `from` says in an error who sends such messages. Throws `SCHEMA`. */
export function decodeMessage<Bodies>(
	table: MessageTable<Bodies>,
	number: number,
	fields: CborValue,
	from: string,
): MessageOf<Bodies> {
	for (const type of Object.keys(table) as (keyof Bodies & string)[]) {
		if (table[type].number === number) return { type, body: table[type].body.decode(fields, type) };
	}
	throw new CloseoutError("SCHEMA", `message ${number} is none that a ${from} sends`);
}

/** Messages of one side as CBOR arrays `[version, number, fields…]`. `from` says in errors who sends them. */
export function versionedMessages<Bodies>(
	table: MessageTable<Bodies>,
	version: number,
	from: string,
) {
	/** Throws `SCHEMA` naming the field that does not fit. */
	function encode<K extends keyof Bodies & string>(type: K, body: Bodies[K]): Uint8Array {
		const { number, body: schema } = table[type];
		return encodeCbor([version, number, ...schema.encode(body, type)]);
	}

	/** Throws a CBOR code or `SCHEMA` for bytes that are no message of this side and version. */
	function decode(bytes: Uint8Array): MessageOf<Bodies> {
		const items = decodeCbor(bytes);
		if (!Array.isArray(items) || typeof items[1] !== "number")
			throw new CloseoutError("SCHEMA", "a message is an array of version, number and fields");
		if (items[0] !== version) {
			throw new CloseoutError(
				"SCHEMA",
				`message version ${String(items[0])}; this side speaks ${version}`,
			);
		}
		return decodeMessage(table, items[1], items.slice(2), from);
	}

	return { encode, decode };
}
