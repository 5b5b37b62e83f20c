import { CloseoutError } from "../../protocol/error.ts";
import { parseAmount } from "../../protocol/money.ts";
import type { MoneyRow, RowSource, RowStatus } from "../core/row.ts";
import { maskCardNumbers } from "./mask.ts";
import { type Moment, parseDate, parseMoment } from "./moment.ts";
import { FieldError, inField } from "./statement.ts";

/** One value of an element, with its currency where it has one. */
export interface Value {
	readonly text: string;
	readonly currency: string | undefined;
}

/** Values of one entry, detail or balance by their path below it, such as `BookgDt/Dt`. */
export class Fields {
	readonly line: number;
	readonly #values = new Map<string, Value[]>();

	constructor(line: number) {
		this.line = line;
	}

	add(path: string, value: Value): void {
		const values = this.#values.get(path);
		if (values === undefined) this.#values.set(path, [value]);
		else values.push(value);
	}

	all(...paths: readonly string[]): Value[] {
		return paths.flatMap((path) => this.#values.get(path) ?? []);
	}

	texts(...paths: readonly string[]): string[] {
		return this.all(...paths)
			.map((value) => value.text)
			.filter((text) => text !== "");
	}

	text(...paths: readonly string[]): string | undefined {
		return this.texts(...paths)[0];
	}
}

/** A signed amount. */
export interface Amount {
	readonly amountMinor: number;
	readonly currency: string;
}

/**
 * The amount of an element. Up to five decimals may stand in the file; zeros beyond the currency's own are
 * dropped, anything else there is an error, because half a cent can be neither compared nor paid.
 */
export function amountOf(value: Value): Amount {
	if (value.currency === undefined) throw new CloseoutError("SCHEMA", "Amt has no currency (Ccy)");
	return { amountMinor: parseAmount(value.text, value.currency), currency: value.currency };
}

/**
 * Credits are positive. A reversal needs no second sign: its indicator names the direction of the booking itself
 * (ISO 20022, ReversalIndicator: "if CRDT and true, the original was a debit").
 */
export function signOf(indicator: string | undefined): 1 | -1 {
	if (indicator === "CRDT") return 1;
	if (indicator === "DBIT") return -1;
	throw new CloseoutError("SCHEMA", `CdtDbtInd is "${indicator ?? ""}" and not CRDT or DBIT`);
}

/** One transaction inside an entry. */
export interface Detail {
	readonly line: number;
	/** Undefined when the bank does not say it. */
	readonly amount: Amount | undefined;
	readonly references: readonly string[];
	readonly feeMinor: number;
	readonly text: string;
}

const detailReferences = [
	"Refs/EndToEndId",
	"Refs/InstrId",
	"Refs/TxId",
	"RmtInf/Strd/CdtrRefInf/Ref",
	"Refs/AcctSvcrRef",
	"Refs/UETR",
	"Refs/MsgId",
	"Refs/PmtInfId",
	"Refs/ClrSysRef",
	"Refs/Prtry/Ref",
];
const entryReferences = [
	"AcctSvcrRef",
	"NtryRef",
	"NtryDtls/Btch/MsgId",
	"NtryDtls/Btch/PmtInfId",
	"Btch/MsgId",
	"Btch/PmtInfId",
];
const detailTexts = ["RmtInf/Ustrd", "RmtInf/Strd/AddtlRmtInf", "AddtlTxInf"];
const chargeRecords = ["Chrgs/Amt", "Chrgs/Rcrd/Amt"];

/** `TxDtls`. Version 2 states the amount in `AmtDtls`, later ones beside it. */
export function readDetail(fields: Fields, entry: Fields): Detail {
	const stated = fields.all("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt")[0];
	let amount: Amount | undefined;
	if (stated !== undefined) {
		const sign = signOf(fields.text("CdtDbtInd") ?? entry.text("CdtDbtInd"));
		const { amountMinor, currency } = amountOf(stated);
		amount = { amountMinor: sign * amountMinor, currency };
	}
	return {
		line: fields.line,
		amount,
		references: references(fields.texts(...detailReferences)),
		feeMinor: chargeOf(fields, entry.all("Amt")[0]?.currency),
		text: fields.texts(...detailTexts).join(" "),
	};
}

/** `Ntry` without its details. */
export interface Entry {
	readonly line: number;
	readonly amount: Amount;
	readonly status: RowStatus | "information";
	readonly date: number | undefined;
	readonly at: number | undefined;
	readonly references: readonly string[];
	readonly feeMinor: number;
	readonly text: string;
}

export function readEntry(fields: Fields): Entry {
	const stated = fields.all("Amt")[0];
	if (stated === undefined) throw new FieldError("Amt", "the entry has none");
	const { amountMinor, currency } = inField("Amt", () => amountOf(stated));
	const sign = inField("CdtDbtInd", () => signOf(fields.text("CdtDbtInd")));
	const booked = momentOf(fields, "BookgDt") ?? momentOf(fields, "ValDt");
	return {
		line: fields.line,
		amount: { amountMinor: sign * amountMinor, currency },
		status: statusOf(fields.text("Sts", "Sts/Cd", "Sts/Prtry")),
		date: booked?.date,
		at: booked?.at,
		references: references(fields.texts(...entryReferences)),
		feeMinor: chargeOf(fields, currency),
		text: fields.texts("AddtlNtryInf").join(" "),
	};
}

/** Booked is final; pending and future are announced; a code of the bank's own is announced until it says more. */
function statusOf(code: string | undefined): Entry["status"] {
	if (code === undefined) throw new FieldError("Sts", "the entry has none");
	if (code === "BOOK") return "approved";
	return code === "INFO" ? "information" : "pending";
}

function momentOf(fields: Fields, name: string): Moment | undefined {
	return inField(name, () => readMoment(fields, name));
}

function readMoment(fields: Fields, name: string): Moment | undefined {
	const time = fields.text(`${name}/DtTm`);
	if (time !== undefined) return parseMoment(time);
	const date = fields.text(`${name}/Dt`);
	// Some banks write a time where the schema has a date.
	if (date?.includes("T")) return parseMoment(date);
	return date === undefined ? undefined : { date: parseDate(date), at: undefined };
}

/** Charges in the entry's currency: the total where it is stated, else the sum of the records. */
function chargeOf(fields: Fields, currency: string | undefined): number {
	const total = fields.all("Chrgs/TtlChrgsAndTaxAmt");
	const values = total.length > 0 ? total : fields.all(...chargeRecords);
	let minor = 0;
	for (const value of values) {
		if (value.currency === currency) minor += amountOf(value).amountMinor;
	}
	return minor;
}

/** Distinct references without the words that banks write where there is none. */
function references(texts: readonly string[]): string[] {
	return [...new Set(texts)].filter((text) => !/^(NOTPROVIDED|NOT PROVIDED|NONREF|-)$/i.test(text));
}

/** A row of the entry as a whole, or of one detail of it. */
export function entryRow(entry: Entry, detail: Detail | undefined, file: string): MoneyRow {
	const [reference = "", ...others] = new Set([...(detail?.references ?? []), ...entry.references]);
	const amount = detail?.amount ?? entry.amount;
	const feeMinor = detail === undefined ? entry.feeMinor : detail.feeMinor;
	const text = maskCardNumbers([detail?.text ?? "", entry.text].filter(Boolean).join(" "));
	const source: RowSource = { file, line: detail?.line ?? entry.line };
	return {
		leg: "bank",
		reference,
		...(others.length === 0 ? {} : { references: others }),
		kind: amount.amountMinor < 0 ? "debit" : "credit",
		amountMinor: amount.amountMinor,
		currency: amount.currency,
		...(entry.at === undefined ? {} : { at: entry.at }),
		...(entry.date === undefined ? {} : { businessDate: entry.date }),
		...(feeMinor === 0 ? {} : { feeMinor }),
		...(text === "" ? {} : { text }),
		source,
		status: entry.status === "information" ? "declined" : entry.status,
	};
}
