import { decodeCbor, encodeCbor } from "../../protocol/cbor.ts";
import { CloseoutError } from "../../protocol/error.ts";
import {
	encodeDown,
	encodeUp,
	openEnvelope,
	readDown,
	readUp,
	type Sealing,
} from "../../protocol/message.ts";
import {
	decodeAppMessage,
	decodeCoreMessage,
	encodeAppMessage,
	encodeCoreMessage,
} from "../../protocol/payment-app.ts";
import { decodeRecord, encodeRecord } from "../../protocol/record.ts";
import { Random } from "../_helper/random.ts";
import { mutate } from "./_mutate.ts";

/** What a piece of bytes is meant to be. Runs on any engine: nothing of Node is used here. */
export const frameKinds = ["cbor", "record", "up", "down", "app", "core"] as const;
export type FrameKind = (typeof frameKinds)[number];

export interface Sample {
	readonly kind: FrameKind;
	/** Of a record, its kind's number. */
	readonly number: number;
	readonly bytes: Uint8Array;
}

/** A mac that costs nothing: the campaign is about what is decoded, not about HMAC. */
const sealing: Sealing = { key: Uint8Array.of(1), hmac: (_key, bytes) => cheapMac(bytes) };

export function cheapMac(bytes: Uint8Array): Uint8Array {
	let value = 0x811c_9dc5;
	for (const byte of bytes) value = Math.imul(value ^ byte, 0x0100_0193);
	const mac = new Uint8Array(32);
	for (let index = 0; index < 32; index++) mac[index] = (value >>> ((index % 4) * 8)) ^ index;
	return mac;
}

/** Encodes a decoded thing again; what was accepted must give its own bytes. */
const again: { readonly [K in FrameKind]: (sample: Sample) => Uint8Array } = {
	cbor: ({ bytes }) => encodeCbor(decodeCbor(bytes)),
	record: ({ number, bytes }) => {
		const { kind, stamp, body } = decodeRecord({ kind: number, payload: bytes });
		return encodeRecord(kind, stamp, body).payload;
	},
	up: ({ bytes }) => {
		const message = readUp(openEnvelope(bytes), sealing);
		return encodeUp(message, message.type, message.body, sealing);
	},
	down: ({ bytes }) => {
		const message = readDown(openEnvelope(bytes), sealing);
		return encodeDown(message, message.type, message.body, sealing);
	},
	app: ({ bytes }) => {
		const message = decodeAppMessage(bytes);
		return encodeAppMessage(message.type, message.body);
	},
	core: ({ bytes }) => {
		const message = decodeCoreMessage(bytes);
		return encodeCoreMessage(message.type, message.body);
	},
};

/** "accepted", the code of the refusal, or, after "!", what must never happen. */
export function verdictOf(sample: Sample): string {
	try {
		const bytes = again[sample.kind](sample);
		if (bytes.length !== sample.bytes.length) return "!accepted, but written otherwise";
		for (let index = 0; index < bytes.length; index++)
			if (bytes[index] !== sample.bytes[index]) return "!accepted, but written otherwise";
		return "accepted";
	} catch (error) {
		if (!(error instanceof CloseoutError)) return `!${String(error)}`;
		// A record read from a stream may hold what its own writer would refuse; nobody decodes it into more.
		return error.family === "bug" ? `!${error.code}: ${error.message}` : error.code;
	}
}

/** The sample of this number, changed as this seed says. A message gets a mac that fits, three times of four. */
export function changedSample(samples: readonly Sample[], seed: number): Sample {
	const random = new Random(seed);
	const sample = samples[random.below(samples.length)];
	const other = samples[random.below(samples.length)];
	if (sample === undefined || other === undefined) throw new RangeError("no samples");
	const { kind, number, bytes } = sample;
	if ((kind !== "up" && kind !== "down") || random.below(4) === 0)
		return { kind, number, bytes: mutate(bytes, other.bytes, random) };
	const outer = decodeCbor(bytes);
	const inner = Array.isArray(outer) ? outer[0] : undefined;
	if (!(inner instanceof Uint8Array)) throw new RangeError("a sample message has no inner part");
	const changed = mutate(inner, other.bytes, random);
	return { kind, number, bytes: encodeCbor([changed, cheapMac(changed)]) };
}

/** A number that two engines have in common when they gave the same verdict on every case of a range. */
export function verdictHash(samples: readonly Sample[], first: number, count: number): number {
	let value = HASH_START;
	for (let seed = first; seed < first + count; seed++)
		value = hashOn(value, verdictOf(changedSample(samples, seed)));
	return value >>> 0;
}

/** The same for every truncation of each sample, the whole one included. */
export function truncationHash(samples: readonly Sample[]): number {
	let value = HASH_START;
	for (const { kind, number, bytes } of samples)
		for (let length = 0; length <= bytes.length; length++)
			value = hashOn(value, verdictOf({ kind, number, bytes: bytes.slice(0, length) }));
	return value >>> 0;
}

/** FNV-1a, 32 bits. */
const HASH_START = 0x811c_9dc5;

function hashOn(start: number, text: string): number {
	let value = start;
	for (let index = 0; index < text.length; index++)
		value = Math.imul(value ^ text.charCodeAt(index), 0x0100_0193);
	return value;
}
