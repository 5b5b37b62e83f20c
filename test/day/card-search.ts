import { DatabaseSync } from "node:sqlite";
import { refuseCardNumbers } from "../../protocol/card-guard.ts";
import { CloseoutError } from "../../protocol/error.ts";

/** The place in which a card number stands, or undefined when there is none in it. */
export function findCardNumber(place: string, content: string | Uint8Array): string | undefined {
	try {
		refuseCardNumbers(content, place);
		return undefined;
	} catch (error) {
		if (error instanceof CloseoutError && error.code === "CARD_DATA") return error.message;
		throw error;
	}
}

/** Looks at every value of every table of a database that nobody has open. */
export function findInDatabase(path: string): string | undefined {
	const database = new DatabaseSync(path, { readOnly: true });
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
