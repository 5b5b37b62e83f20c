import { join } from "node:path";
import type { Difference } from "../../../host/core/difference.ts";
import type { MoneyRow } from "../../../host/core/row.ts";
import { reconcile } from "../../../host/import/reconcile.ts";
import type { Random } from "../../../host/replay/random.ts";
import { openStore } from "../../../host/store/store.ts";
import { addDays } from "../../../protocol/time.ts";
import { bankLine, makeBank } from "./bank.ts";
import { importBank, importClearing, importOrders, importWallet } from "./files.ts";
import { deliverMonth } from "./journal.ts";
import { type Deal, FIRST_DATE, type MerchantOptions, makeDeals } from "./merchant.ts";
import { type Expected, type Mishap, mishaps, oddities } from "./mishap.ts";

export interface MonthOptions extends MerchantOptions {
	/** How often each kind of mishap is planted. */
	readonly each: number;
	readonly folder: string;
}

export interface MonthResult {
	readonly transactions: number;
	readonly planted: readonly Expected[];
	readonly found: readonly Difference[];
	/** Planted and not found, or found as something else. */
	readonly missed: readonly string[];
	/** Found and not planted. */
	readonly extra: readonly string[];
	/** Seconds of processor time of the comparison alone. */
	readonly reconcileS: number;
}

const TENANT = "shop";
const NOW_S = 1_797_000_000;

/** Days after the last one by which nothing waits any more and the bank has paid everything. */
const LATER_DAYS = 15;

/**
 * Lives the month: journals of all terminals through ingest and fold, statements of acquirer, wallet, shop and bank
 * through their parsers, one comparison; and says what was planted and what came out.
 */
export async function playMonth(options: MonthOptions): Promise<MonthResult> {
	const { deals, random } = makeDeals(options);
	const planted: Expected[] = [];
	for (const mishap of [...mishaps, ...oddities])
		planted.push(...plant(mishap, deals, options, random));
	const bank = makeBank(deals, options.each, random);
	planted.push(...bank.expected);
	const strays = strayLines(options);
	planted.push(...strays.expected);
	const rows = deals.flatMap(({ acquirer }) => acquirer);
	const isCard = ({ terminalId }: MoneyRow) => terminalId !== undefined;
	const store = await openStore({
		location: { sqlite: join(options.folder, "host.db") },
		nowS: () => NOW_S,
	});
	try {
		const { folder } = options;
		await deliverMonth(store, deals, TENANT);
		await importClearing(store, TENANT, folder, [...rows.filter(isCard), ...bank.fees]);
		await importWallet(store, TENANT, folder, [
			...rows.filter((row) => !isCard(row)),
			...bank.walletFees,
		]);
		await importOrders(store, TENANT, folder, ordersOf(deals));
		await importBank(store, TENANT, folder, [...bank.lines, ...strays.lines]);
		const before = process.cpuUsage();
		const asOf = addDays(FIRST_DATE, options.days + LATER_DAYS);
		const { differences } = await reconcile(store, { tenant: TENANT, asOf });
		const { user, system } = process.cpuUsage(before);
		const reconcileS = (user + system) / 1e6;
		return { ...judge(planted, differences), transactions: deals.length, reconcileS };
	} finally {
		await store.close();
	}
}

function plant(
	mishap: Mishap,
	deals: readonly Deal[],
	{ each, days }: MonthOptions,
	random: Random,
): Expected[] {
	const open = deals.filter((deal) => !deal.touched && mishap.fits(deal, days));
	const planted: Expected[] = [];
	for (let count = 0; count < each && open.length > 0; count++) {
		const [deal] = open.splice(random.below(open.length), 1);
		if (deal === undefined) continue;
		deal.touched = true;
		const expected = mishap.plant(deal, random);
		if (expected !== undefined) planted.push({ mishap: mishap.name, ...expected });
	}
	return planted;
}

/** Money that names a terminal and that nothing explains, and the rent, which is none of our business. */
function strayLines({ each, days }: MonthOptions): { lines: MoneyRow[]; expected: Expected[] } {
	const lines: MoneyRow[] = [];
	const expected: Expected[] = [];
	for (let count = 0; count < each; count++) {
		const date = addDays(FIRST_DATE, count % Math.max(1, days - 5));
		const stray = bankLine(date, 7_777 + count, `STRAY${count}`, "correction till-0001");
		lines.push(stray, bankLine(date, -350_000, `RENT${count}`, "rent"));
		expected.push({
			mishap: "the bank has money of a terminal that nothing explains",
			reason: "missing-on-terminal",
			leg: "terminal",
			subject: `-~${stray.businessDate}~${stray.reference}`,
		});
	}
	return { lines, expected };
}

function ordersOf(deals: readonly Deal[]) {
	return deals.flatMap(({ date, shop }) => (shop === undefined ? [] : [{ date, ...shop }]));
}

function judge(planted: readonly Expected[], found: readonly Difference[]) {
	const left = new Map<string, number>();
	for (const { subject, reason, leg, also } of found) {
		const key = `${reason} ${leg} ${subject}${also.length === 0 ? "" : ` also ${also.join()}`}`;
		left.set(key, (left.get(key) ?? 0) + 1);
	}
	const missed: string[] = [];
	for (const { mishap, reason, leg, subject } of planted) {
		const key = `${reason} ${leg} ${subject}`;
		const times = left.get(key) ?? 0;
		if (times === 0) missed.push(`${mishap}: ${key}`);
		else left.set(key, times - 1);
	}
	const extra = [...left].flatMap(([key, times]) => new Array<string>(times).fill(key));
	return { planted, found, missed, extra };
}
