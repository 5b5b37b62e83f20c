import { businessDateAt } from "../../protocol/time.ts";
import type { PrintDebt } from "../core/book.ts";
import { type DeadlineTable, deadlineOf } from "../core/deadline.ts";
import type { Looking, MoneyAtRisk, TerminalFacts } from "../core/watch.ts";
import type { Case } from "../store/case.ts";
import type { UnsettledOfScheme } from "../store/fleet.ts";
import type { IncidentType } from "../store/incident.ts";
import type { Store } from "../store/store.ts";
import type { TerminalStatus } from "../store/terminal.ts";

export interface FactsOptions extends Looking {
	readonly store: Store;
	readonly tenant: string;
	readonly deadlines: DeadlineTable;
}

const DAY_S = 86_400;
/** How long a loss, an incident or a move of the clock is news. */
const GAP_NEWS_S = 7 * DAY_S;
const CLOCK_NEWS_S = DAY_S;
/** Records before the newest in which moves of the clock are looked for. */
const CLOCK_RECORDS = 5_000;
/** Incidents that mean that records contradict one another or cannot be believed. */
const gapIncidents: readonly IncidentType[] = [
	"fork",
	"rollback",
	"truncation",
	"head",
	"card",
	"invalid",
];
/** Where cases stand that are about no terminal. */
const NO_TERMINAL = "-";

/** What is known of each terminal of a tenant now; the last one stands for cases that are about none. */
export async function factsOf(options: FactsOptions): Promise<readonly TerminalFacts[]> {
	const { store, tenant } = options;
	const terminals = await store.listTerminals(tenant);
	const unsettled = Map.groupBy(await store.listUnsettledByScheme(), ({ terminal }) => terminal);
	const cases = Map.groupBy(
		await store.listCases({ tenant, state: "open" }),
		({ terminal }) => terminal ?? NO_TERMINAL,
	);
	const facts: TerminalFacts[] = [];
	for (const status of terminals) {
		const { terminal } = status;
		const money = moneyOf(unsettled.get(terminal) ?? [], cases.get(terminal) ?? [], options);
		facts.push(await terminalFacts(options, status, money));
	}
	const none = { terminal: NO_TERMINAL, name: NO_TERMINAL, seenS: null, enrolled: false };
	const nothing = { owed: null, unconfirmed: null, gaps: [], clockMoves: [] };
	facts.push({ ...none, ...nothing, money: moneyOf([], cases.get(NO_TERMINAL) ?? [], options) });
	return facts;
}

async function terminalFacts(
	options: FactsOptions,
	status: TerminalStatus,
	money: readonly MoneyAtRisk[],
): Promise<TerminalFacts> {
	const { store } = options;
	const { terminal, name, seenS, epoch } = status;
	const debts = await store.listPrintDebts({ terminal, which: "open" });
	return {
		terminal,
		name,
		seenS: seenS === 0 ? null : seenS,
		enrolled: epoch > 0,
		money,
		owed: oldest(debts.filter(({ state }) => state === "due")),
		unconfirmed: oldest(debts.filter(({ state }) => state === "sent" || state === "unknown")),
		gaps: await gapsOf(options, status),
		clockMoves: await clockMovesOf(options, status),
	};
}

function oldest(debts: readonly Pick<PrintDebt, "wallS">[]): TerminalFacts["owed"] {
	if (debts.length === 0) return null;
	return { count: debts.length, sinceS: Math.min(...debts.map(({ wallS }) => wallS)) };
}

/** By currency as a whole, and by scheme with the deadline of it; then cases that wait for somebody. */
function moneyOf(
	unsettled: readonly UnsettledOfScheme[],
	cases: readonly Case[],
	{ deadlines, zoneMinutes }: FactsOptions,
): readonly MoneyAtRisk[] {
	const money: MoneyAtRisk[] = [];
	for (const [currency, parts] of Map.groupBy(unsettled, (part) => part.currency)) {
		money.push({
			about: "unsettled",
			count: parts.reduce((sum, { count }) => sum + count, 0),
			amountMinor: parts.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
			currency,
			deadline: null,
			sinceS: Math.min(...parts.map(({ sinceS }) => sinceS)),
		});
	}
	for (const { scheme, currency, count, amountMinor, sinceS } of unsettled) {
		const businessDate = businessDateAt(sinceS, zoneMinutes, 0);
		const deadline = deadlineOf(deadlines, { reason: "unsettled", scheme, businessDate });
		const about = ["unsettled", scheme || "-", currency].join("~");
		money.push({ about, count, amountMinor, currency, sinceS, deadline: deadline?.date ?? null });
	}
	for (const { id, atStakeMinor, currency, deadline, foundS } of cases) {
		const date = deadline?.date ?? null;
		const part = { count: 1, amountMinor: atStakeMinor, currency, sinceS: foundS };
		money.push({ about: id, ...part, deadline: date });
	}
	return money;
}

async function gapsOf(
	{ store, nowS }: FactsOptions,
	{ terminal, epoch }: TerminalStatus,
): Promise<TerminalFacts["gaps"]> {
	const losses = await store.listLosses({ terminal, epoch });
	const incidents = await store.listIncidents({ terminal });
	return [
		...losses
			.filter(({ receivedS }) => nowS - receivedS < GAP_NEWS_S)
			.map(({ fromSeq, toSeq }) => ({
				about: `${epoch}.${fromSeq}-${toSeq}`,
				count: toSeq - fromSeq + 1,
			})),
		...incidents
			.filter(({ type, lastS }) => isGap(type) && nowS - lastS < GAP_NEWS_S)
			.map((one) => ({ about: `${one.epoch}.${one.type}`, count: one.count })),
	];
}

function isGap(type: string): boolean {
	return gapIncidents.some((known) => known === type);
}

async function clockMovesOf(
	{ store, nowS }: FactsOptions,
	{ terminal, epoch, watermark }: TerminalStatus,
): Promise<TerminalFacts["clockMoves"]> {
	const from = Math.max(1, watermark - CLOCK_RECORDS);
	const range = { terminal, epoch, from, to: Number.MAX_SAFE_INTEGER };
	const notes = await store.listNotes({ ...range, kinds: ["clock"] });
	return notes.flatMap((note) => {
		const { oldWallS, newWallS } = note.body;
		if (typeof oldWallS !== "number" || typeof newWallS !== "number") return [];
		// A clock that was wrong stamps wrongly, so the newer one of its two times counts.
		const isNews = nowS - Math.max(oldWallS, newWallS) < CLOCK_NEWS_S;
		return isNews ? [{ record: `${epoch}.${note.seq}`, seconds: newWallS - oldWallS }] : [];
	});
}
