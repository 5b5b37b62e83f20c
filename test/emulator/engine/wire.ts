import type { Key, LinkMessage, PrinterStatus } from "../../../firmware/core/port.ts";
import { assert, CloseoutError, type ErrorCode, errorTable } from "../../../protocol/error.ts";

/**
 * What the engine and its parent say to each other. Runs on both sides.
 *
 * A call is `op (1 byte), fields`; an answer is `status (1 byte), fields`. Integers are little-endian. Numbers
 * that come from the core travel as 8-byte floats, so a wrong one arrives as wrong as it was. Text is UTF-8
 * behind a 2-byte length, or the rest of the frame.
 */
export const op = {
	storageRead: 1,
	storageWrite: 2,
	storageErase: 3,
	storageSync: 4,
	storageGeometry: 5,
	vaultRead: 6,
	vaultWrite: 7,
	clockNow: 8,
	clockMonotonic: 9,
	clockSet: 10,
	entropyRead: 11,
	digestSha256: 12,
	digestHmac: 13,
	printerWrite: 14,
	printerStatus: 15,
	printerReset: 16,
	displayWrite: 17,
	keypadRead: 18,
	linkOpen: 19,
	linkWrite: 20,
	linkRead: 21,
	linkStatus: 22,
	linkClose: 23,
	paymentAppRead: 24,
	paymentAppWrite: 25,
	logWrite: 26,
	serviceOpen: 27,
	serviceRead: 28,
	serviceWrite: 29,
	serviceStatus: 30,
	serviceClose: 31,
} as const;

/** Commands of the parent to the engine; arguments and results are JSON, the result of `step` a float. */
export const command = { start: 1, step: 2, query: 3, close: 4 } as const;

/** First byte of every answer. */
export const status = { ok: 0, failed: 1 } as const;

export const paperStates = ["ok", "low", "out", "unknown"] as const;
export const linkStates = ["down", "connecting", "up"] as const;
export const cableStates = ["closed", "waiting", "connected"] as const;
export const drainedStates: readonly PrinterStatus["drained"][] = [false, true, "unknown"];
export const logLevels = ["info", "warn", "error"] as const;
const keys: readonly Key[] = [
	...(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "00"] as const),
	...(["ok", "cancel", "clear", "up", "down", "menu", "language"] as const),
];

/** @throws CloseoutError ASSERTION for a key that the port does not know. */
export function parseKey(text: string): Key {
	const key = keys.find((known) => known === text);
	if (key !== undefined) return key;
	throw new CloseoutError("ASSERTION", `${JSON.stringify(text)} is not a key of the keypad port`);
}

/** The member of a list that a byte stands for. */
export function pick<T>(list: readonly T[], index: number): T {
	const item = list[index];
	if (item !== undefined) return item;
	throw new CloseoutError("ASSERTION", `byte ${index} stands for none of ${JSON.stringify(list)}`);
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function encodeText(text: string): Uint8Array {
	return encoder.encode(text);
}

export function decodeText(bytes: Uint8Array): string {
	return decoder.decode(bytes);
}

/** Fills one frame of a known length, front to back. */
export class FrameWriter {
	readonly buffer: ArrayBuffer;
	readonly #view: DataView;
	#at = 1;

	constructor(first: number, length: number) {
		this.buffer = new ArrayBuffer(1 + length);
		this.#view = new DataView(this.buffer);
		this.#view.setUint8(0, first);
	}

	u8(value: number): this {
		this.#view.setUint8(this.#at, value);
		this.#at += 1;
		return this;
	}

	u32(value: number): this {
		this.#view.setUint32(this.#at, value, true);
		this.#at += 4;
		return this;
	}

	f64(value: number): this {
		this.#view.setFloat64(this.#at, value, true);
		this.#at += 8;
		return this;
	}

	bytes(value: Uint8Array): this {
		new Uint8Array(this.buffer).set(value, this.#at);
		this.#at += value.length;
		return this;
	}

	/** Bytes behind a 2-byte length. */
	short(value: Uint8Array): this {
		assert(value.length <= 0xffff, "a text of more than 65,535 bytes does not fit a frame");
		this.#view.setUint16(this.#at, value.length, true);
		this.#at += 2;
		return this.bytes(value);
	}
}

/** Takes one frame apart, front to back, after its first byte. What it hands out is a copy. */
export class FrameReader {
	readonly first: number;
	readonly #bytes: Uint8Array;
	readonly #view: DataView;
	#at = 1;

	constructor(frame: Uint8Array) {
		assert(frame.length > 0, "an empty frame says nothing");
		this.first = frame[0] ?? 0;
		this.#bytes = frame;
		this.#view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
	}

	u8(): number {
		this.#at += 1;
		return this.#view.getUint8(this.#at - 1);
	}

	u32(): number {
		this.#at += 4;
		return this.#view.getUint32(this.#at - 4, true);
	}

	f64(): number {
		this.#at += 8;
		return this.#view.getFloat64(this.#at - 8, true);
	}

	bytes(length: number): Uint8Array {
		const end = this.#at + length;
		assert(end <= this.#bytes.length, "the frame ends inside a field");
		const part = new Uint8Array(this.#bytes.subarray(this.#at, end));
		this.#at = end;
		return part;
	}

	short(): Uint8Array {
		this.#at += 2;
		return this.bytes(this.#view.getUint16(this.#at - 2, true));
	}

	rest(): Uint8Array {
		return this.bytes(this.#bytes.length - this.#at);
	}
}

/** Bytes that {@link putMessage} adds. */
export function messageLength(message: LinkMessage): number {
	return 1 + 2 + encodeText(message.topic).length + message.payload.length;
}

export function putMessage(
	frame: FrameWriter,
	{ retain, topic, payload }: LinkMessage,
): FrameWriter {
	return frame
		.u8(retain ? 1 : 0)
		.short(encodeText(topic))
		.bytes(payload);
}

export function takeMessage(frame: FrameReader): LinkMessage {
	const retain = frame.u8() === 1;
	const topic = decodeText(frame.short());
	return { retain, topic, payload: frame.rest() };
}

/** An answer for an error of the table; the other side throws it again with {@link throwFailure}. */
export function encodeFailure(code: ErrorCode, message: string): ArrayBuffer {
	const json = encodeText(JSON.stringify({ code, message }));
	return new FrameWriter(status.failed, json.length).bytes(json).buffer;
}

/** @throws CloseoutError with the code and message of the other side; ASSERTION for an unknown code. */
export function throwFailure(answer: Uint8Array): never {
	const parsed: unknown = JSON.parse(decodeText(answer.subarray(1)));
	const { code, message } = failureFields(parsed);
	throw new CloseoutError(code, message);
}

function failureFields(parsed: unknown): { code: ErrorCode; message: string } {
	if (typeof parsed === "object" && parsed !== null && "code" in parsed && "message" in parsed) {
		const { code } = parsed;
		if (isErrorCode(code)) return { code, message: String(parsed.message) };
	}
	return {
		code: "ASSERTION",
		message: `an answer with a code that is unknown: ${JSON.stringify(parsed)}`,
	};
}

function isErrorCode(code: unknown): code is ErrorCode {
	return typeof code === "string" && Object.hasOwn(errorTable, code);
}
