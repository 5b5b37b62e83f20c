/**
 * A card transaction as an acquirer's advice, for comparison: ISO 8583:1987, message 0220, with a message
 * authentication code in field 64. Numeric fields and lengths are packed two digits a byte, as terminals do;
 * headers of the transport are left out.
 */
export interface Advice {
	readonly processingCode: string;
	readonly amountMinor: number;
	readonly trace: number;
	/** Seconds since 1970. */
	readonly wallS: number;
	readonly reference: string;
	readonly authorisation: string;
	readonly response: string;
	readonly terminal: string;
	readonly batch: number;
	readonly mac: Uint8Array;
}

/** `n` digits, packed; `an` characters, one byte each; `b` bytes. `digits` of the length prefix make it variable. */
interface Field {
	readonly number: number;
	readonly type: "n" | "an" | "b";
	readonly length: number;
	readonly prefixDigits?: number;
	readonly value: (advice: Advice) => string | Uint8Array;
}

/** Data elements by ISO 8583:1987, part 1, table of data elements; 60 is private use: here the batch number. */
const fields: readonly Field[] = [
	{ number: 3, type: "n", length: 6, value: ({ processingCode }) => processingCode },
	{ number: 4, type: "n", length: 12, value: ({ amountMinor }) => String(amountMinor) },
	{ number: 7, type: "n", length: 10, value: ({ wallS }) => moment(wallS).slice(4, 14) },
	{ number: 11, type: "n", length: 6, value: ({ trace }) => String(trace) },
	{ number: 12, type: "n", length: 6, value: ({ wallS }) => moment(wallS).slice(8, 14) },
	{ number: 13, type: "n", length: 4, value: ({ wallS }) => moment(wallS).slice(4, 8) },
	{ number: 22, type: "n", length: 3, value: () => "051" },
	{ number: 25, type: "n", length: 2, value: () => "00" },
	{ number: 37, type: "an", length: 12, value: ({ reference }) => reference },
	{ number: 38, type: "an", length: 6, value: ({ authorisation }) => authorisation },
	{ number: 39, type: "an", length: 2, value: ({ response }) => response },
	{ number: 41, type: "an", length: 8, value: ({ terminal }) => terminal.slice(-8) },
	{ number: 42, type: "an", length: 15, value: () => "898310000000001" },
	{ number: 49, type: "an", length: 3, value: () => "156" },
	{
		number: 60,
		type: "n",
		length: 11,
		prefixDigits: 3,
		value: ({ batch }) => `22${String(batch).padStart(6, "0")}500`,
	},
	{ number: 64, type: "b", length: 8, value: ({ mac }) => mac },
];

export function packAdvice(advice: Advice): Uint8Array {
	const bitmap = new Uint8Array(8);
	const parts: Uint8Array[] = [packDigits("0220"), bitmap];
	for (const { number, type, length, prefixDigits, value } of fields) {
		const index = (number - 1) >> 3;
		bitmap[index] = (bitmap[index] ?? 0) | (0x80 >> ((number - 1) & 7));
		if (prefixDigits !== undefined) {
			parts.push(packDigits(String(length).padStart(prefixDigits, "0")));
		}
		const content = value(advice);
		if (typeof content !== "string") parts.push(content.slice(0, length));
		else if (type === "n") parts.push(packDigits(content.padStart(length, "0")));
		else parts.push(Buffer.from(content.padEnd(length, " "), "latin1"));
	}
	return new Uint8Array(Buffer.concat(parts));
}

/** Two digits a byte; an odd number of digits has a zero before it. */
function packDigits(digits: string): Uint8Array {
	return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, "hex");
}

/** `yyyymmddhhmmss` */
function moment(wallS: number): string {
	return new Date(wallS * 1000).toISOString().replaceAll(/\D/g, "").slice(0, 14);
}
