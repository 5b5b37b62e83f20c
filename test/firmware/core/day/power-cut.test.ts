import test from "ava";
import { stride } from "../../../_helper/effort.ts";
import { type Cut, PowerCut } from "../../../_helper/fake-journal.ts";
import { lin, Shop } from "../../../_helper/shop.ts";

type Asked = Parameters<Shop["app"]["ask"]>[0];

/** What the customers of the day want, whatever happens to the power. Trace numbers name the orders. */
const orders: readonly Asked[] = [
	{ amountMinor: 20_00, order: "a" },
	{ amountMinor: 5_00, order: "b", method: "qr" },
	{ amountMinor: 7_50, order: "c" },
	{ amountMinor: 20_00, order: "d", type: "void" },
	{ amountMinor: 2_00, order: "e", type: "refund" },
];
/** Order d voids order a, order e gives back a part of order b. */
const originals: Readonly<Record<string, string>> = { d: "a", e: "b" };

/** A cashier who goes on where the terminal stands: each duty looks at the state and does the next thing. */
class Cashier {
	readonly shop: Shop;
	readonly #requests = new Map<string, number>();

	constructor(shop: Shop) {
		this.shop = shop;
	}

	/** Does one thing; false when the day is done. */
	work(): boolean {
		const { shop } = this;
		const { state } = shop;
		if (state.days.length > 0) return false;
		const next = orders.find(({ order }) => this.#approvedOf(order) === null);
		if (next !== undefined) {
			if (state.shift === null) shop.day.openShift("lin");
			else this.#serve(next);
		} else if (state.open.length > 0) shop.wait(60);
		else if (shop.day.settle("operator")) shop.wait(30);
		else if (state.debts.length > 0) shop.print();
		else shop.day.close("day", lin);
		return true;
	}

	#serve(asked: Asked): void {
		const { order } = asked;
		const request = this.#requests.get(order ?? "");
		const refused = this.shop.app.refused.some((refusal) => refusal.request === request);
		if (request === undefined || refused || this.#wasDeclined(order)) {
			const original = this.#approvedOf(originals[order ?? ""]);
			this.#requests.set(order ?? "", this.shop.app.ask({ ...asked, original }));
		}
		this.shop.wait(10);
	}

	#approvedOf(order: string | null | undefined): number | null {
		const intents = this.shop.records("intent").filter(({ body }) => body.order === order);
		const found = intents.find(({ sequence }) => this.#outcomeOf(sequence) === "approved");
		return found?.sequence ?? null;
	}

	#wasDeclined(order: string | null | undefined): boolean {
		const last = this.shop.records("intent").findLast(({ body }) => body.order === order);
		return last !== undefined && this.#outcomeOf(last.sequence) === "declined";
	}

	#outcomeOf(transaction: number): string | undefined {
		return this.shop.records("outcome").findLast(({ body }) => body.transaction === transaction)
			?.body.outcome;
	}
}

function runDay(cut: Cut | null, phantomMinor: number): Shop {
	const shop = new Shop({ cut });
	shop.app.fates.push("approve", "loseAnswer", "decline", "approve");
	shop.app.acquirer.phantomMinor = phantomMinor;
	if (phantomMinor === 0) shop.app.lineFaults.push("loseAnswer");
	const cashier = new Cashier(shop);
	let isOn = false;
	for (let round = 0; round < 500; round++) {
		try {
			if (!isOn) shop.boot();
			isOn = true;
			if (!cashier.work()) return shop;
		} catch (error) {
			if (!(error instanceof PowerCut)) throw error;
			isOn = false;
		}
	}
	throw new RangeError(`the day never ends after a cut at append ${cut?.append}`);
}

/** What must be the same however often the power went. */
function outcomeOf(shop: Shop) {
	const { state, app } = shop;
	const approved = shop
		.records("outcome")
		.filter(({ body }) => body.outcome === "approved" && body.source !== "contradicting")
		.map(({ body }) => shop.core.recordAt(body.transaction))
		.map((record) => (record?.kind === "intent" ? record.body.order : "lost"));
	return {
		approved,
		settled: shop.records("settleEnd").map(({ body }) => body.verdicts),
		totals: shop.records("settleBegin").map(({ body }) => body.groups),
		uploaded: shop.records("uploadSent").length,
		owed: state.debts.length,
		days: state.days.map(({ clean, listConfirmed }) => ({ clean, listConfirmed })),
		open: state.open.length,
		batches: app.acquirer.batches.size,
		charged: [...app.acquirer.charges.values()].filter(({ status }) => status === "approved")
			.length,
	};
}

/** True when a settlement was ever sent a second time without a question in between. */
function sentBlindly(shop: Shop): boolean {
	const talk = shop.app.received.filter(
		({ type }) => type === "settle" || type === "enquireSettlement",
	);
	return talk.some(({ type }, index) => type === "settle" && talk[index - 1]?.type === "settle");
}

for (const [name, phantomMinor] of [
	["agrees", 0],
	["does not agree", 9_00],
] as const) {
	for (const durable of [true, false]) {
		const when = durable ? "after" : "before";
		test(`power lost right ${when} each append of a day that ${name}: the same end`, (t) => {
			const whole = runDay(null, phantomMinor);
			const expected = outcomeOf(whole);
			t.deepEqual(expected.days, [{ clean: true, listConfirmed: true }]);
			t.deepEqual(expected.approved, ["a", "b", "c", "d", "e"]);
			t.true(whole.journal.appends > 20);
			for (let append = 1; append <= whole.journal.appends; append += stride(1, 5)) {
				const shop = runDay({ append, durable }, phantomMinor);
				t.deepEqual(outcomeOf(shop), expected, `cut ${when} append ${append}`);
				t.false(sentBlindly(shop), `cut ${when} append ${append}`);
			}
		});
	}
}
