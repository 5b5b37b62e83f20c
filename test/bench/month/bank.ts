import type { MoneyRow } from "../../../host/core/row.ts";
import type { Random } from "../../../host/replay/random.ts";
import { bookedOn, type Deal, paysBySale } from "./merchant.ts";
import type { Expected } from "./mishap.ts";

/** What the bank pays for, and how a difference about it is named. */
interface Payment {
	readonly line: MoneyRow;
	readonly subjects: readonly string[];
	readonly type: "named" | "unnamed" | "wallet" | "sale";
	/** Of `sale`. */
	readonly deal?: Deal;
}

const FEE_PERMILLE = 5;
const WALLET_FEE_PERMILLE = 3;

export interface BankBook {
	readonly fees: readonly MoneyRow[];
	readonly walletFees: readonly MoneyRow[];
	readonly lines: readonly MoneyRow[];
	readonly expected: readonly Expected[];
}

/** Pays what the acquirer and the wallet cleared, and spoils some of it. */
export function makeBank(deals: readonly Deal[], each: number, random: Random): BankBook {
	const card: MoneyRow[] = [];
	const wallet: MoneyRow[] = [];
	const payments: Payment[] = [];
	for (const deal of deals) {
		const rows = paidRows(deal);
		for (const row of rows) {
			if (row.terminalId === undefined) wallet.push(row);
			else if (!paysBySale(row.terminalId)) card.push(row);
		}
		payments.push(...saleCredits(deal, rows));
	}
	const fees = batchFees(card);
	const walletFees = dayFees(wallet);
	payments.push(
		...batchPayments([...card, ...fees]),
		...walletPayments([...wallet, ...walletFees]),
	);
	const { lines, expected } = spoil(payments, each, random);
	return { fees, walletFees, lines, expected };
}

/** A second copy is paid or not: the bank is right either way. */
function paidRows({ acquirer, trace }: Deal): MoneyRow[] {
	const approved = acquirer.filter(({ status }) => status === "approved");
	const [first, second] = approved;
	const isCopy = first?.amountMinor === second?.amountMinor && first?.kind === second?.kind;
	return approved.length === 2 && isCopy && trace % 2 === 0 ? approved.slice(1) : approved;
}

function saleCredits(deal: Deal, rows: readonly MoneyRow[]): Payment[] {
	const own = rows.filter(({ terminalId }) => terminalId !== undefined && paysBySale(terminalId));
	if (deal.paidAnyway) {
		const line = bankLine(deal.date, deal.amountMinor, deal.reference);
		return [{ type: "sale", deal, subjects: [], line }];
	}
	if (own.reduce((sum, { amountMinor }) => sum + amountMinor, 0) === 0) return [];
	return own.map((row) => ({
		type: "sale",
		deal,
		subjects: [`${row.terminalId}~${row.businessDate}~${row.reference}`],
		line: bankLine(row.businessDate ?? 0, row.amountMinor, row.reference),
	}));
}

export function bankLine(
	date: number,
	amountMinor: number,
	reference: string,
	text?: string,
): MoneyRow {
	return {
		leg: "bank",
		reference,
		kind: amountMinor < 0 ? "debit" : "credit",
		amountMinor,
		currency: "CNY",
		businessDate: bookedOn(date),
		status: "approved",
		source: { file: "", line: 0 },
		...(text === undefined ? {} : { text }),
	};
}

function grouped(rows: readonly MoneyRow[], key: (row: MoneyRow) => string): MoneyRow[][] {
	const groups = new Map<string, MoneyRow[]>();
	for (const row of rows) {
		const group = groups.get(key(row));
		if (group === undefined) groups.set(key(row), [row]);
		else group.push(row);
	}
	return [...groups.values()];
}

const batchOf = (row: MoneyRow) => `${row.terminalId}|${row.businessDate}|${row.batch}`;
const sumOf = (rows: readonly MoneyRow[]) =>
	rows.reduce((sum, { amountMinor }) => sum + amountMinor, 0);

function feeRow(like: MoneyRow, minor: number): MoneyRow {
	const { terminalId, batch, businessDate } = like;
	return {
		leg: "acquirer",
		reference: "",
		kind: "fee",
		amountMinor: -minor,
		currency: "CNY",
		status: "approved",
		source: { file: "", line: 0 },
		...(terminalId === undefined ? {} : { terminalId }),
		...(batch === undefined ? {} : { batch }),
		...(businessDate === undefined ? {} : { businessDate }),
	};
}

function batchFees(card: readonly MoneyRow[]): MoneyRow[] {
	return grouped(card, batchOf).flatMap((rows) => {
		const [first] = rows;
		const minor = Math.floor((sumOf(rows) * FEE_PERMILLE) / 1_000);
		return first === undefined || minor <= 0 ? [] : [feeRow(first, minor)];
	});
}

function dayFees(wallet: readonly MoneyRow[]): MoneyRow[] {
	return grouped(wallet, ({ businessDate }) => String(businessDate)).flatMap((rows) => {
		const [first] = rows;
		const minor = Math.floor((sumOf(rows) * WALLET_FEE_PERMILLE) / 1_000);
		return first === undefined || minor <= 0 ? [] : [feeRow(first, minor)];
	});
}

/** Two of three payouts name terminal and batch; the others are known by their amount alone. */
function batchPayments(rows: readonly MoneyRow[]): Payment[] {
	return grouped(rows, batchOf).flatMap((own, index): Payment[] => {
		const [first] = own;
		if (first === undefined || sumOf(own) === 0) return [];
		const { terminalId, batch, businessDate = 0 } = first;
		const isNamed = index % 3 !== 0;
		const text = isNamed ? `settlement of ${terminalId} batch ${batch}` : undefined;
		return [
			{
				type: isNamed ? "named" : "unnamed",
				subjects: [`${terminalId}~${businessDate}~batch-${batch}`],
				line: bankLine(businessDate, sumOf(own), `PAY${index}`, text),
			},
		];
	});
}

/** A wallet pays a day in one line, and a weekend in one. */
function walletPayments(rows: readonly MoneyRow[]): Payment[] {
	return grouped(rows, ({ businessDate = 0 }) => String(bookedOn(businessDate))).map(
		(own, index) => {
			const dates = [...new Set(own.map(({ businessDate = 0 }) => businessDate))];
			return {
				type: "wallet",
				subjects: dates.map((date) => `-~${date}~batch-0`),
				line: bankLine(dates[0] ?? 0, sumOf(own), `WALLET${index}`),
			};
		},
	);
}

interface BankMishap {
	readonly name: string;
	readonly reason: Expected["reason"];
	readonly types: readonly Payment["type"][];
	readonly amounts: (amountMinor: number) => readonly number[];
}

const less = (amountMinor: number, percent: number) =>
	amountMinor - Math.ceil((amountMinor * percent) / 100);

const bankMishaps: readonly BankMishap[] = [
	{
		name: "the bank has not paid",
		reason: "missing-at-bank",
		types: ["named", "unnamed", "wallet", "sale"],
		amounts: () => [],
	},
	{
		name: "the bank paid twice",
		reason: "duplicate",
		types: ["named", "sale"],
		amounts: (minor) => [minor, minor],
	},
	{
		name: "the bank held back a fee that nobody stated",
		reason: "fee",
		types: ["named", "sale"],
		amounts: (minor) => [less(minor, 2)],
	},
	{
		name: "the bank paid another amount",
		reason: "amount",
		types: ["named", "sale"],
		amounts: (minor) => [less(minor, 30)],
	},
];

function spoil(payments: readonly Payment[], each: number, random: Random) {
	const lines: MoneyRow[] = [];
	const expected: Expected[] = [];
	const planned = new Map<Payment, BankMishap>();
	for (const mishap of bankMishaps) {
		for (const type of mishap.types) {
			const open = payments.filter(
				(one) =>
					one.type === type &&
					!planned.has(one) &&
					!one.deal?.touched &&
					one.line.amountMinor > 1_000,
			);
			for (let count = 0; count < each && open.length > 0; count++) {
				const [one] = open.splice(random.below(open.length), 1);
				if (one === undefined) continue;
				planned.set(one, mishap);
				if (one.deal !== undefined) one.deal.touched = true;
				for (const subject of one.subjects) {
					const told = `${mishap.name}: ${type === "sale" ? "sale" : `payout, ${type}`}`;
					expected.push({ mishap: told, reason: mishap.reason, leg: "bank", subject });
				}
			}
		}
	}
	for (const payment of payments) {
		const amounts = planned.get(payment)?.amounts(payment.line.amountMinor);
		for (const amountMinor of amounts ?? [payment.line.amountMinor])
			lines.push({ ...payment.line, amountMinor });
	}
	return { lines, expected };
}
