import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CloseoutError } from "../../protocol/error.ts";
import { COLUMN_DOTS, paperText } from "../emulator/paper/model.ts";
import { paperSvg } from "../emulator/paper/picture.ts";
import { makeFiles } from "./books.ts";
import type { Shop } from "./shop.ts";

/** Makes the folder. Throws `USAGE` when there is anything in it already. */
export async function makeKeepDir(path: string): Promise<void> {
	try {
		await mkdir(path, { recursive: true });
		const [found] = await readdir(path);
		if (found === undefined) return;
		throw new CloseoutError("USAGE", `${path} is not empty (${found}); give --keep a new folder`);
	} catch (cause) {
		if (cause instanceof CloseoutError) throw cause;
		const why = cause instanceof Error ? cause.message : String(cause);
		throw new CloseoutError("USAGE", `--keep ${path}: ${why}; give it a folder`, { cause });
	}
}

/** Writes what the day has left: storage image, paper in three forms, and the two files of the money side. */
export async function keepDay(shop: Shop, directory: string): Promise<void> {
	const { settings, parts } = shop.machine;
	const { paper, roll } = parts.printer;
	const columns = settings.paperColumns;
	const { acquirer, bank } = makeFiles(shop);
	const files: Readonly<Record<string, string | Uint8Array>> = {
		"journal.img": parts.flash.image,
		"paper.bin": roll,
		"paper.txt": paperText(paper, { columns }),
		"paper.svg": paperSvg(paper.entries, { dotsAcross: columns * COLUMN_DOTS }),
		"acquirer.csv": acquirer,
		"bank.xml": bank,
	};
	// What is kept is shown to others; the host's key is nobody's business.
	await rm(join(directory, "host-key.pem"), { force: true });
	for (const [name, content] of Object.entries(files)) {
		await writeFile(join(directory, name), content);
	}
}
