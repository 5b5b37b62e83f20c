import { CloseoutError } from "../../protocol/error.ts";
import { parseAmount } from "../../protocol/money.ts";
import { daysBetween, isDate } from "../../protocol/time.ts";
import { parseMoment } from "../statement/moment.ts";

/** What one line of a data set says; lines of one reference are one sale. */
export interface DatasetLine {
	readonly at: number;
	readonly businessDate: number;
	readonly terminal: string | undefined;
	/** Signed: a return is negative. */
	readonly amountMinor: number;
	readonly currency: string;
	readonly method: "card" | "qr" | "cash";
	readonly reference: string;
	readonly cancelled: boolean;
}

export interface DatasetFormat {
	readonly name: string;
	/** Columns by which the header is recognised. */
	readonly columns: readonly string[];
	readonly reason: string;
	readonly read: (field: (column: string) => string, line: number) => DatasetLine;
}

const methods = ["card", "qr", "cash"] as const;

export const datasetFormats: readonly DatasetFormat[] = [
	{
		name: "retail-day",
		columns: ["at", "terminal", "reference", "method", "kind", "amount", "currency", "cancelled"],
		reason: "the columns are those of the project's own day of sales",
		read: (field) => {
			const currency = field("currency");
			const sign = oneOf("kind", ["sale", "refund"], field("kind")) === "refund" ? -1 : 1;
			const { at, date } = parseMoment(field("at"));
			if (at === undefined) throw new CloseoutError("SCHEMA", `"${field("at")}" has no zone`);
			return {
				at,
				businessDate: date,
				terminal: field("terminal"),
				amountMinor: sign * parseAmount(field("amount"), currency),
				currency,
				method: oneOf("method", methods, field("method")),
				reference: field("reference"),
				cancelled: oneOf("cancelled", ["yes", "no"], field("cancelled")) === "yes",
			};
		},
	},
	{
		name: "coffee-vending",
		columns: ["date", "datetime", "cash_type", "money", "coffee_name"],
		reason:
			"the columns are those of the coffee machine's sales; amounts are taken as UAH, the line number is the reference",
		read: (field, line) => ({
			...slashMoment(field("datetime")),
			terminal: undefined,
			amountMinor: parseAmount(field("money"), "UAH"),
			currency: "UAH",
			method: oneOf("cash_type", ["card", "cash"], field("cash_type")),
			reference: `C${line}`,
			cancelled: false,
		}),
	},
	{
		name: "vending-machines",
		columns: ["Device ID", "Transaction", "TransDate", "Type", "LineTotal"],
		reason:
			"the columns are those of the vending machines' sales; a device is a terminal, amounts are taken as USD, and because there is no time of day, the transaction number chooses a second between 08:00 and 20:00",
		read: (field) => {
			const businessDate = longDate(field("TransDate"));
			const second = Number(field("Transaction").slice(-9)) % 43_200;
			return {
				at: midnight(businessDate) + 28_800 + second,
				businessDate,
				terminal: field("Device ID"),
				amountMinor: parseAmount(field("LineTotal"), "USD"),
				currency: "USD",
				method: oneOf("Type", ["Credit", "Cash"], field("Type")) === "Cash" ? "cash" : "card",
				reference: field("Transaction"),
				cancelled: false,
			};
		},
	},
	{
		name: "online-retail",
		columns: ["InvoiceNo", "Quantity", "InvoiceDate", "UnitPrice"],
		reason:
			"the columns are those of the online shop's invoices; amounts are GBP, all are taken as paid by card, an invoice below zero is a refund",
		read: (field) => {
			const { at, date } = parseMoment(`${field("InvoiceDate").replace(" ", "T")}Z`);
			if (at === undefined) throw new CloseoutError("SCHEMA", "the invoice has no time");
			return {
				at,
				businessDate: date,
				terminal: undefined,
				amountMinor: times(
					wholeNumber("Quantity", field("Quantity")),
					parseAmount(field("UnitPrice"), "GBP"),
				),
				currency: "GBP",
				method: "card",
				reference: field("InvoiceNo"),
				cancelled: false,
			};
		},
	},
	{
		name: "supermarket",
		columns: ["invoice id", "total", "date", "time", "payment"],
		reason: "the columns are those of the supermarket's invoices; amounts are taken as USD",
		read: (field) => {
			// A workbook keeps the day and the time of day as two moments, each with a meaningless other half.
			const day = field("date").slice(0, 10);
			const { at, date } = parseMoment(`${day}T${field("time").slice(11)}Z`);
			if (at === undefined) throw new CloseoutError("SCHEMA", "the invoice has no time");
			const paid = oneOf("payment", ["Cash", "Credit card", "Ewallet"], field("payment"));
			return {
				at,
				businessDate: date,
				terminal: undefined,
				amountMinor: parseAmount(field("total"), "USD"),
				currency: "USD",
				method: paid === "Cash" ? "cash" : paid === "Ewallet" ? "qr" : "card",
				reference: field("invoice id"),
				cancelled: false,
			};
		},
	},
];

function oneOf<T extends string>(name: string, values: readonly T[], text: string): T {
	const value = values.find((known) => known === text);
	if (value !== undefined) return value;
	throw new CloseoutError("SCHEMA", `${name} "${text}" is none of ${values.join(", ")}`);
}

function times(count: number, priceMinor: number): number {
	const product = count * priceMinor;
	if (Number.isSafeInteger(product)) return product;
	throw new CloseoutError("SCHEMA", `${count} times ${priceMinor} is too large`);
}

function wholeNumber(name: string, text: string): number {
	if (/^-?\d{1,9}$/.test(text)) return Number(text);
	throw new CloseoutError("SCHEMA", `${name} "${text}" is not a whole number`);
}

/** `2024/3/1 10:15` */
function slashMoment(text: string): { at: number; businessDate: number } {
	const match = /^(\d{4})\/(\d{1,2})\/(\d{1,2}) (\d{1,2}):(\d{2})$/.exec(text);
	if (match === null)
		throw new CloseoutError("SCHEMA", `"${text}" is not a time such as 2024/3/1 10:15`);
	const [, year = "", month = "", day = "", hour = "", minute = ""] = match;
	const pad = (part: string) => part.padStart(2, "0");
	const { at, date } = parseMoment(`${year}-${pad(month)}-${pad(day)}T${pad(hour)}:${minute}Z`);
	return { at: at ?? 0, businessDate: date };
}

const months = [
	"January",
	"February",
	"March",
	"April",
	"May",
	"June",
	"July",
	"August",
	"September",
	"October",
	"November",
	"December",
];

/** `Saturday, January 1, 2022` */
function longDate(text: string): number {
	const [, name = "", day, year] = /^[A-Za-z]+, ([A-Za-z]+) (\d{1,2}), (\d{4})$/.exec(text) ?? [];
	const date = Number(year) * 10_000 + (months.indexOf(name) + 1) * 100 + Number(day);
	if (isDate(date)) return date;
	throw new CloseoutError("SCHEMA", `"${text}" is not a date such as Saturday, January 1, 2022`);
}

function midnight(date: number): number {
	return daysBetween(1970_01_01, date) * 86_400;
}
