import type { CborValue } from "./cbor.ts";
import { CloseoutError } from "./error.ts";
import { AMOUNT_MINOR_MAX } from "./limits.ts";
import { blockerType, schemeGroup, verdict } from "./record-choice.ts";
import { nullable, type Schema, text, tuple, uint, where } from "./schema.ts";
import { utf16Units } from "./utf8.ts";

/** Fields that records and messages have in common. */

const UINT32_MAX = 0xffff_ffff;

/** A payment application's own number of a charge: at most twelve digits, so that it cannot be a card number. */
export const requestNumber = uint(999_999_999_999);
export const currency = where(
	text(3),
	'tstr .regexp "[A-Z]{3}"',
	"three capital letters of ISO 4217",
	(value) => /^[A-Z]{3}$/.test(value),
);
/** All that may be kept of a card number. */
export const lastFour = where(text(4), 'tstr .regexp "[0-9]{4}"', "four digits", (value) =>
	/^[0-9]{4}$/.test(value),
);
/** What the acquirer says of an approval or a refusal, and by whose card. */
export const cardFacts = {
	group: schemeGroup,
	scheme: text(16),
	/** Retrieval reference number, ISO 8583 field 37. */
	reference: nullable(text(32)),
	/** ISO 8583 field 38. */
	authorisation: nullable(text(8)),
	/** ISO 8583 field 39. */
	response: nullable(text(4)),
	lastFour: nullable(lastFour),
} as const;
/** Counts and amounts a settlement agrees with the acquirer; voids stand apart and are not taken off debits. */
export const groupTotals = tuple({
	group: schemeGroup,
	debitCount: uint(UINT32_MAX),
	debitMinor: uint(),
	creditCount: uint(UINT32_MAX),
	creditMinor: uint(),
	voidCount: uint(UINT32_MAX),
	voidMinor: uint(),
});

export const groupVerdict = tuple({ group: schemeGroup, verdict });
export const exception = tuple({ blocker: blockerType, count: uint(UINT32_MAX) });

const SCALAR_TEXT_MAX = 64;

/** A value of the configuration: whole number of at most twelve digits (so that it cannot be a card number), text or yes/no. */
export const scalar: Schema<number | string | boolean> = {
	cddl: `${-AMOUNT_MINOR_MAX}..${AMOUNT_MINOR_MAX} / tstr .size (0..${SCALAR_TEXT_MAX * 3}) / bool`,
	encode: checkScalar,
	decode: checkScalar,
};

function checkScalar(value: CborValue, path: string): number | string | boolean {
	if (typeof value === "string" && utf16Units(value) <= SCALAR_TEXT_MAX) return value;
	if (Number.isSafeInteger(value) && typeof value === "number") {
		if (Math.abs(value) <= AMOUNT_MINOR_MAX) return value;
	}
	if (typeof value === "boolean") return value;
	throw new CloseoutError("SCHEMA", `${path}: not a whole number, a short text, true or false`);
}
