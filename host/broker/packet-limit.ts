import { Transform, type TransformCallback } from "node:stream";
import { CloseoutError } from "../../protocol/error.ts";

/** Bytes that the length of an MQTT packet may take (MQTT 3.1.1, section 2.2.3). */
const LENGTH_BYTES_MAX = 4;

/**
 * Lets MQTT packets through until one announces more bytes than allowed, and fails then, before any of it is
 * gathered in memory.
 */
export class PacketLimit extends Transform {
	readonly #maxBytes: number;
	/** Bytes of the current packet that are still to come. */
	#rest = 0;
	/** Bytes of the length read so far; undefined before the first byte of a packet. */
	#lengthBytes: number | undefined;
	#length = 0;

	constructor(maxBytes: number) {
		super();
		this.#maxBytes = maxBytes;
	}

	override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
		let index = 0;
		while (index < chunk.length) {
			if (this.#rest > 0) {
				const step = Math.min(this.#rest, chunk.length - index);
				this.#rest -= step;
				index += step;
			} else if (!this.#readHead(chunk[index++] ?? 0)) {
				done(new CloseoutError("LIMIT", `an MQTT packet is larger than ${this.#maxBytes} bytes`));
				return;
			}
		}
		done(null, chunk);
	}

	/** Takes one byte of a fixed header; false when the packet is too large or no MQTT. */
	#readHead(byte: number): boolean {
		if (this.#lengthBytes === undefined) {
			this.#lengthBytes = 0;
			this.#length = 0;
			return true;
		}
		this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
		this.#lengthBytes++;
		if ((byte & 0x80) !== 0) return this.#lengthBytes < LENGTH_BYTES_MAX;
		this.#lengthBytes = undefined;
		this.#rest = this.#length;
		return this.#length <= this.#maxBytes;
	}
}
