import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { basename } from "node:path";
import { CloseoutError } from "../../../protocol/error.ts";

/** Bytes that were read off some media: a whole image, a partition, one ring, with anything around it. */
export interface Dump {
	readonly name: string;
	readonly sizeBytes: number;
	/** Bytes from an offset on; fewer where the dump ends, none behind it. */
	read(offset: number, length: number): Uint8Array;
}

export function dumpOf(name: string, bytes: Uint8Array): Dump {
	return {
		name,
		sizeBytes: bytes.length,
		read: (offset, length) => bytes.subarray(Math.max(0, offset), Math.max(0, offset + length)),
	};
}

/** A dump that stays in its file. Bytes that the disk does not give back read as zeros: damage like any other. */
export class DumpFile implements Dump {
	readonly name: string;
	readonly sizeBytes: number;
	readonly #file: number;

	/** Throws `NOT_FOUND` for a file that cannot be opened. */
	constructor(path: string) {
		this.name = basename(path);
		try {
			this.#file = openSync(path, "r");
		} catch (cause) {
			throw new CloseoutError("NOT_FOUND", `${path}: cannot be opened; check path and rights`, {
				cause,
			});
		}
		this.sizeBytes = fstatSync(this.#file).size;
	}

	read(offset: number, length: number): Uint8Array {
		const start = Math.max(0, offset);
		const bytes = new Uint8Array(Math.max(0, Math.min(this.sizeBytes, offset + length) - start));
		for (let done = 0; done < bytes.length; ) {
			const count = this.#readSome(bytes, done, start + done);
			if (count === 0) break;
			done += count;
		}
		return bytes;
	}

	#readSome(bytes: Uint8Array, at: number, offset: number): number {
		try {
			return readSync(this.#file, bytes, at, bytes.length - at, offset);
		} catch {
			// A disk with bad sectors: what can be read elsewhere is what this is all about.
			return Math.min(512 - (offset % 512), bytes.length - at);
		}
	}

	close(): void {
		closeSync(this.#file);
	}
}
