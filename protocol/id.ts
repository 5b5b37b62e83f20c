import { CloseoutError } from "./error.ts";
import { ID_LENGTH_MAX, ID_LENGTH_MIN } from "./limits.ts";
import { text, where } from "./schema.ts";

const idCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-";

/** True for a terminal or tenant identifier: `[a-z0-9-]{4,32}`, safe in a topic, a file name and a URL. */
export function isId(text: string): boolean {
	if (text.length < ID_LENGTH_MIN || text.length > ID_LENGTH_MAX) return false;
	for (const character of text) if (!idCharacters.includes(character)) return false;
	return true;
}

/** A terminal or tenant identifier in a record or message. */
export const identifier = where(
	text(ID_LENGTH_MAX),
	`tstr .regexp "[a-z0-9-]{${ID_LENGTH_MIN},${ID_LENGTH_MAX}}"`,
	`${ID_LENGTH_MIN} to ${ID_LENGTH_MAX} of a-z, 0-9 and -`,
	isId,
);

/** Returns the identifier or throws `SCHEMA` saying which one is wrong. */
export function checkId(what: string, text: string): string {
	if (isId(text)) return text;
	const shape = `${ID_LENGTH_MIN} to ${ID_LENGTH_MAX} of a-z, 0-9 and -`;
	throw new CloseoutError("SCHEMA", `${what} "${text}" is not ${shape}`);
}

/**
 * Name of anything the journal made, unique over all terminals and for ever: the terminal, its epoch and the
 * sequence number of the record that made it.
 *
 * @example globalId("shop-0001", 2, 1417) // "shop-0001.2.1417"
 */
export function globalId(terminal: string, epoch: number, sequence: number): string {
	return `${terminal}.${epoch}.${sequence}`;
}
