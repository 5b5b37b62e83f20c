import { concatBytes } from "./bytes.ts";
import { crc32c } from "./crc.ts";
import { PAYMENT_FRAME_BYTES_MAX } from "./limits.ts";

/**
 * How a message between payment application and terminal travels over a serial line or a TCP connection: message and
 * its CRC-32C (big-endian), in the framing of SLIP (RFC 1055). A receiver drops what is damaged and is in step again
 * at the next END; both sides repeat what was not answered.
 */
const END = 0xc0;
const ESCAPE = 0xdb;
const ESCAPED_END = 0xdc;
const ESCAPED_ESCAPE = 0xdd;
const CRC_BYTES = 4;

/** The frame of one message, with an END on either side. */
export function encodePaymentFrame(message: Uint8Array): Uint8Array {
	const check = new Uint8Array(CRC_BYTES);
	new DataView(check.buffer).setUint32(0, crc32c(message));
	const frame = [END];
	for (const byte of concatBytes(message, check)) {
		if (byte === END) frame.push(ESCAPE, ESCAPED_END);
		else if (byte === ESCAPE) frame.push(ESCAPE, ESCAPED_ESCAPE);
		else frame.push(byte);
	}
	return Uint8Array.from([...frame, END]);
}

/** Finds the messages in what comes over a line. */
export class PaymentFrameReader {
	#bytes: number[] = [];
	#isEscaped = false;
	#isDamaged = false;

	/** The messages that `bytes` complete, in order; damaged frames are left out. */
	push(bytes: Uint8Array): readonly Uint8Array[] {
		const messages: Uint8Array[] = [];
		for (const byte of bytes) {
			if (byte === END) {
				const message = this.#end();
				if (message !== undefined) messages.push(message);
			} else this.#take(byte);
		}
		return messages;
	}

	#take(byte: number): void {
		if (this.#isEscaped) {
			this.#isEscaped = false;
			if (byte !== ESCAPED_END && byte !== ESCAPED_ESCAPE) this.#isDamaged = true;
			this.#bytes.push(byte === ESCAPED_END ? END : ESCAPE);
		} else if (byte === ESCAPE) this.#isEscaped = true;
		else if (this.#bytes.length < PAYMENT_FRAME_BYTES_MAX) this.#bytes.push(byte);
		else this.#isDamaged = true;
	}

	#end(): Uint8Array | undefined {
		const frame = Uint8Array.from(this.#bytes);
		const isWhole = !this.#isDamaged && !this.#isEscaped && frame.length > CRC_BYTES;
		this.#bytes = [];
		this.#isEscaped = false;
		this.#isDamaged = false;
		if (!isWhole) return undefined;
		const message = frame.subarray(0, frame.length - CRC_BYTES);
		const check = new DataView(frame.buffer).getUint32(message.length);
		return crc32c(message) === check ? message : undefined;
	}
}
