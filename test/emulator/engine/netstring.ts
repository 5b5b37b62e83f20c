import { CloseoutError } from "../../../protocol/error.ts";

const COLON = 0x3a;
const COMMA = 0x2c;
/** The worker reads and writes lengths of at most nine digits. */
const LENGTH_DIGITS_MAX = 9;

/** Frames `kind` and `payload` as one netstring: `<length>:<kind><payload>,`. */
export function frame(kind: string, payload: Uint8Array): Buffer {
	const header = `${payload.length + 1}:${kind}`;
	const bytes = Buffer.allocUnsafe(header.length + payload.length + 1);
	bytes.write(header, 0, "latin1");
	bytes.set(payload, header.length);
	bytes[bytes.length - 1] = COMMA;
	return bytes;
}

/**
 * Cuts a byte stream into netstrings, however the stream was cut into chunks. A long message is put together
 * once, when all of it has arrived.
 */
export class NetstringReader {
	readonly #onMessage: (message: Uint8Array) => void;
	readonly #chunks: Uint8Array[] = [];
	#held = 0;
	/** Bytes that are needed before trying again. */
	#wanted = 1;

	constructor(onMessage: (message: Uint8Array) => void) {
		this.#onMessage = onMessage;
	}

	/** @throws CloseoutError ENGINE when the stream is not made of netstrings. */
	push(chunk: Uint8Array): void {
		this.#chunks.push(chunk);
		this.#held += chunk.length;
		if (this.#held < this.#wanted) return;
		let bytes = this.#takeAll();
		for (;;) {
			const cut = parse(bytes);
			if (cut.message === undefined) {
				this.#wanted = cut.wanted;
				break;
			}
			bytes = bytes.subarray(cut.end);
			this.#onMessage(cut.message);
		}
		// The callback may not push, so nothing else has been put here meanwhile.
		this.#held = bytes.length;
		if (bytes.length > 0) this.#chunks.push(bytes);
	}

	#takeAll(): Uint8Array {
		const [first] = this.#chunks;
		const all =
			this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
		this.#chunks.length = 0;
		return all;
	}
}

type Cut =
	| { readonly message: Uint8Array; readonly end: number }
	| { readonly message: undefined; readonly wanted: number };

function parse(bytes: Uint8Array): Cut {
	let length = 0;
	let at = 0;
	for (; at < bytes.length; at += 1) {
		const byte = bytes[at] ?? 0;
		if (byte === COLON && at > 0) break;
		const digit = byte - 0x30;
		if (digit < 0 || digit > 9 || at >= LENGTH_DIGITS_MAX) throw malformed("its length");
		length = length * 10 + digit;
	}
	if (at === bytes.length) return { message: undefined, wanted: at + 1 };
	const end = at + 1 + length;
	if (bytes.length <= end) return { message: undefined, wanted: end + 1 };
	if (bytes[end] !== COMMA) throw malformed("its end");
	return { message: bytes.subarray(at + 1, end), end: end + 1 };
}

function malformed(part: string): CloseoutError {
	return new CloseoutError(
		"ENGINE",
		`the XS worker sent a message whose framing is broken at ${part}; remove .cache and run again to rebuild it`,
	);
}
