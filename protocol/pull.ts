import { identifier } from "./id.ts";
import { BATCH_RECORDS_MAX } from "./limits.ts";
import { wireRecord } from "./message.ts";
import { type BodiesOf, type MessageOf, message, versionedMessages } from "./message-table.ts";
import { bool, bytes, choice, list, nullable, text, uint } from "./schema.ts";

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

type ReaderBodies = BodiesOf<typeof readerMessages>;
type SourceBodies = BodiesOf<typeof sourceMessages>;
export type ReaderType = keyof ReaderBodies;
export type SourceType = keyof SourceBodies;
export type ReaderBody<K extends ReaderType> = ReaderBodies[K];
export type SourceBody<K extends SourceType> = SourceBodies[K];
export type ReaderMessage = MessageOf<ReaderBodies>;
export type SourceMessage = MessageOf<SourceBodies>;
/** What holds records, or the word that there are none. */
export type Piece = Extract<SourceMessage, { readonly type: "piece" | "loss" }>;

export const { encode: encodeReaderMessage, decode: decodeReaderMessage } =
	versionedMessages<ReaderBodies>(readerMessages, PULL_VERSION, "reader");
export const { encode: encodeSourceMessage, decode: decodeSourceMessage } =
	versionedMessages<SourceBodies>(sourceMessages, PULL_VERSION, "terminal");
