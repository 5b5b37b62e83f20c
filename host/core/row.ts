import { assert, CloseoutError } from "../../protocol/error.ts";
import { formatAmount } from "../../protocol/money.ts";
import { isDate } from "../../protocol/time.ts";

/** The books that are compared; `shop` is a list of orders, where a shop has one. */
export const legs = ["terminal", "acquirer", "bank", "shop"] as const;
export type Leg = (typeof legs)[number];

/**
 * What a line of money is. `credit` and `debit` are bank entries whose purpose the bank does not say; the
 * matcher finds it. `reversal` is a void that a machine made. Pre-authorisations move no money and are no rows.
 */
export const rowKinds = [
	"sale",
	"completion",
	"refund",
	"void",
	"reversal",
	"adjustment",
	"fee",
	"payout",
	"credit",
	"debit",
] as const;
export type RowKind = (typeof rowKinds)[number];

/** `pending` is announced by the acquirer or the bank and not final; `unknown` is an outcome nobody learnt. */
export const rowStatuses = ["approved", "declined", "voided", "unknown", "pending"] as const;
export type RowStatus = (typeof rowStatuses)[number];

/** Where a row came from, so that a person finds it again. */
export interface RowSource {
	readonly file: string;
	/** Line of the file, or sequence number of the journal; counted from 1. */
	readonly line: number;
	/** The line kept aside for which this row stands, now that a person has corrected it. */
	readonly corrects?: { readonly statement: string; readonly number: number };
}

/** One line of money in the form that all three legs share. */
export interface MoneyRow {
	readonly leg: Leg;
	readonly terminalId?: string;
	/**
	 * Retrieval reference number or the provider's id; "" when there is none. A void or reversal carries the
	 * reference and the trace of the transaction that it takes back.
	 */
	readonly reference: string;
	/** Further references that a bank states for the same line. */
	readonly references?: readonly string[];
	/** ISO 8583 field 11. */
	readonly trace?: number;
	/** ISO 8583 field 38. */
	readonly authorisation?: string;
	readonly batch?: number;
	readonly kind: RowKind;
	/**
	 * Signed as it moves money to the merchant: a sale, a completion and a payout are positive; a refund, the
	 * void of a sale and a fee are negative; the void of a refund is positive.
	 */
	readonly amountMinor: number;
	readonly currency: string;
	/** Seconds since 1970-01-01T00:00:00Z. */
	readonly at?: number;
	/** `yyyymmdd`: the business date; on the bank leg the booking date. */
	readonly businessDate?: number;
	/** A fee the line says was held back from `amountMinor`; never negative. */
	readonly feeMinor?: number;
	readonly lastFour?: string;
	/** Remittance information or a remark, as far as it helps to match. */
	readonly text?: string;
	readonly source: RowSource;
	readonly status: RowStatus;
}

/** The row itself when it is well formed. Throws `STATEMENT_ROW` naming file and line. */
export function checkRow(row: MoneyRow): MoneyRow {
	const fault = faultOf(row);
	if (fault === undefined) return row;
	throw new CloseoutError("STATEMENT_ROW", `${row.source.file}:${row.source.line}: ${fault}`);
}

function faultOf(row: MoneyRow): string | undefined {
	if (!Number.isSafeInteger(row.amountMinor)) {
		return `the amount ${row.amountMinor} is not a whole number of minor units`;
	}
	if (!/^[A-Z]{3}$/.test(row.currency)) return `"${row.currency}" is not an ISO 4217 code`;
	if (row.businessDate !== undefined && !isDate(row.businessDate)) {
		return `${row.businessDate} is not a date yyyymmdd`;
	}
	if (row.at !== undefined && !Number.isSafeInteger(row.at))
		return `${row.at} is not whole seconds`;
	if (row.feeMinor !== undefined && !(Number.isSafeInteger(row.feeMinor) && row.feeMinor >= 0)) {
		return `the fee ${row.feeMinor} is not a whole number from 0`;
	}
	return undefined;
}

/** Adds exactly. Throws `ASSERTION` when the sum leaves the range in which every integer is exact. */
export function addMinor(sum: number, amountMinor: number): number {
	const total = sum + amountMinor;
	assert(Number.isSafeInteger(total), `sum ${sum} + ${amountMinor} is not exact`);
	return total;
}

/**
 * One order over rows that does not depend on the order they came in: by date, reference, amount and source.
 * Text is compared by code units, so every machine agrees.
 */
export function compareRows(a: MoneyRow, b: MoneyRow): number {
	return (
		(a.businessDate ?? 0) - (b.businessDate ?? 0) ||
		compareText(a.terminalId ?? "", b.terminalId ?? "") ||
		compareText(a.reference, b.reference) ||
		a.amountMinor - b.amountMinor ||
		compareText(a.currency, b.currency) ||
		compareText(a.kind, b.kind) ||
		compareText(a.status, b.status) ||
		compareText(a.source.file, b.source.file) ||
		a.source.line - b.source.line
	);
}

export function compareText(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

/** Amount with its currency for people: `12.50 CNY`. */
export function moneyText(amountMinor: number, currency: string): string {
	return `${formatAmount(amountMinor, currency)} ${currency}`;
}
