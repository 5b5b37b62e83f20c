/** Characters after which banks break a line of field 86 inside a word. */
const FULL_LINE_LENGTH = 65;

export interface SwiftDetails {
	readonly text: string;
	readonly references: readonly string[];
}

/**
 * Field 86, information to the account owner. Three customs are known: numbered subfields after a transaction code
 * (`166?00…?20…`, or `>20…`), words between slashes (`/EREF/…/REMI/…`), and plain text. The text that is given has
 * the remittance, the name of the other side and nothing of the marks.
 */
export function readDetails(lines: readonly string[]): SwiftDetails {
	const joined = lines.join("");
	const mark = /^\s*\d{3}\s*\?\d{2}/.test(joined)
		? "?"
		: /^\s*>\d{2}/.test(joined)
			? ">"
			: undefined;
	if (mark !== undefined) return subfields(joined, mark);
	const text = joinLines(lines);
	return { text: text.trim(), references: slashReferences(text) };
}

/** A line as long as a line can be goes on inside a word; between others there is a space. */
function joinLines(lines: readonly string[]): string {
	let text = "";
	let isFull = true;
	for (const [index, line] of lines.entries()) {
		text += isFull ? line : ` ${line.trimStart()}`;
		// Some banks count the four characters of the tag.
		const length = index === 0 && line.startsWith("/") ? line.length + ":86:".length : line.length;
		isFull = length >= FULL_LINE_LENGTH;
		if (!isFull) text = text.trimEnd();
	}
	return text;
}

function subfields(joined: string, mark: "?" | ">"): SwiftDetails {
	const pattern = mark === "?" ? /\?(\d{2})([^?]*)/g : />(\d{2})([^>]*)/g;
	const fields = [...joined.matchAll(pattern)].map(([, code = "", text = ""]) => ({
		code: Number(code),
		text,
	}));
	const between = (from: number, to: number) =>
		fields
			.filter(({ code }) => code >= from && code <= to)
			.map(({ text }) => text)
			.join("");
	const remittance = between(20, 29) + between(60, 63);
	const name = between(32, 33);
	const spaced = remittance.replaceAll(new RegExp(plusWords, "g"), " $1+").replaceAll(/\s+/g, " ");
	const text = [between(0, 0), spaced, name].map((one) => one.trim()).filter(Boolean);
	return { text: text.join(" "), references: plusReferences(remittance) };
}

/** Keywords of the SEPA remittance that name a transaction; every keyword ends the value before it. */
const plusWords = /(EREF|KREF|MREF|CRED|DEBT|COAM|OAMT|SVWZ|ABWA|ABWE|IBAN|BIC)\+/;

function plusReferences(remittance: string): string[] {
	const parts = remittance.split(plusWords);
	const references: string[] = [];
	for (let at = 1; at < parts.length; at += 2) {
		const word = parts[at];
		const value = (parts[at + 1] ?? "").trim();
		if ((word === "EREF" || word === "KREF") && isGiven(value)) references.push(value);
	}
	return references;
}

function slashReferences(text: string): string[] {
	const found = text.matchAll(/\/(?:EREF|PREF|CSID-REF)\/([^/]+)/g);
	return [...found].map(([, value = ""]) => value.trim()).filter(isGiven);
}

function isGiven(value: string): boolean {
	return !/^(|NOTPROVIDED|NONREF)$/i.test(value);
}
