import { type CborValue, decodeCbor, encodeCbor } from "./cbor.ts";
import { CloseoutError } from "./error.ts";
import { identifier } from "./id.ts";
import {
	BATCH_RECORDS_MAX,
	MESSAGE_BYTES_MAX,
	PULL_MESSAGE_BYTES_MAX,
	RECORD_PAYLOAD_BYTES_MAX,
} from "./limits.ts";
import {
	type BodiesOf,
	decodeMessage,
	type MessageOf,
	type MessageTable,
	message,
} from "./message-table.ts";
import { scalar } from "./record.ts";
import {
	bool,
	bytes,
	choice,
	type Infer,
	int,
	list,
	nullable,
	text,
	tuple,
	uint,
} from "./schema.ts";
import { WIRE_VERSION } from "./topic.ts";

/**
 * Messages between a terminal and the host. On the wire each is `[inner, mac]`: `inner` is the byte string of
 * the CBOR array `[version, type, terminal, epoch, fields…]`, `mac` is HMAC-SHA-256 over `inner` with the
 * terminal's key (with the enrolment key for `enrol` and `enrolled`). Nothing in a message is looked at before
 * its mac has been verified, except terminal, epoch and type, which say which key to take.
 */

const UINT32_MAX = 0xffff_ffff;
const sequence = uint();
const hash = bytes(32);
const nonce = bytes(16);
const epochNumber = uint(UINT32_MAX);
/** A record as it stands in the journal, without its hash and the parts of its header that follow from the stream. */
export const wireRecord = tuple({
	kind: uint(255),
	flags: uint(255),
	payload: bytes(0, RECORD_PAYLOAD_BYTES_MAX),
});

/** Numbers of the commands; a journal record keeps the number. */
export const commandNumbers = {
	settle: 1,
	setClock: 2,
	configure: 3,
	approveReprint: 4,
	pull: 5,
	requestState: 6,
	release: 7,
} as const;
export const commandType = choice(commandNumbers);

/** From the terminal, topic `up`. */
export const upMessages = {
	/** Opens a new life of the journal; epoch is 0 in the envelope. Repeated with the same nonce until answered. */
	enrol: message(1, { nonce, firmware: text(32) }),
	/** Says where the journal stands, after each connect. `watermark` is what the terminal believes the host has. */
	hello: message(2, {
		nonce,
		firmware: text(32),
		boot: uint(UINT32_MAX),
		first: sequence,
		last: sequence,
		lastChain: hash,
		watermark: sequence,
		watermarkChain: hash,
		wallS: uint(),
		zoneMinutes: int(-1080, 1080),
	}),
	/** Records `from`, `from + 1`, …, whose first one chains to `previousChain` and whose last ends in `endChain`. */
	batch: message(3, {
		from: sequence,
		previousChain: hash,
		records: list(wireRecord, BATCH_RECORDS_MAX),
		endChain: hash,
	}),
	/**
	 * Records `from` to `to` are destroyed on the terminal. The stream goes on with the record after them, whose
	 * chain cannot be computed any more and is taken as the terminal kept it.
	 */
	loss: message(4, {
		from: sequence,
		to: sequence,
		next: nullable(wireRecord),
		nextChain: hash,
	}),
	commandResult: message(5, { hostSequence: uint(), accepted: bool, detail: text(64) }),
	/** A message of `pull.ts`, for the command `pull` with this number. */
	pulled: message(6, { hostSequence: uint(), message: bytes(1, PULL_MESSAGE_BYTES_MAX) }),
} as const;

/** From the host, topic `down`. */
export const downMessages = {
	/** Answers `enrol`: both sides now derive the terminal's key, see `deriveTerminalKey`. */
	enrolled: message(64, {
		terminalNonce: nonce,
		hostNonce: nonce,
		newEpoch: uint(UINT32_MAX),
		hostSequence: uint(),
	}),
	/** Answers `hello` with what the host holds durably; `nonce` is the one of the hello. */
	welcome: message(65, {
		nonce,
		watermark: sequence,
		chain: hash,
		wallS: uint(),
		frozen: bool,
	}),
	/** Everything up to `watermark`, whose chain is `chain`, is committed. */
	ack: message(66, { watermark: sequence, chain: hash }),
	/** Send these again. */
	nak: message(67, { from: sequence, to: sequence }),
	command: message(68, {
		hostSequence: uint(),
		expiresS: uint(),
		command: commandType,
		arguments: list(tuple({ name: text(32), value: scalar }), 32),
	}),
	/** Of the pull with this number everything before record `next` has come. */
	pullAck: message(69, { hostSequence: uint(), next: sequence }),
	/** A signed head that the host has found consistent, with the host's cosignature of it. */
	cosigned: message(70, {
		first: sequence,
		size: sequence,
		root: hash,
		chain: hash,
		hostKey: bytes(32),
		timeS: uint(),
		signature: bytes(64),
	}),
} as const;

type UpBodies = BodiesOf<typeof upMessages>;
type DownBodies = BodiesOf<typeof downMessages>;
export type UpType = keyof UpBodies;
export type DownType = keyof DownBodies;
export type UpBody<K extends UpType> = UpBodies[K];
export type DownBody<K extends DownType> = DownBodies[K];
export type WireRecord = Infer<typeof wireRecord>;

/** Who a message is from or for: the terminal and the epoch of its journal. */
export interface Address {
	readonly terminal: string;
	readonly epoch: number;
}

export type UpMessage = Address & MessageOf<UpBodies>;
export type DownMessage = Address & MessageOf<DownBodies>;

export type Hmac = (key: Uint8Array, bytes: Uint8Array) => Uint8Array;

const upTable: MessageTable<UpBodies> = upMessages;
const downTable: MessageTable<DownBodies> = downMessages;

export interface Sealing {
	readonly key: Uint8Array;
	readonly hmac: Hmac;
}

export function encodeUp<K extends UpType>(
	to: Address,
	type: K,
	body: UpBody<K>,
	sealing: Sealing,
): Uint8Array {
	return seal(to, upTable[type].number, upTable[type].body.encode(body, type), sealing);
}

export function encodeDown<K extends DownType>(
	to: Address,
	type: K,
	body: DownBody<K>,
	sealing: Sealing,
): Uint8Array {
	return seal(to, downTable[type].number, downTable[type].body.encode(body, type), sealing);
}

/** A message as it came: what must be known to choose the key, and nothing that may be believed yet. */
export interface Envelope extends Address {
	readonly number: number;
	readonly inner: Uint8Array;
	readonly mac: Uint8Array;
	readonly fields: readonly CborValue[];
}

/** Throws `LIMIT`, a CBOR code or `SCHEMA` for bytes that are no message of this version. */
export function openEnvelope(message: Uint8Array): Envelope {
	if (message.length > MESSAGE_BYTES_MAX) {
		throw new CloseoutError(
			"LIMIT",
			`message of ${message.length} bytes; at most ${MESSAGE_BYTES_MAX}`,
		);
	}
	const outer = decodeCbor(message);
	if (!Array.isArray(outer) || outer.length !== 2)
		throw new CloseoutError("SCHEMA", "message: not [inner, mac]");
	const inner = bytes(1, MESSAGE_BYTES_MAX).decode(outer[0], "message.inner");
	const mac = hash.decode(outer[1], "message.mac");
	const items = decodeCbor(inner);
	if (!Array.isArray(items)) throw new CloseoutError("SCHEMA", "message.inner: not an array");
	const [version, number, terminal, epoch, ...fields] = items;
	if (version !== WIRE_VERSION) {
		throw new CloseoutError(
			"SCHEMA",
			`message version ${String(version)}; this side speaks ${WIRE_VERSION}`,
		);
	}
	return {
		number: uint(255).decode(number ?? null, "message.type"),
		terminal: identifier.decode(terminal ?? null, "message.terminal"),
		epoch: epochNumber.decode(epoch ?? null, "message.epoch"),
		inner,
		mac,
		fields,
	};
}

/** True when the message was made with this key. Compares all bytes, so that timing tells nothing. */
export function isAuthentic({ inner, mac }: Envelope, { key, hmac }: Sealing): boolean {
	const own = hmac(key, inner);
	let difference = own.length ^ mac.length;
	for (const [index, byte] of mac.entries()) difference |= (own[index] ?? 0) ^ byte;
	return difference === 0;
}

/** The message from a terminal. Throws `MESSAGE_FORGED` when the mac does not fit, `SCHEMA` for its fields. */
export function readUp(envelope: Envelope, sealing: Sealing): UpMessage {
	checkAuthentic(envelope, sealing);
	const { terminal, epoch, number, fields } = envelope;
	return { ...decodeMessage(upTable, number, fields, "terminal"), terminal, epoch };
}

/** The message from the host. Throws `MESSAGE_FORGED` when the mac does not fit, `SCHEMA` for its fields. */
export function readDown(envelope: Envelope, sealing: Sealing): DownMessage {
	checkAuthentic(envelope, sealing);
	const { terminal, epoch, number, fields } = envelope;
	return { ...decodeMessage(downTable, number, fields, "host"), terminal, epoch };
}

function checkAuthentic(envelope: Envelope, sealing: Sealing): void {
	if (isAuthentic(envelope, sealing)) return;
	throw new CloseoutError(
		"MESSAGE_FORGED",
		`message ${envelope.number} of ${envelope.terminal}: its mac does not fit`,
	);
}

function seal(
	to: Address,
	number: number,
	fields: readonly CborValue[],
	{ key, hmac }: Sealing,
): Uint8Array {
	const terminal = identifier.encode(to.terminal, "message.terminal");
	const epoch = epochNumber.encode(to.epoch, "message.epoch");
	const inner = encodeCbor([WIRE_VERSION, number, terminal, epoch, ...fields]);
	const message = encodeCbor([inner, hmac(key, inner)]);
	if (message.length > MESSAGE_BYTES_MAX) {
		throw new CloseoutError(
			"LIMIT",
			`message of ${message.length} bytes; at most ${MESSAGE_BYTES_MAX}`,
		);
	}
	return message;
}
