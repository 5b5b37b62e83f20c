import type { UnsettledMoney } from "../store/fleet.ts";
import type { Store } from "../store/store.ts";
import type { TerminalStatus } from "../store/terminal.ts";
import { missingOf } from "./day-view.ts";
import { type DayItem, type MissingItem, moneyOf, type TerminalView } from "./view.ts";

/** Days before the newest that are looked at for a terminal's state. */
const EARLIER_DAYS = 7;

/** How the newest days of a terminal stand, kept until its journal has moved. */
interface Standing {
	readonly mark: string;
	readonly businessDate: number | null;
	readonly dayState: TerminalView["dayState"];
	readonly missing: readonly MissingItem[];
	readonly complete: boolean;
	readonly earlier: readonly number[];
}

/** Terminals as pages and commands show them. Judging days is what costs, so it is remembered. */
export class Fleet {
	readonly #store: Store;
	readonly #standings = new Map<string, Standing>();

	constructor(store: Store) {
		this.#store = store;
	}

	async list(): Promise<TerminalView[]> {
		const terminals = await this.#store.listTerminals();
		const unsettled = Map.groupBy(await this.#store.listUnsettled(), ({ terminal }) => terminal);
		const prints = await this.#store.countPrintsOwed();
		const views: TerminalView[] = [];
		for (const status of terminals) {
			const { terminal } = status;
			const standing = await this.#standing(status);
			const money = unsettled.get(terminal) ?? [];
			views.push(viewOf(status, standing, money, prints.get(terminal) ?? 0));
		}
		return views;
	}

	async #standing(status: TerminalStatus): Promise<Standing> {
		const { terminal, epoch, watermark, claimed, frozen } = status;
		const mark = [epoch, watermark, claimed, frozen].join();
		const known = this.#standings.get(terminal);
		if (known?.mark === mark) return known;
		const standing = await judge(this.#store, terminal, mark);
		// Records that are still being folded will change the judgement without moving the journal.
		if (!standing.missing.some(({ type }) => type === "notFolded"))
			this.#standings.set(terminal, standing);
		return standing;
	}
}

async function judge(store: Store, terminal: string, mark: string): Promise<Standing> {
	const [newest, ...earlier] = await daysOf(store, terminal, EARLIER_DAYS + 1);
	if (newest === undefined) {
		const nothing = { businessDate: null, missing: [], complete: false, earlier: [] };
		return { mark, dayState: "none", ...nothing };
	}
	return {
		mark,
		businessDate: newest.businessDate,
		dayState: newest.state,
		missing: newest.missing,
		complete: newest.complete,
		earlier: earlier.filter(({ complete }) => !complete).map(({ businessDate }) => businessDate),
	};
}

interface JudgedDate extends DayItem {
	readonly missing: readonly MissingItem[];
}

/** The business dates of a terminal, newest first, each judged over all its epochs. */
export async function daysOf(
	store: Store,
	terminal: string,
	limit: number,
): Promise<readonly JudgedDate[]> {
	const periods = await store.listDays({ terminal, limit: limit * 2 });
	const dates = new Set<number>();
	for (const { businessDate } of periods) {
		if (businessDate !== null && dates.size < limit) dates.add(businessDate);
	}
	const items: JudgedDate[] = [];
	for (const businessDate of dates) {
		const days = await store.judgeDays({ terminal, businessDate });
		const missing = days.flatMap((day) => day.missing.map(missingOf));
		items.push({
			businessDate,
			state: days.some(({ period }) => period.lastSeq === null) ? "open" : "closed",
			complete: missing.length === 0,
			missingCount: missing.length,
			missing,
		});
	}
	return items;
}

function viewOf(
	status: TerminalStatus,
	{ mark: _, ...standing }: Standing,
	unsettled: readonly UnsettledMoney[],
	printsOwed: number,
): TerminalView {
	const { terminal, tenant, name, state, seenS, firmware, epoch, watermark, claimed } = status;
	const sinces = unsettled.map(({ sinceS }) => sinceS);
	return {
		terminal,
		tenant,
		name,
		contact: seenS === 0 ? "never" : state === "ready" ? "online" : "offline",
		seenS: seenS === 0 ? null : seenS,
		firmware,
		epoch,
		watermark,
		behind: Math.max(0, claimed - watermark),
		frozen: status.frozen,
		...standing,
		missing: [...standing.missing],
		earlier: [...standing.earlier],
		unsettledCount: unsettled.reduce((sum, { count }) => sum + count, 0),
		unsettled: unsettled.map(({ amountMinor, currency }) => moneyOf(amountMinor, currency)),
		unsettledSinceS: sinces.length === 0 ? null : Math.min(...sinces),
		printsOwed,
	};
}
