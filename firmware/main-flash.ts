/** A terminal on a microcontroller: journal and vault are partitions of its flash memory, settings are built in. */

import Resource from "Resource";
import config from "mc/config";
import { CloseoutError } from "../protocol/error.ts";
import { Closeout } from "./device/closeout.ts";
import { FlashStorage } from "./device/flash-storage.ts";
import { PiuScreen } from "./device/piu-screen.ts";
import { readSettings } from "./device/settings.ts";

/** Names of the partition table in `manifests/esp32/partitions.csv`. */
const JOURNAL_PARTITION = "journal";
const VAULT_PARTITION = "vault";

function readFile(path: string): ArrayBuffer {
	if (!Resource.exists(path)) {
		const message = `no resource ${path}; add it to the manifest of this terminal`;
		throw new CloseoutError("NOT_FOUND", message);
	}
	const resource = new Resource(path);
	return resource.slice(0, resource.byteLength);
}

export default function main(): void {
	const palette = config.palette === "monochrome" ? "monochrome" : "colour";
	new Closeout({
		settings: readSettings(config.closeout),
		readFile,
		journal: new FlashStorage(JOURNAL_PARTITION),
		vault: new FlashStorage(VAULT_PARTITION),
		screen: (wake) => new PiuScreen({ palette, wake }),
	}).start();
}
