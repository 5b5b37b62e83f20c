import { CloseoutError } from "../../protocol/error.ts";
import type { MoneyRow, RowKind, RowStatus } from "../core/row.ts";
import { readCurrency } from "./cells.ts";
import type { Iso8583Message } from "./iso8583-decode.ts";
import { numericCurrencies } from "./iso8583-layout.ts";
import { dateNear, type Moment, parseClock } from "./moment.ts";
import { makeRow } from "./row-draft.ts";
import { FieldError, inField } from "./statement.ts";

/** Response codes of field 39 that mean yes. */
const approvals = ["00", "08", "10", "11", "16", "A2", "A4", "A5", "A6"];

/** Request and response of one exchange; one of the two may be missing in the log. */
export interface Exchange {
	readonly request: Iso8583Message | undefined;
	readonly response: Iso8583Message | undefined;
	readonly line: number;
	readonly date: number | undefined;
}

/** What a message is about; `none` moves no money. */
export type Subject = "payment" | "reversal" | "settlement" | "none";

const subjects: Readonly<Record<string, Subject>> = {
	"2": "payment",
	"4": "reversal",
	"5": "settlement",
};

export function subjectOf({ type, fields }: Iso8583Message): Subject {
	const subject = subjects[type.charAt(1)] ?? "none";
	const amount = Number(fields.get(4) ?? 0);
	return (subject === "payment" || subject === "reversal") && amount === 0 ? "none" : subject;
}

/** Odd third digits are answers. */
export function isResponse({ type }: Iso8583Message): boolean {
	return Number(type.charAt(2)) % 2 === 1;
}

/** The row of an exchange. Throws `SCHEMA` naming the field; never with card data. */
export function exchangeRow(exchange: Exchange, file: string): MoneyRow {
	const { request, response, line } = exchange;
	const message = request ?? response;
	if (message === undefined) throw new CloseoutError("ASSERTION", "an exchange has no message");
	const field = (number: number) =>
		(response?.fields.get(number) ?? request?.fields.get(number) ?? "").trim();
	const kind = kindOf(message, field);
	const currency = currencyOf(field(49), message.layout.isUnionpay);
	const amountMinor = amountOf(field(4));
	const original = field(90).slice(4, 10);
	const isBack = kind === "refund" || kind === "void" || kind === "reversal";
	return makeRow({
		leg: "acquirer",
		file,
		line,
		kind,
		status: statusOf(response, field(39)),
		amountMinor: isBack ? 0 - amountMinor : amountMinor,
		currency,
		references: [field(37)],
		moment: momentOf(field, exchange.date),
		terminalId: field(41),
		trace: traceOf(Number(original) > 0 ? original : field(11)),
		authorisation: field(38),
		batch: message.layout.isUnionpay ? batchOf(field(60)) : undefined,
		lastFour: /\d{4}$/.exec(field(2))?.[0],
	});
}

function statusOf(response: Iso8583Message | undefined, code: string): RowStatus {
	if (response === undefined || code === "") return "unknown";
	return approvals.includes(code) ? "approved" : "declined";
}

/** By message type and processing code; UnionPay's 0200 with code 20 is the void of a sale. */
function kindOf(
	{ type, fields, layout }: Iso8583Message,
	field: (number: number) => string,
): RowKind {
	if (type.charAt(1) === "4") return "reversal";
	const code = (fields.get(3) ?? field(3)).slice(0, 2);
	const isAdvice = type.charAt(2) === "2" || type.charAt(2) === "3";
	if (code === "20") return layout.isUnionpay && !isAdvice ? "void" : "refund";
	if (code === "02" || code === "22") return "adjustment";
	if (field(25) === "06") return "completion";
	return "sale";
}

function currencyOf(text: string, isUnionpay: boolean): string {
	if (text === "" && isUnionpay) return "CNY";
	if (/^[A-Za-z]{3}$/.test(text)) return readCurrency(text);
	const currency = Object.hasOwn(numericCurrencies, text) ? numericCurrencies[text] : undefined;
	if (currency !== undefined) return currency;
	throw new FieldError("field 49", `"${text}" is not a currency that is known by its number`);
}

function amountOf(text: string): number {
	if (/^\d{12}$/.test(text)) return Number(text);
	throw new FieldError("field 4", `"${text}" is not an amount of 12 digits`);
}

function traceOf(text: string): number | undefined {
	return /^\d{6}$/.test(text) ? Number(text) : undefined;
}

/** Two digits of the kind of message, then six of the batch. */
function batchOf(text: string): number | undefined {
	const batch = Number(/^\d{2}(\d{6})/.exec(text)?.[1] ?? 0);
	return batch > 0 ? batch : undefined;
}

/** Local date and time without a year; the year is that of the log. */
function momentOf(field: (number: number) => string, near: number | undefined): Moment | undefined {
	const day = field(13);
	if (near === undefined || !/^\d{4}$/.test(day)) return undefined;
	const date = inField("field 13", () => dateNear(near, Number(day)));
	if (field(12) !== "") inField("field 12", () => parseClock(field(12)));
	return { date, at: undefined };
}
