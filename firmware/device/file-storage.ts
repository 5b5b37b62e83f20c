import type { Directory, File } from "embedded:storage/files";
import { CloseoutError, type ErrorCode } from "../../protocol/error.ts";
import type { Storage, StorageGeometry } from "../core/port.ts";

const ERASED = 0xff;
const SECTOR_BYTES = 4_096;
const WRITE_ALIGN = 4;

/**
 * Media in one file of the operating system. The file is written at its full length before first use and keeps
 * name and length, so that a sync has only data to make durable and no write can run out of space.
 */
export class FileStorage implements Storage {
	readonly #file: File;
	readonly #path: string;
	readonly #geometry: StorageGeometry;

	/** Throws `MEDIA_FORMAT` for a file of another length, `STORAGE_WRITE` when it can be neither opened nor made. */
	constructor(directory: Directory, path: string, sizeBytes: number) {
		this.#path = path;
		this.#geometry = {
			sizeBytes,
			sectorBytes: SECTOR_BYTES,
			writeAlign: WRITE_ALIGN,
			eraseValue: ERASED,
		};
		this.#file = openWhole(directory, path, sizeBytes);
	}

	geometry(): StorageGeometry {
		return this.#geometry;
	}

	read(offset: number, length: number): Uint8Array {
		const bytes = this.#try("STORAGE_READ", () => this.#file.read(length, offset));
		if (bytes.byteLength === length) return new Uint8Array(bytes);
		const got = `${bytes.byteLength} of ${length} bytes at ${offset}`;
		throw new CloseoutError("STORAGE_READ", `${this.#path} ends early: ${got}; restore the file`);
	}

	write(offset: number, bytes: Uint8Array): void {
		this.#try("STORAGE_WRITE", () => this.#file.write(bytes, offset));
	}

	erase(sector: number): void {
		const blank = new Uint8Array(SECTOR_BYTES).fill(ERASED);
		this.#try("STORAGE_ERASE", () => this.#file.write(blank, sector * SECTOR_BYTES));
	}

	sync(): void {
		this.#try("STORAGE_SYNC", () => this.#file.flush());
	}

	close(): void {
		this.#file.close();
	}

	#try<T>(code: ErrorCode, action: () => T): T {
		try {
			return action();
		} catch (cause) {
			const message = `${this.#path}: ${String(cause)}; check the disk and start again`;
			throw new CloseoutError(code, message, { cause });
		}
	}
}

function openWhole(directory: Directory, path: string, sizeBytes: number): File {
	const file = openExisting(directory, path) ?? create(directory, path, sizeBytes);
	const { size } = file.status();
	if (size === sizeBytes) return file;
	file.close();
	throw new CloseoutError(
		"MEDIA_FORMAT",
		`${path} has ${size} bytes and this terminal's memory ${sizeBytes}; move the file away or restore it`,
	);
}

function openExisting(directory: Directory, path: string): File | undefined {
	try {
		return directory.openFile({ path, mode: "r+" });
	} catch {
		return undefined;
	}
}

/** The file gets its name when it has its full length: a power cut before that leaves nothing that looks like one. */
function create(directory: Directory, path: string, sizeBytes: number): File {
	const unfinished = `${path}.new`;
	try {
		const file = directory.openFile({ path: unfinished, mode: "w+" });
		const blank = new Uint8Array(SECTOR_BYTES).fill(ERASED);
		for (let offset = 0; offset < sizeBytes; offset += SECTOR_BYTES) file.write(blank, offset);
		file.flush();
		directory.move(unfinished, path);
		return file;
	} catch (cause) {
		const message = `${path} cannot be made: ${String(cause)}; check the data directory and its rights`;
		throw new CloseoutError("STORAGE_WRITE", message, { cause });
	}
}
