import type { Slip, SlipItem } from "../../protocol/slip/slip.ts";
import { formatDateTime } from "../../protocol/time.ts";
import type { Money, TransactionView } from "../api/view.ts";
import { type PaperText, word } from "./text.ts";

/** What the top of every paper says of where it is from. */
export interface PaperOrigin {
	readonly terminal: string;
	readonly name: string;
}

export const rule: SlipItem = { kind: "rule" };

export function pair(left: string, right: string): SlipItem {
	return { kind: "pair", left, right };
}

export function moneyText({ text, currency }: Money): string {
	return `${currency} ${text}`;
}

/** Six digits, as terminals print trace numbers. */
export function sixDigits(value: number): string {
	return String(value).padStart(6, "0");
}

/** 签购单 of one transaction from the rows of the host. It says that it is no print of the terminal. */
export function transactionSlip(
	transaction: TransactionView,
	origin: PaperOrigin,
	text: PaperText,
): Slip {
	const { slip } = text;
	const { atS, zoneMinutes, operator, amount, standing } = transaction;
	return [
		[
			{ kind: "text", text: origin.name, align: "center", bold: true, size: "tall" },
			{ kind: "text", text: slip.title, align: "center", bold: true },
			rule,
			pair(slip.terminal, origin.terminal),
			pair(slip.operator, operator),
			rule,
			...facts(transaction, text),
			pair(slip.time, formatDateTime(atS, zoneMinutes)),
			rule,
			{ kind: "pair", left: slip.amount, right: moneyText(amount), bold: true, size: "tall" },
			{ kind: "pair", left: slip.outcome, right: word(text.standing, standing), bold: true },
			rule,
			pair(slip.record, `${transaction.epoch}.${transaction.sequence}`),
			{ kind: "text", text: slip.host, align: "center" },
			{ kind: "cut" },
		],
	];
}

function facts(transaction: TransactionView, text: PaperText): SlipItem[] {
	const { slip } = text;
	const { trace, original, lastFour } = transaction;
	const items = [
		pair(slip.type, word(text.type, transaction.type)),
		pair(slip.method, word(text.method, transaction.method)),
	];
	const add = (name: string, value: string | null) => {
		if (value !== null && value !== "") items.push(pair(name, value));
	};
	add(slip.trace, trace === null ? null : sixDigits(trace));
	add(slip.original, original === null ? null : String(original));
	add(slip.order, transaction.order);
	add(slip.card, lastFour === null ? null : `**** ${lastFour}`);
	add(slip.scheme, transaction.scheme);
	add(slip.reference, transaction.reference);
	add(slip.authorisation, transaction.authorisation);
	add(slip.response, transaction.response);
	return items;
}
