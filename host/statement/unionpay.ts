import { TextDecoder } from "node:util";
import { CloseoutError } from "../../protocol/error.ts";
import { isDate } from "../../protocol/time.ts";
import { type MoneyRow, moneyText, type RowKind } from "../core/row.ts";
import { lastFourOf } from "./cells.ts";
import { CHINA_CURRENCY } from "./china.ts";
import { dateNear, type Moment, parseClock, wallInstant } from "./moment.ts";
import { makeRow } from "./row-draft.ts";
import {
	FieldError,
	inField,
	type ParseOptions,
	type StatementParser,
	type StatementSource,
	statementError,
} from "./statement.ts";
import { Tally } from "./tally.ts";
import { readByteLines } from "./text.ts";
import {
	type FixedField,
	hasLayout,
	type UnionpayFields,
	type UnionpayLayout,
	unionpayLayoutOf,
} from "./unionpay-layout.ts";
import { CHINA_ZONE } from "./zone.ts";

/**
 * UnionPay's flow files of fixed width (ZM, ACOMN). The first record tells the layout, and every other one has to
 * have it; blanks that a tool cut off at the end are told. Where a record states fee and net, gross less fee is checked against the net as a finding. Records that
 * reserve an amount (pre-authorisations) are counted and told.
 */
export const unionpay: StatementParser = {
	format: "unionpay",
	leg: "acquirer",
	parse: parseUnionpay,
};

async function* parseUnionpay(source: StatementSource, options?: ParseOptions) {
	const tally = new Tally(source, options);
	const fileDate = dateOfName(source.name);
	let layout: UnionpayLayout | undefined;
	let length = 0;
	let isTold = false;
	for await (const { bytes, line } of readByteLines(source)) {
		if (layout === undefined) {
			layout = unionpayLayoutOf(bytes);
			length = bytes.length;
		}
		if (layout === undefined) {
			const what = "the record has none of the known layouts of UnionPay's flow files (ZM, ACOMN)";
			throw statementError("STATEMENT_FORMAT", source, line, what);
		}
		const record = new FixedRecord(layout, bytes);
		if (tally.attempt(line, () => record.check()) === undefined) continue;
		if (bytes.length !== length && !isTold) {
			const what = `the record has ${bytes.length} bytes and the first one ${length}; the fields are all there`;
			tally.find("details", line, what);
			isTold = true;
		}
		const { kind: meaning, word } = kindOf(record);
		if (meaning === "none") {
			tally.noMoney(`records of pre-authorisations (${word})`);
			continue;
		}
		if (meaning === undefined) tally.unknownWord(line, "transaction type", word, "an adjustment");
		const row = tally.row(line, () =>
			rowOf(tally, record, meaning ?? "adjustment", fileDate, line),
		);
		if (row === undefined) continue;
		tally.accounts.add(record.text("merchant"));
		yield row;
	}
	if (layout === undefined) {
		throw statementError("STATEMENT_FORMAT", source, 1, "the file is empty");
	}
	return tally.summary(`unionpay-${layout.name}`);
}

const decoder = new TextDecoder("gb18030");

/** Fields of one record as texts; each is decoded by itself, because places are counted in bytes. */
class FixedRecord {
	readonly #layout: UnionpayLayout;
	readonly #bytes: Uint8Array;

	constructor(layout: UnionpayLayout, bytes: Uint8Array) {
		this.#layout = layout;
		this.#bytes = bytes;
	}

	/** Throws `SCHEMA` when a field is missing or stands elsewhere. */
	check(): true {
		if (hasLayout(this.#layout, this.#bytes)) return true;
		const { name } = this.#layout;
		const what = `the record of ${this.#bytes.length} bytes has not the fields of the layout ${name}`;
		throw new CloseoutError("SCHEMA", what);
	}

	text(name: keyof UnionpayFields): string {
		const field: FixedField | undefined = this.#layout.fields[name];
		if (field === undefined) return "";
		const bytes = this.#bytes.subarray(field.at, field.at + field.length);
		return decoder.decode(bytes).replaceAll("\u0000", " ").trim();
	}

	/** Fen of a field with or without `C` or `D` before it; a charge is negative. */
	fen(name: keyof UnionpayFields): number {
		const text = this.text(name);
		const match = /^([CD])?(\d{1,12})$/.exec(text);
		if (match === null) throw new FieldError(name, `"${text}" is not an amount in fen`);
		const minor = Number(match[2]);
		return match[1] === "D" ? 0 - minor : minor;
	}
}

/** `none` reserves an amount or looks one up. */
type Meaning = RowKind | "none";

/** Transaction types of the online platform. */
const types: Readonly<Record<string, Meaning>> = {
	"00": "none",
	"01": "sale",
	"02": "none",
	"03": "completion",
	"04": "refund",
	"11": "sale",
	"12": "adjustment",
	"13": "sale",
	"14": "adjustment",
	"31": "void",
	"32": "none",
	"33": "void",
	"71": "none",
};

/** Message type and first two digits of the processing code; with condition 06 it is about a pre-authorisation. */
const messages: Readonly<Record<string, Meaning>> = {
	"0100 03": "none",
	"0100 20": "none",
	"0200 00": "sale",
	"0200 20": "void",
	"0220 00": "completion",
	"0220 20": "refund",
	"0420 00": "reversal",
	"0420 20": "reversal",
	"0420 03": "none",
};

function kindOf(record: FixedRecord): { kind: Meaning | undefined; word: string } {
	const type = record.text("type");
	if (type !== "")
		return { kind: Object.hasOwn(types, type) ? types[type] : undefined, word: type };
	const word = `${record.text("message")} ${record.text("processing").slice(0, 2)}`;
	const kind = Object.hasOwn(messages, word) ? messages[word] : undefined;
	const isCompletion = kind === "sale" && record.text("condition") === "06";
	return { kind: isCompletion ? "completion" : kind, word };
}

function rowOf(
	tally: Tally,
	record: FixedRecord,
	kind: RowKind,
	fileDate: number | undefined,
	line: number,
): MoneyRow {
	const feeMinor = record.text("fee") === "" ? undefined : 0 - record.fen("fee");
	const netMinor = record.text("net") === "" ? undefined : record.fen("net");
	const sign = netMinor === undefined ? signOf(kind, record) : netMinor < 0 ? -1 : 1;
	const amountMinor = sign * record.fen("amount");
	if (netMinor !== undefined && feeMinor !== undefined && amountMinor - feeMinor !== netMinor) {
		const [amount, fee, net] = [amountMinor, feeMinor, netMinor].map((minor) =>
			moneyText(minor, CHINA_CURRENCY),
		);
		tally.find("control-total", line, `${amount} less the fee ${fee} is not the net ${net}`);
	}
	const isBack = kind === "void" || kind === "reversal";
	const original = Number(record.text("originalTrace") || 0);
	return makeRow({
		leg: "acquirer",
		file: tally.source.name,
		line,
		kind,
		status: "approved",
		amountMinor,
		currency: CHINA_CURRENCY,
		references: [record.text("reference"), record.text("order")],
		moment: momentOf(record, fileDate),
		terminalId: record.text("terminal"),
		trace: isBack && original > 0 ? original : Number(record.text("trace")),
		authorisation: record.text("authorisation"),
		feeMinor,
		lastFour: lastFourOf(record.text("card")),
		texts: [record.text("remark")],
	});
}

/** What takes back a void or a refund gives the money to the merchant again. */
function signOf(kind: RowKind, record: FixedRecord): 1 | -1 {
	if (kind === "refund" || kind === "void") return -1;
	return kind === "reversal" && !record.text("processing").startsWith("20") ? -1 : 1;
}

/** The record has month and day; the year is the file's, or that of the reference. */
function momentOf(record: FixedRecord, fileDate: number | undefined): Moment | undefined {
	const time = record.text("time");
	const clockS = inField("time", () => parseClock(time.slice(4)));
	const reference = Number(record.text("date") || 0);
	const near = isDate(reference) ? reference : fileDate;
	if (near === undefined) return undefined;
	const date = inField("time", () => dateNear(near, Number(time.slice(0, 4))));
	return { date, at: wallInstant(date, clockS, CHINA_ZONE) };
}

/** The date in a file name such as `INN17071888ZM_…` or `…20170718…`; undefined when there is none. */
export function dateOfName(name: string): number | undefined {
	const short = /IN[A-Z](\d{6})\d{2}[A-Z]/i.exec(name)?.[1];
	const long = /(?:^|\D)(20\d{6})(?:\D|$)/.exec(name)?.[1];
	const date = short === undefined ? Number(long ?? 0) : 2000_00_00 + Number(short);
	return isDate(date) ? date : undefined;
}
