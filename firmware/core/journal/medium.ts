import { equalBytes } from "../../../protocol/bytes.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import {
	type Layout,
	type MediaReader,
	planLayout,
	scratchOffset,
} from "../../../protocol/media.ts";
import type { Log, Storage } from "../port.ts";

const COMPARE_BYTES = 2_048;

/**
 * The storage as the journal uses it: reads that may find nothing, writes that are read back. Bytes that cannot
 * be read are damage like any other, so the other copy gets its chance.
 */
export class Medium {
	readonly #storage: Storage;
	readonly #log: Log;

	constructor(storage: Storage, log: Log) {
		this.#storage = storage;
		this.#log = log;
	}

	readonly read: MediaReader = (offset, length) => {
		try {
			const bytes = this.#storage.read(offset, length);
			return bytes.length === length ? bytes : undefined;
		} catch (error) {
			if (!(error instanceof CloseoutError) || error.code !== "STORAGE_READ") throw error;
			this.#log.write("error", error.code, error.message);
			return undefined;
		}
	};

	layout(segmentBytes: number): Layout {
		return planLayout(this.#storage.geometry(), segmentBytes);
	}

	erase(offset: number, length: number): void {
		const { sectorBytes } = this.#storage.geometry();
		for (let at = offset; at < offset + length; at += sectorBytes) {
			this.#storage.erase(at / sectorBytes);
		}
	}

	sync(): void {
		this.#storage.sync();
	}

	/** True when these bytes stand at an offset. */
	holds(offset: number, bytes: Uint8Array): boolean {
		for (let start = 0; start < bytes.length; start += COMPARE_BYTES) {
			const part = bytes.subarray(start, start + COMPARE_BYTES);
			// A read may fail once; taking that for a failed write would fence the journal without need.
			const found =
				this.read(offset + start, part.length) ?? this.read(offset + start, part.length);
			if (!found || !equalBytes(found, part)) return false;
		}
		return true;
	}

	/** Writes to erased bytes; false when the media refuse it. */
	tryWrite(offset: number, bytes: Uint8Array): boolean {
		return this.#tries(() => this.#storage.write(offset, bytes));
	}

	/** Erases whole sectors and writes the first of their bytes; false when the media refuse it. */
	tryReplace(offset: number, length: number, bytes: Uint8Array): boolean {
		return this.#tries(() => {
			this.erase(offset, length);
			this.#storage.write(offset, bytes);
		});
	}

	/** Writes, makes durable and reads back; false when the media refuse the write or give back other bytes. */
	place(offset: number, bytes: Uint8Array): boolean {
		const written = this.tryWrite(offset, bytes);
		this.sync();
		return written && this.holds(offset, bytes);
	}

	/** As `place`, for a segment that is erased before. */
	replace(offset: number, segmentBytes: number, bytes: Uint8Array): boolean {
		const written = this.tryReplace(offset, segmentBytes, bytes);
		this.sync();
		return written && this.holds(offset, bytes);
	}

	/** Runs a change of the media; false when a part of them is worn out. Any other trouble goes through. */
	#tries(change: () => void): boolean {
		try {
			change();
			return true;
		} catch (error) {
			if (!(error instanceof CloseoutError)) throw error;
			if (error.code !== "STORAGE_WRITE" && error.code !== "STORAGE_ERASE") throw error;
			this.#log.write("error", error.code, error.message);
			return false;
		}
	}
}

export function scratchBases(layout: Layout): readonly [number, number] {
	return [scratchOffset(layout, 0), scratchOffset(layout, 1)];
}
