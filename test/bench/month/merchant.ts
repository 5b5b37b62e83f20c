import { addBankDays, bankDays } from "../../../host/core/calendar.ts";
import { defaultRules } from "../../../host/core/default-rules.ts";
import type { MoneyRow } from "../../../host/core/row.ts";
import { makeRandom, type Random } from "../../../host/replay/random.ts";
import { addDays } from "../../../protocol/time.ts";

/** A merchant whose month is made up by seed. */
export interface MerchantOptions {
	readonly seed: number;
	readonly terminals: number;
	readonly days: number;
	/** Transactions of a terminal on one day. */
	readonly sales: number;
}

/** How a transaction stands in the terminal's journal. */
export interface Journalled {
	readonly outcome: "approved" | "declined" | "unknown";
	readonly reference: string | null;
	/** 2 for one that was recorded twice. */
	readonly times: number;
	/** Taken back by a void on the same day. */
	readonly voided: boolean;
	/** Amounts, where one clearing row stands for several records. */
	readonly amounts: readonly number[];
}

/** One transaction in every book that knows it. What happens to it changes the books, not the deal. */
export interface Deal {
	readonly terminal: string;
	/** Counted from 1; the number of the terminal's batch, too. */
	readonly day: number;
	readonly date: number;
	readonly trace: number;
	readonly reference: string;
	readonly order: string | null;
	readonly amountMinor: number;
	readonly kind: "sale" | "refund";
	readonly method: "card" | "qr";
	readonly lastFour: string;
	readonly authorisation: string;
	/** Seconds since 1970. */
	readonly at: number;
	journal: Journalled | undefined;
	acquirer: MoneyRow[];
	/** The order in the shop's book, with its amount. */
	shop: { readonly order: string; readonly amountMinor: number } | undefined;
	/** The bank pays it although nobody approved it. */
	paidAnyway: boolean;
	/** Set once something was done to it; at most once. */
	touched: boolean;
}

export const FIRST_DATE = 2026_11_01;
/** 2026-11-01 08:00 in China. */
const FIRST_OPEN_S = 1_793_491_200;
const DAY_S = 86_400;
const CURRENCY = "CNY";
/** Every fifth terminal is paid sale by sale, the others by batch. */
const BY_SALE = 5;

export const isBankDay = bankDays(defaultRules.calendar);

export function paysBySale(terminal: string): boolean {
	return Number(terminal.slice(-4)) % BY_SALE === 0;
}

/** The day on which the bank books what was taken on a date. */
export function bookedOn(date: number): number {
	return addBankDays(date, 1, isBankDay);
}

export function makeDeals(options: MerchantOptions): { deals: Deal[]; random: Random } {
	const random = makeRandom(options.seed);
	const deals: Deal[] = [];
	for (let number = 1; number <= options.terminals; number++) {
		const terminal = `till-${String(number).padStart(4, "0")}`;
		let trace = 0;
		for (let day = 1; day <= options.days; day++) {
			for (let sale = 0; sale < options.sales; sale++) {
				trace += 1;
				deals.push(makeDeal(terminal, day, sale, trace, deals.length, random));
			}
		}
	}
	return { deals, random };
}

function makeDeal(
	terminal: string,
	day: number,
	sale: number,
	trace: number,
	index: number,
	random: Random,
): Deal {
	const method = random.below(5) === 0 ? "qr" : "card";
	const kind = method === "card" && random.below(40) === 0 ? "refund" : "sale";
	const amountMinor = 1_000 + random.below(200_000);
	const isOrder = method === "qr" || random.below(10) === 0;
	const order = isOrder && kind === "sale" ? `ORD${String(index).padStart(8, "0")}` : null;
	const card = `3${String(day).padStart(2, "0")}${String(index).padStart(9, "0")}`;
	const reference = method === "qr" ? `42000${String(index).padStart(15, "0")}` : card;
	const deal: Deal = {
		terminal,
		day,
		date: addDays(FIRST_DATE, day - 1),
		trace,
		reference,
		order,
		amountMinor,
		kind,
		method,
		lastFour: String(1_000 + random.below(9_000)),
		authorisation: `A${String(random.below(100_000)).padStart(5, "0")}`,
		at: FIRST_OPEN_S + (day - 1) * DAY_S + (sale + 1) * 600,
		journal: {
			outcome: "approved",
			// A terminal knows a wallet's payment by its own order number, and not always by the wallet's.
			reference: method === "qr" && random.below(2) === 0 ? null : reference,
			times: 1,
			voided: false,
			amounts: [kind === "refund" ? -amountMinor : amountMinor],
		},
		acquirer: [],
		shop: order === null ? undefined : { order, amountMinor },
		paidAnyway: false,
		touched: false,
	};
	deal.acquirer.push(acquirerRow(deal));
	return deal;
}

/** The deal as the acquirer, or the wallet, clears it. */
export function acquirerRow(deal: Deal, changed: Partial<MoneyRow> = {}): MoneyRow {
	const { amountMinor, kind, terminal, day, trace, authorisation, lastFour } = deal;
	const card = { terminalId: terminal, batch: day, trace, authorisation, lastFour };
	return {
		leg: "acquirer",
		reference: deal.reference,
		kind,
		amountMinor: kind === "refund" ? -amountMinor : amountMinor,
		currency: CURRENCY,
		at: deal.at,
		businessDate: deal.date,
		status: "approved",
		source: { file: "", line: 0 },
		...(deal.method === "card" ? card : { references: [deal.order ?? ""] }),
		...changed,
	};
}
