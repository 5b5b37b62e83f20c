import { closeSync, existsSync, openSync, readFileSync, writeSync } from "node:fs";
import type { Storage, StorageGeometry } from "../../firmware/core/port.ts";
import { assert, CloseoutError } from "../../protocol/error.ts";
import { PowerLost } from "./engine/power-lost.ts";

export interface FlashOptions {
	/** Default: two halves of 1 MiB and 64 KiB. */
	readonly sizeBytes?: number;
	readonly sectorBytes?: number;
	readonly writeAlign?: number;
	/** What a cut of power does to writes that were not synced. Default: they are kept, as on bare flash. */
	readonly unsynced?: "kept" | "lost";
	/** Keeps the image in this file, as far as it was synced. */
	readonly path?: string;
}

const SIZE_BYTES = 2 * (1_048_576 + 65_536);
const SECTOR_BYTES = 4_096;
const WRITE_ALIGN = 4;
const ERASED = 0xff;

/** How a write lies: it does nothing, keeps half, or keeps one bit otherwise. It says yes in any case. */
export const lies = ["silent", "short", "altered"] as const;

export interface Lie {
	readonly manner: (typeof lies)[number];
	/** So many writes tell the truth before. */
	readonly afterWrites: number;
	readonly times: number;
}

interface Range {
	readonly offset: number;
	/** What was there before. */
	readonly before: Uint8Array;
}

/**
 * Flash memory that is not there: writes go to erased bytes only, sectors are erased whole, and the power can
 * go in the middle of a write.
 */
export class Flash implements Storage {
	readonly #geometry: StorageGeometry;
	readonly #image: Uint8Array;
	readonly #loseUnsynced: boolean;
	readonly #file: number | undefined;
	#unsynced: Range[] = [];
	#budgetBytes = Number.POSITIVE_INFINITY;
	#lie: Lie = { manner: "silent", afterWrites: 0, times: 0 };
	#writtenBytes = 0;
	#readBytes = 0;

	/** Throws `MEDIA_FORMAT` when the file is not an image of this size. */
	constructor(options: FlashOptions = {}) {
		const { sizeBytes = SIZE_BYTES, sectorBytes = SECTOR_BYTES, path } = options;
		const writeAlign = options.writeAlign ?? WRITE_ALIGN;
		this.#geometry = { sizeBytes, sectorBytes, writeAlign, eraseValue: ERASED };
		this.#loseUnsynced = options.unsynced === "lost";
		this.#image = new Uint8Array(sizeBytes).fill(ERASED);
		if (path === undefined) return;
		if (existsSync(path)) this.#image.set(readImage(path, sizeBytes));
		const isNew = !existsSync(path);
		this.#file = openSync(path, isNew ? "w+" : "r+");
		if (isNew) writeSync(this.#file, this.#image, 0, sizeBytes, 0);
	}

	/** Bytes written or erased since this object was made. */
	get writtenBytes(): number {
		return this.#writtenBytes;
	}

	/** Bytes read since this object was made. */
	get readBytes(): number {
		return this.#readBytes;
	}

	/** A copy of the whole image, for a technician's pull. */
	get image(): Uint8Array {
		return this.#image.slice();
	}

	geometry(): StorageGeometry {
		return this.#geometry;
	}

	read(offset: number, length: number): Uint8Array {
		this.#checkRange(offset, length);
		this.#readBytes += length;
		return this.#image.slice(offset, offset + length);
	}

	write(offset: number, bytes: Uint8Array): void {
		this.#checkRange(offset, bytes.length);
		const { writeAlign } = this.#geometry;
		assert(
			offset % writeAlign === 0 && bytes.length % writeAlign === 0,
			`a write of ${bytes.length} bytes at ${offset} is not aligned to ${writeAlign}`,
		);
		const isErased = this.#image
			.subarray(offset, offset + bytes.length)
			.every((byte) => byte === ERASED);
		assert(
			isErased,
			`a write of ${bytes.length} bytes at ${offset} meets bytes that are not erased`,
		);
		this.#put(offset, this.#asLied(bytes));
	}

	erase(sector: number): void {
		const { sectorBytes } = this.#geometry;
		this.#checkRange(sector * sectorBytes, sectorBytes);
		this.#put(sector * sectorBytes, new Uint8Array(sectorBytes).fill(ERASED));
	}

	sync(): void {
		this.#flush();
	}

	/** Lets writes that come later lie, instead of those that were asked for before. */
	lie(lie: Lie): void {
		this.#lie = lie;
	}

	/** Other bytes on the media, as after a technician's write. Throws `USAGE` for another length. */
	replaceImage(bytes: Uint8Array): void {
		const { sizeBytes } = this.#geometry;
		if (bytes.length !== sizeBytes) {
			throw new CloseoutError(
				"USAGE",
				`the image has ${bytes.length} bytes and the terminal's memory ${sizeBytes}`,
			);
		}
		this.#image.set(bytes);
		if (this.#file !== undefined) writeSync(this.#file, this.#image, 0, sizeBytes, 0);
	}

	/** The power goes when so many more bytes have been written or erased, in the middle of the write if need be. */
	cutAfterBytes(count: number): void {
		this.#budgetBytes = count;
	}

	/** What the media hold after the power went. A cut that was ordered and did not happen is called off. */
	powerOff(): void {
		this.#budgetBytes = Number.POSITIVE_INFINITY;
		if (this.#loseUnsynced) {
			for (const { offset, before } of this.#unsynced.reverse()) this.#image.set(before, offset);
			this.#unsynced = [];
		} else this.#flush();
	}

	close(): void {
		if (this.#file !== undefined) closeSync(this.#file);
	}

	#asLied(bytes: Uint8Array): Uint8Array {
		const { manner, afterWrites, times } = this.#lie;
		if (times === 0) return bytes;
		if (afterWrites > 0) {
			this.#lie = { ...this.#lie, afterWrites: afterWrites - 1 };
			return bytes;
		}
		this.#lie = { ...this.#lie, times: times - 1 };
		const half = bytes.length >> 1;
		if (manner === "altered")
			return bytes.map((byte, index) => (index === half ? byte ^ 0x10 : byte));
		return bytes.subarray(0, manner === "short" ? half : 0);
	}

	#put(offset: number, bytes: Uint8Array): void {
		const done = Math.min(bytes.length, this.#budgetBytes);
		this.#unsynced.push({ offset, before: this.#image.slice(offset, offset + done) });
		this.#image.set(bytes.subarray(0, done), offset);
		this.#writtenBytes += done;
		this.#budgetBytes -= done;
		if (done < bytes.length || this.#budgetBytes === 0) {
			throw new PowerLost(`the power was cut after ${done} of ${bytes.length} bytes at ${offset}`);
		}
	}

	#flush(): void {
		const ranges = this.#unsynced;
		this.#unsynced = [];
		if (this.#file === undefined) return;
		for (const { offset, before } of ranges) {
			writeSync(this.#file, this.#image, offset, before.length, offset);
		}
	}

	#checkRange(offset: number, length: number): void {
		const { sizeBytes } = this.#geometry;
		const fits = Number.isSafeInteger(offset) && offset >= 0 && offset + length <= sizeBytes;
		assert(fits, `${length} bytes at ${offset} are not on media of ${sizeBytes} bytes`);
	}
}

function readImage(path: string, sizeBytes: number): Uint8Array {
	const bytes = readFileSync(path);
	if (bytes.length === sizeBytes) return bytes;
	throw new CloseoutError(
		"MEDIA_FORMAT",
		`${path} has ${bytes.length} bytes and the terminal's memory ${sizeBytes}; move the file away or restore it`,
	);
}
