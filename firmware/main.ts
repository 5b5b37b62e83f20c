/** A terminal with an operating system below it: everything it keeps lies in files of one directory. */
import files, { type Directory } from "embedded:storage/files";
import config from "mc/config";
import { CloseoutError } from "../protocol/error.ts";
import { decodeUtf8 } from "../protocol/utf8.ts";
import type { Screen } from "./core/port.ts";
import { Closeout } from "./device/closeout.ts";
import { FileStorage } from "./device/file-storage.ts";
import { environment, print } from "./device/native.ts";
import { PiuScreen } from "./device/piu-screen.ts";
import { readSettings } from "./device/settings.ts";
import { VAULT_BYTES } from "./device/slot-vault.ts";
import { traceLog } from "./device/trace-log.ts";
import { VaultSigner } from "./signer/vault-signer.ts";

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
		const message = `${path} cannot be read; put it into the data directory`;
		throw new CloseoutError("STORAGE_READ", message, { cause });
	}
}

function readJson(directory: Directory, path: string): unknown {
	const text = decodeUtf8(new Uint8Array(readFile(directory, path)));
	try {
		return JSON.parse(text);
	} catch (cause) {
		throw new CloseoutError("USAGE", `${path}: ${String(cause)}; correct it and start again`, {
			cause,
		});
	}
}

function start(): void {
	const directory = dataDirectory();
	const settings = readSettings(readJson(directory, "terminal.json"));
	const journalBytes = settings.journalBytes ?? JOURNAL_BYTES;
	const isToldScreens = environment("CLOSEOUT_TELL") === "screens";
	new Closeout({
		settings,
		readFile: (name) => readFile(directory, name),
		journal: new FileStorage(directory, "journal.img", journalBytes),
		vault: new FileStorage(directory, "vault.img", VAULT_BYTES),
		signer: (parts) => new VaultSigner(parts),
		...(isToldScreens ? { onScreen: tell } : {}),
	}).start();
}

/** For programs that watch a terminal: one line of JSON a screen. */
function tell(screen: Screen): void {
	print(`screen ${JSON.stringify(screen)}`);
}

/** A terminal that cannot start says why, to the log and to whoever stands before it. */
function refuse(reason: string): void {
	traceLog.write("error", "START", reason);
	new PiuScreen({ wake: () => {} }).write({
		name: "refused",
		title: "! Cannot start 无法启动",
		lines: [{ text: reason, style: "alert" }],
		softKeys: [],
		tone: "alarm",
		language: "en",
	});
}

export default function main(): void {
	try {
		start();
	} catch (error) {
		if (!(error instanceof CloseoutError)) throw error;
		refuse(error.message);
	}
}
