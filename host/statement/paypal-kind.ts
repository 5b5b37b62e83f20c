import type { RowKind, RowStatus } from "../core/row.ts";

export interface PaypalMeaning {
	readonly kind: RowKind;
	/** Where the event itself says that no money has moved. */
	readonly status?: RowStatus;
}

/** Transaction event codes whose meaning differs from that of their group. */
const codes: Readonly<Record<string, PaypalMeaning>> = {
	T1107: { kind: "refund" },
	T1108: { kind: "fee" },
	T1302: { kind: "void", status: "voided" },
};

/** Groups of transaction event codes, the two digits after `T`. */
const groups: Readonly<Record<string, PaypalMeaning>> = {
	"00": { kind: "sale" },
	"01": { kind: "fee" },
	"02": { kind: "adjustment" },
	"03": { kind: "adjustment" },
	"04": { kind: "payout" },
	"05": { kind: "adjustment" },
	"06": { kind: "adjustment" },
	"07": { kind: "adjustment" },
	"08": { kind: "adjustment" },
	"09": { kind: "adjustment" },
	"10": { kind: "adjustment" },
	"11": { kind: "adjustment" },
	"12": { kind: "adjustment" },
	"13": { kind: "sale", status: "pending" },
	"14": { kind: "adjustment" },
	"15": { kind: "adjustment" },
	"16": { kind: "adjustment" },
	"17": { kind: "adjustment" },
	"18": { kind: "adjustment" },
	"19": { kind: "adjustment" },
	"20": { kind: "adjustment" },
	"21": { kind: "adjustment" },
	"22": { kind: "adjustment" },
	"30": { kind: "adjustment" },
	"50": { kind: "adjustment" },
	"97": { kind: "adjustment" },
	"98": { kind: "adjustment" },
	"99": { kind: "adjustment" },
};

/** What a transaction event code such as `T0006` means; undefined for one of no known group. */
export function paypalMeaning(code: string): PaypalMeaning | undefined {
	if (Object.hasOwn(codes, code)) return codes[code];
	const group = /^T(\d{2})\d{2}$/.exec(code)?.[1] ?? "";
	return Object.hasOwn(groups, group) ? groups[group] : undefined;
}

/**
 * Transactional status of the transaction detail report. A reversed transaction (V) did move its money; the line
 * of its reversal takes it back.
 */
export function paypalStatus(code: string): RowStatus | undefined {
	if (code === "" || code === "S" || code === "V" || code === "F") return "approved";
	if (code === "P") return "pending";
	return code === "D" ? "declined" : undefined;
}

/** Words of the type or description in the exports of the web page; the first that fits counts. */
export const paypalTypes: readonly (readonly [RegExp, PaypalMeaning])[] = [
	[/\bvoid\b/i, { kind: "void", status: "voided" }],
	[/authori[sz]ation/i, { kind: "sale", status: "pending" }],
	[/hold|release|reserve/i, { kind: "adjustment" }],
	[/conversion/i, { kind: "adjustment" }],
	[/withdraw|transfer to bank|user initiated withdrawal/i, { kind: "payout" }],
	[/payment refund|\brefund\b/i, { kind: "refund" }],
	[/\bfee\b/i, { kind: "fee" }],
	[/chargeback|dispute|reversal|cancel+ed|adjustment|correction/i, { kind: "adjustment" }],
	[/deposit|bank funding|credit card|bonus|loan|interest|transfer/i, { kind: "adjustment" }],
	[/payment|checkout|sale|subscription|donation|purchase|invoice|order/i, { kind: "sale" }],
];
