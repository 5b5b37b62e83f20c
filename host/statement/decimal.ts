import { CloseoutError } from "../../protocol/error.ts";
import { parseAmount } from "../../protocol/money.ts";

export interface DecimalStyle {
	/** The decimal mark; the other one of `.` and `,` may group thousands. `.` unless told otherwise. */
	readonly decimal?: "." | ",";
}

const currencySigns = /[$€£¥￥₣元]|\b(?:CHF|EUR|USD|GBP|CNY|RMB)\b/gu;

/** Sign, whole part in groups of three or none, and fraction, by decimal mark. */
const shapes = {
	".": /^([+-]?)(\d+|\d{1,3}(?:[,'’]\d{3})+)?(?:\.(\d*))?$/,
	",": /^([+-]?)(\d+|\d{1,3}(?:[.'’]\d{3})+)?(?:,(\d*))?$/,
} as const;

/**
 * An amount as reports write it, to minor units: `1,653.75`, `1.653,75` (with `decimal: ","`), `1'653.75`,
 * `-$3.00`, `(3.00)`, `3.00-`, `.72`, `5.`. Groups have to be of three digits, so that a decimal mark that was
 * taken for a group mark is an error and never a factor of a hundred. Nothing is rounded. Throws `SCHEMA`.
 */
export function parseDecimal(text: string, currency: string, style: DecimalStyle = {}): number {
	const { decimal = "." } = style;
	// Most amounts are as plain as they can be.
	if (decimal === "." && /^-?\d+\.\d+$/.test(text)) return parseAmount(text, currency);
	let plain = text.replaceAll(currencySigns, "").replaceAll(/[\s\u00a0\u202f]/g, "");
	plain = plain.replace("\u2212", "-");
	const bracketed = /^\((.+)\)$/.exec(plain)?.[1];
	const trailing = /^(\d.*)([+-])$/.exec(plain);
	if (bracketed !== undefined) plain = `-${bracketed}`;
	else if (trailing !== null) plain = `${trailing[2]}${trailing[1]}`;
	const [, sign = "", whole = "", fraction = ""] = shapes[decimal].exec(plain) ?? [];
	const digits = whole.replaceAll(/\D/g, "");
	if (digits === "" && fraction === "") {
		throw new CloseoutError("SCHEMA", `"${text}" is not a decimal amount`);
	}
	return parseAmount(`${sign}${digits || "0"}.${fraction || "0"}`, currency);
}

/** Whole hundredths without a mark, `10000` for 100.00, in a currency of any precision. Throws `SCHEMA`. */
export function parseHundredths(text: string, currency: string): number {
	if (!/^[+-]?\d{1,15}$/.test(text)) {
		throw new CloseoutError("SCHEMA", `"${text}" is not a whole number of hundredths`);
	}
	const [, sign = "", digits = ""] = /^([+-]?)(\d+)$/.exec(text) ?? [];
	const padded = digits.padStart(3, "0");
	return parseAmount(`${sign}${padded.slice(0, -2)}.${padded.slice(-2)}`, currency);
}

/** A count such as `48`, `20.0` or `1,207`. Throws `SCHEMA`. */
export function parseCount(text: string): number {
	const match = /^(\d{1,9}|\d{1,3}(?:,\d{3})+)(?:\.0+)?$/.exec(text.trim());
	if (match === null) throw new CloseoutError("SCHEMA", `"${text}" is not a count`);
	return Number((match[1] ?? "").replaceAll(",", ""));
}
