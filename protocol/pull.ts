import { type CborValue, decodeCbor, encodeCbor } from "./cbor.ts";
import { CloseoutError } from "./error.ts";
import { identifier } from "./id.ts";
import { BATCH_RECORDS_MAX } from "./limits.ts";
import { wireRecord } from "./message.ts";
import {
	bool,
	bytes,
	choice,
	type Infer,
	list,
	nullable,
	type Schema,
	type TupleSchema,
	text,
	tuple,
	uint,
} from "./schema.ts";

/**
 * A pull copies records out of a terminal: one CBOR array a message, `[version, type, fields…]`, whatever carries
 * it. A cable frames the messages (`pull-frame.ts`), the network puts them into `pulled`, a piece file keeps
 * them. They carry no mac of their own: what proves records is their chain.
 */
export const PULL_VERSION = 1;

const UINT32_MAX = 0xffff_ffff;
const sequence = uint();
const hash = bytes(32);
const epoch = uint(UINT32_MAX);
/** Chosen by the reader and repeated in answers, so that what is left of an earlier request is known as that. */
const request = uint();

/** Range: the terminal keeps nothing of what was asked. Unknown: it does not know the message. */
export const pullRefusal = choice({ range: 1, unknown: 2 });

function message<F extends { readonly [name: string]: Schema<unknown> | Schema<never> }>(
	number: number,
	fields: F,
) {
	return { number, body: tuple(fields) };
}

/** From the one who reads. */
export const readerMessages = {
	askStatus: message(1, { request }),
	/** Null: from the oldest record that is kept, to the newest when this is asked. Ends a pull under way. */
	askRange: message(2, { request, from: nullable(sequence), to: nullable(sequence) }),
} as const;

/** From the terminal. */
export const sourceMessages = {
	/** Where the journal stands; `chain` is the one of record `last`. */
	status: message(64, {
		request,
		terminal: identifier,
		epoch,
		firmware: text(32),
		first: sequence,
		last: sequence,
		watermark: sequence,
		chain: hash,
		/** False in safe mode: a pull leaves no record there. */
		journalled: bool,
	}),
	/** The pieces that follow hold records `from` to `to`; none when `to` is `from` - 1. */
	begin: message(65, {
		request,
		terminal: identifier,
		epoch,
		from: sequence,
		to: sequence,
		journalled: bool,
	}),
	/** Records `from`, `from` + 1, …, verbatim; the first chains to `previousChain`, the last ends in `endChain`. */
	piece: message(66, {
		from: sequence,
		previousChain: hash,
		records: list(wireRecord, BATCH_RECORDS_MAX),
		endChain: hash,
	}),
	/** As the message `loss` of the stream; may reach beyond `to` of `begin`. */
	loss: message(67, {
		from: sequence,
		to: sequence,
		next: nullable(wireRecord),
		nextChain: hash,
	}),
	refused: message(68, { request, why: pullRefusal }),
	/** First in a piece file, never sent: whose records the file holds, and its first. */
	file: message(128, { terminal: identifier, epoch, from: sequence }),
} as const;

export type ReaderType = keyof typeof readerMessages;
export type SourceType = keyof typeof sourceMessages;
export type ReaderBody<K extends ReaderType> = Infer<(typeof readerMessages)[K]["body"]>;
export type SourceBody<K extends SourceType> = Infer<(typeof sourceMessages)[K]["body"]>;
export type ReaderMessage = {
	[K in ReaderType]: { readonly type: K; readonly body: ReaderBody<K> };
}[ReaderType];
export type SourceMessage = {
	[K in SourceType]: { readonly type: K; readonly body: SourceBody<K> };
}[SourceType];
/** What holds records, or the word that there are none. */
export type Piece = Extract<SourceMessage, { readonly type: "piece" | "loss" }>;

type ReaderTable = {
	readonly [K in ReaderType]: {
		readonly number: number;
		readonly body: TupleSchema<ReaderBody<K>>;
	};
};
type SourceTable = {
	readonly [K in SourceType]: {
		readonly number: number;
		readonly body: TupleSchema<SourceBody<K>>;
	};
};
const readerTable: ReaderTable = readerMessages;
const sourceTable: SourceTable = sourceMessages;

export function encodeReaderMessage<K extends ReaderType>(
	type: K,
	body: ReaderBody<K>,
): Uint8Array {
	return envelope(readerTable[type].number, readerTable[type].body.encode(body, type));
}

export function encodeSourceMessage<K extends SourceType>(
	type: K,
	body: SourceBody<K>,
): Uint8Array {
	return envelope(sourceTable[type].number, sourceTable[type].body.encode(body, type));
}

/** Throws a CBOR code or `SCHEMA` for bytes that are no message of a reader. */
export function decodeReaderMessage(encoded: Uint8Array): ReaderMessage {
	const { number, fields } = open(encoded);
	for (const type of Object.keys(readerTable) as ReaderType[]) {
		const { number: own, body } = readerTable[type];
		if (own === number) return { type, body: body.decode(fields, type) } as ReaderMessage;
	}
	throw new CloseoutError("SCHEMA", `pull message ${number} is none that a reader sends`);
}

/** Throws a CBOR code or `SCHEMA` for bytes that are no message of a terminal or a piece file. */
export function decodeSourceMessage(encoded: Uint8Array): SourceMessage {
	const { number, fields } = open(encoded);
	for (const type of Object.keys(sourceTable) as SourceType[]) {
		const { number: own, body } = sourceTable[type];
		if (own === number) return { type, body: body.decode(fields, type) } as SourceMessage;
	}
	throw new CloseoutError("SCHEMA", `pull message ${number} is none that a terminal sends`);
}

function envelope(number: number, fields: CborValue): Uint8Array {
	if (!Array.isArray(fields))
		throw new CloseoutError("ASSERTION", `pull message ${number} is no array`);
	return encodeCbor([PULL_VERSION, number, ...fields]);
}

function open(encoded: Uint8Array): { readonly number: number; readonly fields: CborValue } {
	const items = decodeCbor(encoded);
	if (!Array.isArray(items) || typeof items[1] !== "number")
		throw new CloseoutError("SCHEMA", "a pull message is an array of version, type and fields");
	if (items[0] !== PULL_VERSION) {
		throw new CloseoutError(
			"SCHEMA",
			`pull message of version ${String(items[0])}; this side speaks ${PULL_VERSION}`,
		);
	}
	return { number: items[1], fields: items.slice(2) };
}
