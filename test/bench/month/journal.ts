import type { Delivery } from "../../../host/store/journal.ts";
import type { Store } from "../../../host/store/store.ts";
import { assert } from "../../../protocol/error.ts";
import { BATCH_RECORDS_MAX } from "../../../protocol/limits.ts";
import { enrolInStore } from "../../_helper/enrol.ts";
import { debits, FakeJournal } from "../../_helper/fake-terminal.ts";
import type { Deal } from "./merchant.ts";

/** Voids have trace numbers of their own. */
const VOID_TRACE = 500_000;

/** Writes the terminals' journals, commits them as their batches come, and folds them. */
export async function deliverMonth(
	store: Store,
	deals: readonly Deal[],
	tenant: string,
): Promise<void> {
	const byTerminal = new Map<string, Deal[]>();
	for (const deal of deals) {
		const own = byTerminal.get(deal.terminal);
		if (own === undefined) byTerminal.set(deal.terminal, [deal]);
		else own.push(deal);
	}
	for (const [terminal, own] of byTerminal) {
		const { epoch } = await enrolInStore(store, terminal, tenant);
		const journal = new FakeJournal(terminal, epoch);
		writeJournal(journal, own);
		const deliveries: Delivery[] = [];
		for (let from = 1; from <= journal.last; from += BATCH_RECORDS_MAX) {
			deliveries.push({ type: "batch", terminal, epoch, body: journal.batch(from) });
		}
		for (const receipt of await store.commitDeliveries(deliveries))
			assert(receipt.judgement === "append", "every batch follows the one before");
		while (!(await store.projectStream({ terminal, epoch })).isDone);
	}
}

function writeJournal(journal: FakeJournal, deals: readonly Deal[]): void {
	const days = new Map<number, Deal[]>();
	for (const deal of deals) {
		const day = days.get(deal.day);
		if (day === undefined) days.set(deal.day, [deal]);
		else day.push(deal);
	}
	for (const [day, own] of days) {
		const [first] = own;
		if (first === undefined) continue;
		journal.wallS = first.at - 60;
		const opened = journal.openDay(first.date, day);
		for (const deal of own) writeDeal(journal, deal);
		journal.endSettlement(journal.beginSettlement(day, opened, [debits(own.length, 0)]));
		journal.closeDay(opened, first.date, day);
	}
}

function writeDeal(journal: FakeJournal, deal: Deal): void {
	if (deal.journal === undefined) return;
	journal.wallS = deal.at - 2;
	const { times, voided, amounts } = deal.journal;
	for (let time = 0; time < times; time++) {
		for (const [part, amountMinor] of amounts.entries()) {
			const original = write(journal, deal, Math.abs(amountMinor), {
				type: deal.kind,
				trace: deal.trace + part * VOID_TRACE,
				original: null,
			});
			if (!voided) continue;
			const trace = deal.trace + VOID_TRACE;
			write(journal, deal, Math.abs(amountMinor), { type: "void", trace, original });
		}
	}
}

function write(
	journal: FakeJournal,
	deal: Deal,
	amountMinor: number,
	own: {
		readonly type: "sale" | "refund" | "void";
		readonly trace: number;
		readonly original: number | null;
	},
): number {
	const isCard = deal.method === "card";
	const outcome = deal.journal?.outcome ?? "approved";
	const transaction = journal.append("intent", {
		...own,
		method: deal.method,
		amountMinor,
		currency: "CNY",
		order: deal.order,
		operator: "01",
		request: journal.last,
	});
	journal.append("outcome", {
		transaction,
		outcome,
		source: "app",
		group: isCard ? "domestic" : "wallet",
		scheme: isCard ? "CUP" : "WECHATPAY",
		reference: deal.journal?.reference ?? null,
		authorisation: isCard && outcome === "approved" ? deal.authorisation : null,
		response: outcome === "unknown" ? null : "00",
		lastFour: isCard ? deal.lastFour : null,
	});
	return transaction;
}
