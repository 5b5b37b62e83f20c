import { addMinor, checkRow, type MoneyRow, moneyText } from "../core/row.ts";
import {
	type Amount,
	amountOf,
	type Detail,
	type Entry,
	entryRow,
	Fields,
	readDetail,
	readEntry,
	signOf,
} from "./camt-entry.ts";
import { atLine, type StatementParser, type StatementSource, statementError } from "./statement.ts";
import { Tally } from "./tally.ts";
import { walkXml } from "./xml.ts";

/** Versions of ISO 20022 BankToCustomerStatement whose entries are laid out the way this parser reads them. */
export const CAMT053_VERSION_MIN = 2;
export const CAMT053_VERSION_MAX = 13;
const namespacePattern = /^urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.(\d{2})$/;

/** Details of one entry that are held until its end; an entry with more is taken as a whole. */
const ENTRY_DETAILS_MAX = 50_000;

/**
 * ISO 20022 camt.053, the bank's end-of-day statement. An entry whose details all have amounts that add up to it
 * becomes one row for each detail; any other entry is one row, because the entry is what was booked. Entries for
 * information only are left out. When the statement has an opening and a closing balance of one currency and is
 * not one page of several, balance and booked entries are checked against each other; a difference is a finding.
 */
export const camt053: StatementParser = { format: "camt.053", parse: parseCamt053 };

async function* parseCamt053(source: StatementSource) {
	const reader = new CamtReader(source);
	for await (const _ of walkXml(source, reader)) {
		yield* reader.take();
	}
	return reader.summary();
}

interface Balance extends Amount {
	readonly code: string;
}

class CamtReader {
	readonly #source: StatementSource;
	readonly #tally = new Tally();
	#rows: MoneyRow[] = [];
	#version = 0;
	#statements = 0;
	#statement = new Fields(1);
	#balances: Balance[] = [];
	#booked = new Map<string, number>();
	#entries = 0;
	#entry = new Fields(1);
	#details: Detail[] = [];
	#detailCount = 0;
	#part = new Fields(1);

	constructor(source: StatementSource) {
		this.#source = source;
	}

	/** Rows found since the last call. */
	take(): MoneyRow[] {
		const rows = this.#rows;
		this.#rows = [];
		return rows;
	}

	summary() {
		if (this.#statements === 0) {
			throw statementError(
				"STATEMENT_FORMAT",
				this.#source,
				1,
				"the message holds no statement (Stmt)",
			);
		}
		const version = String(this.#version).padStart(2, "0");
		return this.#tally.summary(`camt.053.001.${version}`, this.#source);
	}

	open = (path: readonly string[], uri: string, line: number): void => {
		if (path.length === 1) this.#openDocument(path[0] ?? "", uri, line);
		if (path[2] !== "Stmt") return;
		const name = path.slice(3).join("/");
		if (name === "") {
			this.#statements += 1;
			this.#statement = new Fields(line);
			this.#balances = [];
			this.#booked = new Map();
			this.#entries = 0;
		} else if (name === "Ntry") {
			this.#entry = new Fields(line);
			this.#details = [];
			this.#detailCount = 0;
		} else if (name === "Bal" || name === "Ntry/NtryDtls/TxDtls") {
			this.#part = new Fields(line);
		}
	};

	close = (
		path: readonly string[],
		text: string,
		currency: string | undefined,
		line: number,
	): void => {
		if (path[2] !== "Stmt") return;
		const name = path.slice(3).join("/");
		if (name === "") this.#closeStatement(line);
		else if (name === "Bal") this.#closeBalance();
		else if (name === "Ntry") this.#closeEntry();
		else if (name === "Ntry/NtryDtls/TxDtls") this.#closeDetail();
		else this.#addValue(name, { text, currency });
	};

	#addValue(name: string, value: { text: string; currency: string | undefined }): void {
		const below = (start: string) => name.slice(start.length);
		if (value.text === "") return;
		if (name.startsWith("Ntry/NtryDtls/TxDtls/")) {
			this.#part.add(below("Ntry/NtryDtls/TxDtls/"), value);
		} else if (name.startsWith("Ntry/")) this.#entry.add(below("Ntry/"), value);
		else if (name.startsWith("Bal/")) this.#part.add(below("Bal/"), value);
		else this.#statement.add(name, value);
	}

	#openDocument(name: string, uri: string, line: number): void {
		const version = Number(namespacePattern.exec(uri)?.[1] ?? 0);
		const known = version >= CAMT053_VERSION_MIN && version <= CAMT053_VERSION_MAX;
		if (name !== "Document" || !known) {
			throw statementError(
				"STATEMENT_FORMAT",
				this.#source,
				line,
				`the namespace "${uri}" is not camt.053.001.${CAMT053_VERSION_MIN} to .${CAMT053_VERSION_MAX}`,
			);
		}
		this.#version = version;
	}

	#closeBalance(): void {
		const part = this.#part;
		const value = part.all("Amt")[0];
		const code = part.text("Tp/CdOrPrtry/Cd");
		if (value === undefined || code === undefined) return;
		const balance = atLine(this.#source, part.line, () => {
			const { amountMinor, currency } = amountOf(value);
			return { code, currency, amountMinor: signOf(part.text("CdtDbtInd")) * amountMinor };
		});
		this.#balances.push(balance);
	}

	#closeDetail(): void {
		this.#detailCount += 1;
		if (this.#detailCount > ENTRY_DETAILS_MAX) {
			this.#details = [];
			return;
		}
		const part = this.#part;
		this.#details.push(atLine(this.#source, part.line, () => readDetail(part, this.#entry)));
	}

	#closeEntry(): void {
		const fields = this.#entry;
		this.#entries += 1;
		const entry = atLine(this.#source, fields.line, () => readEntry(fields));
		if (entry.status === "information") return;
		if (entry.status === "approved") {
			const { currency, amountMinor } = entry.amount;
			this.#booked.set(currency, addMinor(this.#booked.get(currency) ?? 0, amountMinor));
		}
		for (const row of this.#rowsOf(entry)) {
			this.#tally.add(checkRow(row));
			this.#rows.push(row);
		}
	}

	#rowsOf(entry: Entry): MoneyRow[] {
		const details = this.#details;
		const { name: file } = this.#source;
		if (details.length > 0 && addsUp(entry, details)) {
			return details.map((detail) => entryRow(entry, detail, file));
		}
		if (this.#detailCount > 1 || details[0]?.amount !== undefined) {
			this.#find(
				"details",
				entry.line,
				`the ${this.#detailCount} details do not add up to the entry of ${textOf(entry.amount)}; taken as one row`,
			);
		}
		return [entryRow(entry, mergeDetails(details, entry), file)];
	}

	#closeStatement(line: number): void {
		const fields = this.#statement;
		const account = fields.text("Acct/Id/IBAN", "Acct/Id/Othr/Id");
		if (account !== undefined) this.#tally.accounts.add(account);
		const paged = fields.text("StmtPgntn/LastPgInd") === "false" || pageOf(fields) > 1;
		if (paged) return;
		this.#checkBalance(line);
		const stated = fields.text("TxsSummry/TtlNtries/NbOfNtries");
		if (stated !== undefined && Number(stated) !== this.#entries) {
			const message = `the statement says ${stated} entries and has ${this.#entries}`;
			this.#find("count", fields.line, message);
		}
	}

	/** Opening balance and booked entries against the closing balance, where all are of one currency. */
	#checkBalance(line: number): void {
		const closing = this.#balances.find(({ code }) => code === "CLBD");
		const opening = ["OPBD", "PRCD"]
			.map((code) => this.#balances.find((balance) => balance.code === code))
			.find((balance) => balance !== undefined);
		if (opening === undefined || closing?.currency !== opening.currency) return;
		const others = [...this.#booked.keys()].filter((currency) => currency !== opening.currency);
		if (others.length > 0) return;
		const booked = this.#booked.get(opening.currency) ?? 0;
		if (addMinor(opening.amountMinor, booked) === closing.amountMinor) return;
		const sum = moneyText(booked, opening.currency);
		this.#find(
			"control-total",
			line,
			`opening balance ${textOf(opening)} and booked entries of ${sum} do not make the closing balance ${textOf(closing)}`,
		);
	}

	#find(code: "control-total" | "count" | "details", line: number, message: string): void {
		this.#tally.findings.push({ code, line, message: `${this.#source.name}:${line}: ${message}` });
	}
}

function pageOf(fields: Fields): number {
	return Number(fields.text("StmtPgntn/PgNb") ?? 1);
}

function textOf({ amountMinor, currency }: Amount): string {
	return moneyText(amountMinor, currency);
}

function addsUp(entry: Entry, details: readonly Detail[]): boolean {
	let sum = 0;
	for (const { amount } of details) {
		if (amount?.currency !== entry.amount.currency) return false;
		sum = addMinor(sum, amount.amountMinor);
	}
	return sum === entry.amount.amountMinor;
}

/** What the details of an entry say besides amounts, as far as a person or the matcher can use it. */
function mergeDetails(details: readonly Detail[], entry: Entry): Detail | undefined {
	if (details.length === 0) return undefined;
	const shown = details.slice(0, MERGED_DETAILS_MAX);
	return {
		line: entry.line,
		amount: undefined,
		references: [...new Set(shown.flatMap((detail) => detail.references))],
		feeMinor: entry.feeMinor,
		text: shown
			.map((detail) => detail.text)
			.filter(Boolean)
			.join(" "),
	};
}

/** Details whose references and texts an entry keeps when it is taken as a whole. */
const MERGED_DETAILS_MAX = 10;
