import flash, { type Flash } from "embedded:storage/flash";
import { CloseoutError, type ErrorCode } from "../../protocol/error.ts";
import type { Storage, StorageGeometry } from "../core/port.ts";

const ERASED = 0xff;
const WRITE_ALIGN = 4;

/** Media in a partition of flash memory, by its name in the partition table. A write is durable when it returns. */
export class FlashStorage implements Storage {
	readonly #flash: Flash;
	readonly #partition: string;
	readonly #geometry: StorageGeometry;

	/** Throws `MEDIA_FORMAT` when the partition table has no partition of this name. */
	constructor(partition: string) {
		this.#partition = partition;
		try {
			this.#flash = flash.open({ path: partition, mode: "r+" });
		} catch (cause) {
			const message = `no flash partition "${partition}"; build with the partition table of this target`;
			throw new CloseoutError("MEDIA_FORMAT", message, { cause });
		}
		const { size, blockLength, writeAlign, eraseValue } = this.#flash.status();
		this.#geometry = {
			sizeBytes: size,
			sectorBytes: blockLength,
			writeAlign: Math.max(WRITE_ALIGN, writeAlign ?? 0),
			eraseValue: eraseValue ?? ERASED,
		};
	}

	geometry(): StorageGeometry {
		return this.#geometry;
	}

	read(offset: number, length: number): Uint8Array {
		return this.#try("STORAGE_READ", () => new Uint8Array(this.#flash.read(length, offset)));
	}

	write(offset: number, bytes: Uint8Array): void {
		this.#try("STORAGE_WRITE", () => this.#flash.write(bytes, offset));
	}

	erase(sector: number): void {
		this.#try("STORAGE_ERASE", () => this.#flash.eraseBlock(sector, sector + 1));
	}

	sync(): void {}

	close(): void {
		this.#flash.close();
	}

	#try<T>(code: ErrorCode, action: () => T): T {
		try {
			return action();
		} catch (cause) {
			const message = `flash partition ${this.#partition}: ${String(cause)}; replace the terminal`;
			throw new CloseoutError(code, message, { cause });
		}
	}
}
