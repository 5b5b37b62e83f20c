import { DatabaseSync } from "node:sqlite";
import { refuseCardNumbers } from "../../protocol/card-guard.ts";
import { CloseoutError } from "../../protocol/error.ts";

/** SHA-256 in hexadecimal digits: now and then one has many decimal digits in a row, and no card number hides in it. */
const hashPattern = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

/** The place in which a card number stands, or undefined when there is none in it. */
export function findCardNumber(place: string, content: string | Uint8Array): string | undefined {
	const text = typeof content === "string" ? content : Buffer.from(content).toString("latin1");
	try {
		refuseCardNumbers(text.replaceAll(hashPattern, "<hash>"), place);
		return undefined;
	} catch (error) {
		if (error instanceof CloseoutError && error.code === "CARD_DATA") return error.message;
		throw error;
	}
}

/** Looks at every value of every table of a database that nobody has open. */
export function findInDatabase(path: string): string | undefined {
	// Opened for writing too, so that no side file of a read-only connection is left behind.
	const database = new DatabaseSync(path);
	try {
		const tables = database.prepare("select name from sqlite_master where type = 'table'").all();
		for (const { name } of tables) {
			const rows = database.prepare(`select * from "${String(name)}"`).iterate();
			for (const row of rows) {
				for (const [column, value] of Object.entries(row)) {
					if (typeof value !== "string" && !(value instanceof Uint8Array)) continue;
					const found = findCardNumber(`${String(name)}.${column}`, value);
					if (found !== undefined) return found;
				}
			}
		}
		return undefined;
	} finally {
		database.close();
	}
}
