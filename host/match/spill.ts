import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, CloseoutError } from "../../protocol/error.ts";
import type { BlockKeeper } from "../core/exact/rows.ts";

/**
 * Keeps blocks in one file of the folder for temporary files. The file has no name any more once it is open, so that
 * nothing of it stays behind, however the process ends. Throws `STORE` when the disk refuses.
 */
export class SpillFile implements BlockKeeper {
	readonly #folder: string;
	#file: number | undefined;
	readonly #places: number[] = [];
	#end = 0;

	constructor(folder = tmpdir()) {
		this.#folder = folder;
	}

	/** Bytes that were written so far. */
	get bytes(): number {
		return this.#end;
	}

	keep(words: Uint32Array): number {
		this.#file ??= this.#open();
		const bytes = bytesOf(words);
		try {
			for (let done = 0; done < bytes.length; ) {
				done += writeSync(this.#file, bytes, done, bytes.length - done, this.#end + done);
			}
		} catch (cause) {
			throw this.#refused(cause);
		}
		this.#places.push(this.#end);
		this.#end += bytes.length;
		return this.#places.length - 1;
	}

	read(id: number, into: Uint32Array): void {
		const place = this.#places[id];
		assert(place !== undefined && this.#file !== undefined, `block ${id} was kept`);
		const bytes = bytesOf(into);
		for (let done = 0; done < bytes.length; ) {
			const read = readSync(this.#file, bytes, done, bytes.length - done, place + done);
			assert(read > 0, `block ${id} is as long as it was kept`);
			done += read;
		}
	}

	close(): void {
		if (this.#file !== undefined) closeSync(this.#file);
		this.#file = undefined;
	}

	#open(): number {
		try {
			const folder = mkdtempSync(join(this.#folder, "closeout-match-"));
			const file = openSync(join(folder, "blocks"), "wx+", 0o600);
			rmSync(folder, { recursive: true });
			return file;
		} catch (cause) {
			throw this.#refused(cause);
		}
	}

	#refused(cause: unknown): CloseoutError {
		const told = cause instanceof Error ? cause.message : String(cause);
		const message = `rows beyond memory could not be written to ${this.#folder} (${told}); free some space or set TMPDIR`;
		return new CloseoutError("STORE", message, { cause });
	}
}

function bytesOf(words: Uint32Array): Uint8Array {
	return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}
