import files, { type Directory } from "embedded:storage/files";
import { CloseoutError } from "../../protocol/error.ts";
import { decodeUtf8 } from "../../protocol/utf8.ts";
import { FileStorage } from "./file-storage.ts";
import { type DeviceSettings, readSettings } from "./settings.ts";
import { VAULT_BYTES } from "./slot-vault.ts";

/** Two rings of 1 MiB and their roots: about 8,000 sales. */
const JOURNAL_BYTES = 2 * (1_048_576 + 65_536);
const FILE_BYTES_MAX = 65_536;

/** What a terminal with an operating system keeps: settings, journal, vault and certificates in one directory. */
export class DataDirectory {
	readonly #directory: Directory;

	/** Throws `STORAGE_READ` when there is no such directory. */
	constructor(path: string) {
		try {
			this.#directory = files.openDirectory({ path: path.replace(/^\/+/, "") });
		} catch (cause) {
			const message = `the data directory ${path} cannot be opened; make it or set CLOSEOUT_DATA`;
			throw new CloseoutError("STORAGE_READ", message, { cause });
		}
	}

	/** Of `terminal.json`. Throws `USAGE` naming what does not fit. */
	settings(): DeviceSettings {
		const name = "terminal.json";
		const text = decodeUtf8(new Uint8Array(this.readFile(name)));
		try {
			return readSettings(JSON.parse(text));
		} catch (cause) {
			if (cause instanceof CloseoutError) throw cause;
			const message = `${name}: ${String(cause)}; correct it and start again`;
			throw new CloseoutError("USAGE", message, { cause });
		}
	}

	/** Throws `STORAGE_READ` for a file that is not there. */
	readFile(path: string): ArrayBuffer {
		try {
			const file = this.#directory.openFile({ path });
			const bytes = file.read(Math.min(file.status().size, FILE_BYTES_MAX), 0);
			file.close();
			return bytes;
		} catch (cause) {
			const message = `${path} cannot be read; put it into the data directory`;
			throw new CloseoutError("STORAGE_READ", message, { cause });
		}
	}

	/** The media of the journal, made at the length that the settings ask for. */
	journal({ journalBytes }: Pick<DeviceSettings, "journalBytes">): FileStorage {
		return new FileStorage(this.#directory, "journal.img", journalBytes ?? JOURNAL_BYTES);
	}

	vault(): FileStorage {
		return new FileStorage(this.#directory, "vault.img", VAULT_BYTES);
	}
}
