import { assert, CloseoutError } from "./error.ts";
import { AMOUNT_MINOR_MAX } from "./limits.ts";

/**
 * Amounts are integers of minor units with an ISO 4217 alphabetic currency code; never a float.
 * Exponents from ISO 4217 list one; a currency that is not named here has two.
 */
const exponents: Readonly<Record<string, number>> = Object.freeze({
	BIF: 0,
	CLP: 0,
	DJF: 0,
	GNF: 0,
	ISK: 0,
	JPY: 0,
	KMF: 0,
	KRW: 0,
	PYG: 0,
	RWF: 0,
	UGX: 0,
	UYI: 0,
	VND: 0,
	VUV: 0,
	XAF: 0,
	XOF: 0,
	XPF: 0,
	BHD: 3,
	IQD: 3,
	JOD: 3,
	KWD: 3,
	LYD: 3,
	OMR: 3,
	TND: 3,
	CLF: 4,
	UYW: 4,
});

/** Number of decimals of the currency's major unit. Throws `SCHEMA` for what is not three capital letters. */
export function exponentOf(currency: string): number {
	if (!/^[A-Z]{3}$/.test(currency)) {
		throw new CloseoutError("SCHEMA", `"${currency}" is not an ISO 4217 code such as CNY`);
	}
	return exponents[currency] ?? 2;
}

/**
 * Minor units as decimal text in the currency's own precision, without grouping. Throws `ASSERTION` for an
 * amount that is not a safe integer, `SCHEMA` for a currency that is none.
 *
 * @example formatAmount(123450, "CNY") // "1234.50"
 */
export function formatAmount(minor: number, currency: string): string {
	assert(Number.isSafeInteger(minor), `${minor} is no whole number of minor units`);
	const exponent = exponentOf(currency);
	const digits = String(Math.abs(minor)).padStart(exponent + 1, "0");
	const sign = minor < 0 ? "-" : "";
	if (exponent === 0) return sign + digits;
	const point = digits.length - exponent;
	return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/**
 * Decimal text to minor units. Takes an optional sign and `.` as the decimal point; more decimals than the
 * currency has are taken only when they are zeros, so nothing is ever rounded. Throws `SCHEMA` for other text,
 * `LIMIT` for more than twelve digits of minor units.
 *
 * @example parseAmount("1234.5", "CNY") // 123450
 */
export function parseAmount(text: string, currency: string): number {
	const exponent = exponentOf(currency);
	const match = /^([+-]?)(\d{1,15})(?:\.(\d{1,10}))?$/.exec(text);
	if (match === null) throw new CloseoutError("SCHEMA", `"${text}" is not a decimal amount`);
	const [, sign = "", whole = "", fraction = ""] = match;
	if (/[1-9]/.test(fraction.slice(exponent))) {
		throw new CloseoutError(
			"SCHEMA",
			`"${text}" has more than ${exponent} decimals of ${currency}`,
		);
	}
	const minor = Number(whole + fraction.slice(0, exponent).padEnd(exponent, "0"));
	if (minor > AMOUNT_MINOR_MAX) {
		throw new CloseoutError("LIMIT", `"${text}" is above ${AMOUNT_MINOR_MAX} minor units`);
	}
	return sign === "-" && minor !== 0 ? -minor : minor;
}
