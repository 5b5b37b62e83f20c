import type { Transaction } from "../../host/core/book.ts";
import type { Difference } from "../../host/core/difference.ts";
import { matchLegs } from "../../host/core/match.ts";
import type { MoneyRow } from "../../host/core/row.ts";
import { detectSource } from "../../host/statement/detect.ts";
import { readStatement } from "../../host/statement/statement.ts";
import { assert } from "../../protocol/error.ts";
import { clearingFile } from "../emulator/bank.ts";
import type { SeededEntropy } from "../emulator/random.ts";
import type { Plan } from "./plan.ts";
import { CURRENCY, type Shop } from "./shop.ts";

/** What the bank was told to get wrong, or what a comparison has found. */
export interface Fault {
	readonly reason: Difference["reason"];
	readonly leg: Difference["leg"];
	readonly reference: string;
	readonly atStakeMinor: number;
}

/** The files that come in after the day, as text. */
export interface Files {
	readonly acquirer: string;
	readonly bank: string;
}

/** Lets the bank forget one sale, and by the plan book another amount for a second one. */
export function plantFaults(shop: Shop, dice: SeededEntropy, change: Plan["bankChange"]): Fault[] {
	const { bank } = shop.world;
	const forgotten = drawOwed(shop, dice, []);
	const faults = [
		planted("missing-at-bank", bank.forget(forgotten.trace).reference, forgotten.amountMinor),
	];
	if (change === "none") return faults;
	const changed = drawOwed(shop, dice, [forgotten.trace]);
	const bookedMinor = change === "fee" ? lessFee(changed.amountMinor) : changed.amountMinor * 2 + 1;
	const { reference } = bank.change(changed.trace, bookedMinor);
	return [...faults, planted(change, reference, Math.abs(changed.amountMinor - bookedMinor))];
}

/** An unplanned fault, to see that the comparison and the promises notice. */
export function bookTwice(shop: Shop, dice: SeededEntropy, faults: readonly Fault[]): void {
	const { bookings } = shop.world.acquirer.books;
	const taken = bookings.filter(({ reference }) =>
		faults.some((fault) => fault.reference === reference),
	);
	shop.world.bank.double(
		drawOwed(
			shop,
			dice,
			taken.map(({ trace }) => trace ?? 0),
		).trace,
	);
}

function drawOwed(shop: Shop, dice: SeededEntropy, except: readonly number[]) {
	const owed = shop.ledger.owed.filter(({ status }) => !except.includes(status.trace));
	const drawn = owed[dice.below(Math.max(1, owed.length))];
	assert(drawn !== undefined, "a day has sales that the bank can get wrong");
	return { trace: drawn.status.trace, amountMinor: drawn.sale.amountMinor };
}

/** Three percent less: what an acquirer keeps without saying so. */
function lessFee(amountMinor: number): number {
	return amountMinor - Math.max(1, Math.floor((amountMinor * 3) / 100));
}

function planted(reason: Fault["reason"], reference: string, atStakeMinor: number): Fault {
	return { reason, leg: "bank", reference, atStakeMinor };
}

export function makeFiles({ world }: Shop): Files {
	const { wallMs } = world.timeline;
	return {
		acquirer: clearingFile(world.acquirer, { currency: CURRENCY }),
		bank: world.bank.statement({ currency: CURRENCY }, wallMs),
	};
}

/** Reads both files by their formats and compares them with the journal as the host has it. */
export async function compareBooks(
	transactions: readonly Transaction[],
	place: { readonly terminal: string; readonly businessDate: number; readonly batch: number },
	files: Files,
): Promise<{ readonly differences: readonly Fault[]; readonly findings: number }> {
	const acquirer = await readFile("acquirer.csv", files.acquirer);
	const bank = await readFile("bank.xml", files.bank);
	const terminal = terminalLeg(transactions, place);
	const result = matchLegs({ terminal, acquirer: acquirer.rows, bank: bank.rows });
	const differences = result.differences.map(({ reason, leg, reference, atStakeMinor }) => {
		return { reason, leg, reference, atStakeMinor };
	});
	return { differences, findings: acquirer.findings + bank.findings };
}

async function readFile(name: string, text: string) {
	const bytes = (async function* () {
		yield new Uint8Array(Buffer.from(text));
	})();
	const { parser, source } = await detectSource({ name, bytes });
	const rows: MoneyRow[] = [];
	const { findings } = await readStatement(parser, source, (row) => {
		rows.push(row);
	});
	return { rows, findings: findings.length };
}

/** Transactions of one day and batch as rows; a void stands under what it takes back. */
function terminalLeg(
	transactions: readonly Transaction[],
	{ terminal, businessDate, batch }: { terminal: string; businessDate: number; batch: number },
): readonly MoneyRow[] {
	const bySeq = new Map(transactions.map((transaction) => [transaction.seq, transaction]));
	return transactions.flatMap((transaction): MoneyRow[] => {
		const { type, amountMinor, currency, outcome, seq, original, lastFour } = transaction;
		if (type === "preAuthorisation") return [];
		const isOut = type === "refund" || type === "void";
		const named = type === "void" ? bySeq.get(original ?? 0) : transaction;
		const { reference, trace } = named ?? transaction;
		const row: MoneyRow = {
			leg: "terminal",
			terminalId: terminal,
			reference: reference ?? "",
			kind: type,
			amountMinor: isOut ? -amountMinor : amountMinor,
			currency,
			businessDate,
			batch,
			...(trace === null ? {} : { trace }),
			...(lastFour === null ? {} : { lastFour }),
			source: { file: "journal", line: seq },
			status: outcome === "open" ? "unknown" : outcome,
		};
		return [row];
	});
}

/** True when both name the same faults, in whatever order. */
export function isSameFaults(some: readonly Fault[], others: readonly Fault[]): boolean {
	const keyOf = ({ reason, leg, reference, atStakeMinor }: Fault) =>
		[reason, leg, reference, atStakeMinor].join("|");
	return some.map(keyOf).sort().join() === others.map(keyOf).sort().join();
}
