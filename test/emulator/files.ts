import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import type { Vault } from "../../firmware/core/port.ts";
import { CloseoutError } from "../../protocol/error.ts";

/** Replaces a file in one go: whoever reads it finds the old text or the new one. */
export function writeWhole(path: string, content: string | Uint8Array): void {
	writeFileSync(`${path}.new`, content);
	renameSync(`${path}.new`, path);
}

/** The JSON value of a file, or undefined when there is none. Throws `MEDIA_FORMAT` when it is not JSON. */
export function readJson(path: string): unknown {
	if (!existsSync(path)) return undefined;
	try {
		const value: unknown = JSON.parse(readFileSync(path, "utf8"));
		return value;
	} catch (cause) {
		throw new CloseoutError("MEDIA_FORMAT", `${path} is not JSON; restore it or move it away`, {
			cause,
		});
	}
}

/** Secrets of a terminal in a file that only the owner can read; without a path in memory only. */
export class FileVault implements Vault {
	readonly #entries = new Map<string, Uint8Array>();
	readonly #path: string | undefined;

	constructor(path?: string) {
		this.#path = path;
		const stored = path === undefined ? undefined : readJson(path);
		for (const [name, value] of Object.entries(stored ?? {})) {
			this.#entries.set(name, new Uint8Array(Buffer.from(String(value), "base64")));
		}
	}

	read(name: string): Uint8Array | undefined {
		return this.#entries.get(name)?.slice();
	}

	write(name: string, bytes: Uint8Array | undefined): void {
		if (bytes === undefined) this.#entries.delete(name);
		else this.#entries.set(name, bytes.slice());
		if (this.#path === undefined) return;
		const entries = [...this.#entries].map(([key, value]) => [
			key,
			Buffer.from(value).toString("base64"),
		]);
		writeFileSync(`${this.#path}.new`, JSON.stringify(Object.fromEntries(entries)), {
			mode: 0o600,
		});
		renameSync(`${this.#path}.new`, this.#path);
	}
}
