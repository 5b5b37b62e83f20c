import type { Store } from "../../host/store/store.ts";
import type { RecordBody } from "../../protocol/record.ts";
import { enrolInStore } from "./enrol.ts";
import { debits, FakeJournal } from "./fake-terminal.ts";

export const DEMO_DATE = 2026_11_20;
/** 2026-11-20 09:00 in China. */
export const DEMO_OPEN_S = 1_795_136_400;

/** Commits a journal and folds it. */
export async function deliverJournal(store: Store, journal: FakeJournal, from = 1): Promise<void> {
	const { terminal, epoch } = journal;
	for (let first = from; first <= journal.last; first += 50) {
		const body = journal.batch(first);
		await store.commitDeliveries([{ type: "batch", terminal, epoch, body }]);
		while (!(await store.projectStream({ terminal, epoch })).isDone);
	}
}

async function shop(
	store: Store,
	terminal: string,
	seenS: number | undefined,
): Promise<FakeJournal> {
	const { epoch } = await enrolInStore(store, terminal);
	const journal = new FakeJournal(terminal, epoch);
	journal.wallS = DEMO_OPEN_S;
	if (seenS !== undefined) await store.receiveHello({ terminal, epoch }, journal.hello(0));
	return journal;
}

export function trade(
	journal: FakeJournal,
	changed: Partial<RecordBody<"intent">>,
	ended: Partial<RecordBody<"outcome">> = {},
): number {
	journal.wallS += 437;
	const transaction = journal.append("intent", {
		type: "sale",
		method: "card",
		amountMinor: 1_000,
		currency: "CNY",
		trace: journal.last + 1,
		original: null,
		order: null,
		operator: "01",
		request: journal.last,
		...changed,
	});
	journal.wallS += 4;
	journal.append("outcome", {
		transaction,
		outcome: "approved",
		source: "app",
		group: "domestic",
		scheme: "CUP",
		reference: `326${journal.terminal.slice(-2)}${String(transaction).padStart(7, "0")}`,
		authorisation: `A${String(transaction).padStart(5, "0")}`,
		response: "00",
		lastFour: String(1000 + ((transaction * 37) % 9000)),
		...ended,
	});
	return transaction;
}

/**
 * Three tills of a shop on one business date: the first is complete, the second owes a settlement and a list,
 * the third has not opened a day.
 */
export async function fillDemoShop(store: Store): Promise<{ readonly first: FakeJournal }> {
	const first = await shop(store, "till-0001", DEMO_OPEN_S);
	first.append("start", { firmware: "closeout 0.1", clean: true, profile: "shop" });
	const opened = first.openDay(DEMO_DATE);
	first.append("shiftOpen", { shift: 1, operator: "01" });
	let sum = 0;
	for (let sale = 0; sale < 12; sale++) {
		const amountMinor = 1_280 + ((sale * 7_919) % 90_000);
		sum += amountMinor;
		const transaction = trade(first, { amountMinor });
		first.print("slip", transaction);
	}
	trade(
		first,
		{ amountMinor: 66_600 },
		{ outcome: "declined", response: "51", authorisation: null },
	);
	const settlement = first.beginSettlement(7, opened, [debits(12, sum)]);
	first.endSettlement(settlement);
	first.print("settlementSlip", settlement);
	first.print("dailyList", settlement);
	first.append("shiftClose", { shift: 1, operator: "01", first: 2, exceptions: [] });
	first.closeDay(opened, DEMO_DATE);
	await deliverJournal(store, first);
	await store.setState({ tenant: "shop", terminal: "till-0001", state: "ready" });

	const second = await shop(store, "till-0002", DEMO_OPEN_S);
	second.append("start", { firmware: "closeout 0.1", clean: true, profile: "shop" });
	second.openDay(DEMO_DATE);
	second.append("shiftOpen", { shift: 1, operator: "02" });
	for (let sale = 0; sale < 5; sale++) {
		const transaction = trade(second, { amountMinor: 20_000 + sale * 333, operator: "02" });
		second.print("slip", transaction, sale < 3 ? "confirmed" : "due");
	}
	trade(
		second,
		{ method: "qr", amountMinor: 8_800, order: "Q20261120-6" },
		{ group: "wallet", scheme: "ALIPAY", authorisation: null, lastFour: null },
	);
	trade(second, { amountMinor: 45_000 }, { outcome: "unknown", reference: null, response: null });
	second.append("reminder", { reminder: "shiftEnd", step: 1, action: "snoozed" });
	await deliverJournal(store, second);
	await store.setState({ tenant: "shop", terminal: "till-0002", state: "lost" });

	await shop(store, "till-0003", undefined);
	return { first };
}
