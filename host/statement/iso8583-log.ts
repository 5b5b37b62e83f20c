import { addMinor, type MoneyRow, moneyText } from "../core/row.ts";
import type { Iso8583Message } from "./iso8583-decode.ts";
import { findMessages } from "./iso8583-find.ts";
import { type Exchange, exchangeRow, isResponse, subjectOf } from "./iso8583-row.ts";
import {
	FieldError,
	type ParseOptions,
	type StatementParser,
	type StatementSource,
	statementError,
} from "./statement.ts";
import { Tally } from "./tally.ts";
import { dateOfName } from "./unionpay.ts";

/** Requests that wait for their response; the oldest becomes a row of unknown outcome when there are more. */
const WAITING_MAX = 1_000;

/**
 * A log of ISO 8583 messages. Request and response with the same terminal and trace number are one row; a request
 * without a response is a row of unknown outcome. The totals of a settlement (0500 of UnionPay's terminals) are
 * checked against the approved rows before it as a finding. Of card numbers only the last four digits are kept.
 */
export const iso8583Log: StatementParser = {
	format: "iso8583-log",
	leg: "acquirer",
	parse: parseIso8583Log,
};

async function* parseIso8583Log(source: StatementSource, options?: ParseOptions) {
	const tally = new Tally(source, options);
	const log = new Log(tally);
	const fileDate = dateOfName(source.name);
	for await (const { line, date, read } of findMessages(source)) {
		if (read === undefined) {
			tally.noMoney("lines of the log without a message");
			continue;
		}
		log.messages += 1;
		const message = tally.attempt(line, read);
		if (message === undefined) continue;
		const row = log.take(message, line, date ?? fileDate);
		if (row !== undefined) yield row;
	}
	yield* log.end();
	return tally.summary("iso8583-log");
}

class Log {
	readonly #tally: Tally;
	readonly #waiting = new Map<string, Exchange>();
	#debits = { count: 0, sumMinor: 0 };
	#credits = { count: 0, sumMinor: 0 };
	messages = 0;

	constructor(tally: Tally) {
		this.#tally = tally;
	}

	take(message: Iso8583Message, line: number, date: number | undefined): MoneyRow | undefined {
		const subject = subjectOf(message);
		const key = keyOf(message);
		const request = this.#waiting.get(key)?.request;
		const isAnswer = isResponse(message);
		if (subject === "settlement" && !isAnswer) {
			this.#tally.attempt(line, () => this.#checkSettlement(message, line));
		}
		// An answer need not repeat the amount of what it answers.
		if ((subject === "none" || subject === "settlement") && !(isAnswer && request !== undefined)) {
			this.#tally.noMoney(`messages of type ${message.type} that move no money`);
			return undefined;
		}
		if (!isAnswer) {
			this.#waiting.set(key, { request: message, response: undefined, line, date });
			return this.#waiting.size > WAITING_MAX ? this.#giveUp() : undefined;
		}
		this.#waiting.delete(key);
		return this.#row({ request, response: message, line, date });
	}

	*end(): Generator<MoneyRow> {
		if (this.messages === 0) {
			const what = "there is no ISO 8583 message in the file";
			throw statementError("STATEMENT_FORMAT", this.#tally.source, 1, what);
		}
		while (this.#waiting.size > 0) {
			const row = this.#giveUp();
			if (row !== undefined) yield row;
		}
	}

	/** The row of the request that waited longest. */
	#giveUp(): MoneyRow | undefined {
		for (const [key, exchange] of this.#waiting) {
			this.#waiting.delete(key);
			return this.#row(exchange);
		}
		return undefined;
	}

	#row(exchange: Exchange): MoneyRow | undefined {
		const { name } = this.#tally.source;
		const row = this.#tally.row(exchange.line, () => exchangeRow(exchange, name));
		if (row === undefined) return undefined;
		const merchant = (exchange.request ?? exchange.response)?.fields.get(42)?.trim();
		if (merchant) this.#tally.accounts.add(merchant);
		if (row.status === "approved") {
			const side = row.amountMinor < 0 ? this.#credits : this.#debits;
			side.count += 1;
			side.sumMinor = addMinor(side.sumMinor, Math.abs(row.amountMinor));
		}
		return row;
	}

	/** Field 48: sum and number of debits and of credits, of domestic cards and again of foreign ones. */
	#checkSettlement({ fields, layout }: Iso8583Message, line: number): void {
		const text = fields.get(48);
		if (!layout.isUnionpay || text === undefined) return;
		const part = /^(\d{12})(\d{3})(\d{12})(\d{3})\d/;
		const parts = [text.slice(0, 31), text.slice(31)].map((one) => part.exec(one));
		if (parts[0] === null) throw new FieldError("field 48", "it has no totals of a settlement");
		const total = (group: number) =>
			parts.reduce((sum, found) => sum + Number(found?.[group] ?? 0), 0);
		const sides = [
			{ name: "debits", count: total(2), sumMinor: total(1), has: this.#debits },
			{ name: "credits", count: total(4), sumMinor: total(3), has: this.#credits },
		];
		for (const { name, count, sumMinor, has } of sides) {
			if (count === has.count && sumMinor === has.sumMinor) continue;
			const [says, got] = [sumMinor, has.sumMinor].map((minor) => moneyText(minor, "CNY"));
			const what = `the settlement says ${count} ${name} of ${says} and the log before it has ${has.count} of ${got}`;
			this.#tally.find("control-total", line, what);
		}
		this.#debits = { count: 0, sumMinor: 0 };
		this.#credits = { count: 0, sumMinor: 0 };
	}
}

/** A request and its answer have the same class, trace number and terminal. */
function keyOf({ type, fields }: Iso8583Message): string {
	return `${type.slice(0, 2)}|${fields.get(11) ?? ""}|${fields.get(41) ?? ""}`;
}
