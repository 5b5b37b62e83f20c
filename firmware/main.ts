/** A terminal with an operating system below it: everything it keeps lies in files of one directory. */
import config from "mc/config";
import { CloseoutError } from "../protocol/error.ts";
import type { Screen } from "./core/port.ts";
import { Closeout } from "./device/closeout.ts";
import { DataDirectory } from "./device/data-directory.ts";
import { environment, print } from "./device/native.ts";
import { PiuScreen } from "./device/piu-screen.ts";
import { traceLog } from "./device/trace-log.ts";
import { VaultSigner } from "./signer/vault-signer.ts";

function start(): void {
	const directory = new DataDirectory(environment("CLOSEOUT_DATA") ?? String(config.data));
	const settings = directory.settings();
	const isToldScreens = environment("CLOSEOUT_TELL") === "screens";
	new Closeout({
		settings,
		readFile: (name) => directory.readFile(name),
		journal: directory.journal(settings),
		vault: directory.vault(),
		screen: (wake) => new PiuScreen({ wake }),
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
