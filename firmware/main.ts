/** A terminal with an operating system below it: everything it keeps lies in files of one directory. */
import files, { type Directory } from "embedded:storage/files";
import config from "mc/config";
import { CloseoutError } from "../protocol/error.ts";
import { decodeUtf8 } from "../protocol/utf8.ts";
import { Closeout } from "./device/closeout.ts";
import { FileStorage } from "./device/file-storage.ts";
import { environment } from "./device/native.ts";
import { type DeviceSettings, readSettings } from "./device/settings.ts";
import { VAULT_BYTES } from "./device/slot-vault.ts";

/** Two rings of 1 MiB and their roots: about 8,000 sales. */
const JOURNAL_BYTES = 2 * (1_048_576 + 65_536);
const FILE_BYTES_MAX = 65_536;

function dataDirectory(): Directory {
	const path = environment("CLOSEOUT_DATA") ?? String(config.data);
	try {
		return files.openDirectory({ path: path.replace(/^\/+/, "") });
	} catch (cause) {
		const message = `the data directory ${path} cannot be opened; make it or set CLOSEOUT_DATA`;
		throw new CloseoutError("STORAGE_READ", message, { cause });
	}
}

function readFile(directory: Directory, path: string): ArrayBuffer {
	try {
		const file = directory.openFile({ path });
		const bytes = file.read(Math.min(file.status().size, FILE_BYTES_MAX), 0);
		file.close();
		return bytes;
	} catch (cause) {
		const message = `${path}: cannot be read; put it into the data directory`;
		throw new CloseoutError("STORAGE_READ", message, { cause });
	}
}

function settingsIn(directory: Directory): DeviceSettings {
	return readSettings(JSON.parse(decodeUtf8(new Uint8Array(readFile(directory, "terminal.json")))));
}

export default function main(): void {
	const directory = dataDirectory();
	const settings = settingsIn(directory);
	const journalBytes = settings.journalBytes ?? JOURNAL_BYTES;
	new Closeout({
		settings,
		readFile: (name) => readFile(directory, name),
		journal: new FileStorage(directory, "journal.img", journalBytes),
		vault: new FileStorage(directory, "vault.img", VAULT_BYTES),
	}).start();
}
