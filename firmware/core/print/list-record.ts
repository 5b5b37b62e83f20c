import {
	type AnyRecord,
	decodeRecord,
	type EncodedRecord,
	outcome,
	outcomeSource,
	type RecordBody,
	type RecordOf,
	recordKinds,
	type Stamp,
	schemeGroup,
	stamp,
	transactionType,
} from "../../../protocol/record.ts";
import { decodeUtf8 } from "../../../protocol/utf8.ts";

/** What a list says of an intent, of an outcome and of a print: all that is taken out of most of the records it reads. */
export type ListIntent = Pick<
	RecordBody<"intent">,
	"type" | "amountMinor" | "currency" | "trace" | "original" | "order"
> & {
	/** Only where a list leaves other operators out. */
	readonly operator?: string;
};
export type ListOutcome = Pick<
	RecordBody<"outcome">,
	"transaction" | "outcome" | "source" | "group" | "response" | "lastFour"
>;
export type ListStamp = Pick<Stamp, "wallS" | "zoneMinutes">;

interface Listed<K extends "intent" | "outcome", B> {
	readonly kind: K;
	readonly stamp: ListStamp;
	readonly body: B;
}

export type ListRecord =
	| Listed<"intent", ListIntent>
	| Listed<"outcome", ListOutcome>
	| { readonly kind: "printDue"; readonly body: Pick<RecordBody<"printDue">, "copy"> }
	| RecordOf<Exclude<AnyRecord["kind"], "intent" | "outcome" | "printDue">>;

/** A payload of these kinds: the head of a CBOR array with so many items. */
const intentHead = 0x80 + stamp.fieldNames.length + recordKinds.intent.body.fieldNames.length;
const printDueHead = 0x80 + stamp.fieldNames.length + recordKinds.printDue.body.fieldNames.length;
const outcomeHead = 0x80 + stamp.fieldNames.length + recordKinds.outcome.body.fieldNames.length;
const NULL = 0xf6;

const types = namesByNumber(transactionType);
const outcomes = namesByNumber(outcome);
const sources = namesByNumber(outcomeSource);
const groups = namesByNumber(schemeGroup);

function namesByNumber<N extends string>(choice: {
	readonly names: readonly N[];
	readonly numbers: Readonly<Record<N, number>>;
}): readonly (N | undefined)[] {
	const found: (N | undefined)[] = [];
	for (const name of choice.names) found[choice.numbers[name]] = name;
	return found;
}

/** Bytes of a CBOR item by its first byte: integers, null and texts of less than 24 bytes; 0 for any other. */
const itemBytes = Uint8Array.from({ length: 256 }, (_, first) => {
	const info = first & 31;
	if (first >= 0x60 && first < 0x78) return 1 + info;
	if (first === NULL) return 1;
	if (first >= 0x40 || info > 27) return 0;
	return info < 24 ? 1 : 1 + (1 << (info - 24));
});

/**
 * What a list says of a record. The fields are read where they stand, without the checks of `decodeRecord`: these were
 * made before the record was kept, and its hash is that of then.
 */
export function decodeForList(record: EncodedRecord, withOperator = false): ListRecord {
	const { kind, payload } = record;
	if (kind === recordKinds.intent.number && payload[0] === intentHead)
		return intentOf(payload, withOperator) ?? decodeRecord(record);
	if (kind === recordKinds.outcome.number && payload[0] === outcomeHead)
		return outcomeOf(payload) ?? decodeRecord(record);
	if (kind === recordKinds.printDue.number && payload[0] === printDueHead)
		return printDueOf(payload);
	return decodeRecord(record);
}

function intentOf(
	bytes: Uint8Array,
	withOperator: boolean,
): Listed<"intent", ListIntent> | undefined {
	const zone = 1 + sizeAt(bytes, 1);
	const own = behindStamp(bytes, zone);
	const type = types[bytes[own] ?? 0];
	const amount = own + 2;
	const currency = amount + sizeAt(bytes, amount);
	const trace = currency + 4;
	const original = trace + sizeAt(bytes, trace);
	const order = original + sizeAt(bytes, original);
	const operator = order + sizeAt(bytes, order);
	if (type === undefined || operator === order) return undefined;
	if (withOperator && sizeAt(bytes, operator) === 0) return undefined;
	const body = {
		type,
		amountMinor: uintAt(bytes, amount),
		currency: shortText(bytes, currency + 1, 3),
		trace: bytes[trace] === NULL ? null : uintAt(bytes, trace),
		original: bytes[original] === NULL ? null : uintAt(bytes, original),
		order: textAt(bytes, order),
	};
	return {
		kind: "intent",
		stamp: { wallS: uintAt(bytes, 1), zoneMinutes: intAt(bytes, zone) },
		body: withOperator ? { ...body, operator: textAt(bytes, operator) ?? "" } : body,
	};
}

function outcomeOf(bytes: Uint8Array): Listed<"outcome", ListOutcome> | undefined {
	const zone = 1 + sizeAt(bytes, 1);
	const body = behindStamp(bytes, zone);
	const choices = body + sizeAt(bytes, body);
	const outcome = outcomes[bytes[choices] ?? 0];
	const source = sources[bytes[choices + 1] ?? 0];
	const group = groups[bytes[choices + 2] ?? 0];
	let at = choices + 3;
	for (let field = 0; field < 3; field++) {
		const size = sizeAt(bytes, at);
		if (size === 0) return undefined;
		at += size;
	}
	const lastFour = at + sizeAt(bytes, at);
	if (outcome === undefined || source === undefined || group === undefined) return undefined;
	return {
		kind: "outcome",
		stamp: { wallS: uintAt(bytes, 1), zoneMinutes: intAt(bytes, zone) },
		body: {
			transaction: uintAt(bytes, body),
			outcome,
			source,
			group,
			response: textAt(bytes, at),
			lastFour: textAt(bytes, lastFour),
		},
	};
}

function printDueOf(bytes: Uint8Array): ListRecord {
	const subject = behindStamp(bytes, 1 + sizeAt(bytes, 1)) + 1;
	return { kind: "printDue", body: { copy: uintAt(bytes, subject + sizeAt(bytes, subject)) } };
}

/** Where the kind's own fields begin: behind the zone, the boot and the monotonic time. */
function behindStamp(bytes: Uint8Array, zone: number): number {
	const boot = zone + sizeAt(bytes, zone);
	const monotonic = boot + sizeAt(bytes, boot);
	return monotonic + sizeAt(bytes, monotonic);
}

function sizeAt(bytes: Uint8Array, at: number): number {
	return itemBytes[bytes[at] ?? 0] ?? 0;
}

function uintAt(bytes: Uint8Array, at: number): number {
	const first = bytes[at] ?? 0;
	if (first < 24) return first;
	let value = bytes[at + 1] ?? 0;
	const size = itemBytes[first] ?? 0;
	for (let index = 2; index < size; index++) value = value * 256 + (bytes[at + index] ?? 0);
	return value;
}

function intAt(bytes: Uint8Array, at: number): number {
	const first = bytes[at] ?? 0;
	if (first < 0x20) return uintAt(bytes, at);
	return first < 0x38 ? 0x1f - first : -1 - uintAt(bytes, at);
}

function textAt(bytes: Uint8Array, at: number): string | null {
	const first = bytes[at] ?? NULL;
	return first === NULL ? null : shortText(bytes, at + 1, first & 31);
}

/** Most texts of a list are four ASCII characters or fewer; those are not worth a decoder. */
function shortText(bytes: Uint8Array, at: number, length: number): string {
	const a = bytes[at] ?? 0;
	const b = bytes[at + 1] ?? 0;
	const c = bytes[at + 2] ?? 0;
	const d = bytes[at + 3] ?? 0;
	if (length === 4 && (a | b | c | d) < 0x80) return String.fromCharCode(a, b, c, d);
	if (length === 3 && (a | b | c) < 0x80) return String.fromCharCode(a, b, c);
	if (length === 2 && (a | b) < 0x80) return String.fromCharCode(a, b);
	return decodeUtf8(bytes.subarray(at, at + length));
}
