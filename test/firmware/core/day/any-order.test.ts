import test from "ava";
import fc from "fast-check";
import { intentOf } from "../../../../firmware/core/day/ledger.ts";
import type { Actor, ReleasePurpose } from "../../../../firmware/core/part.ts";
import { fold } from "../../../../firmware/core/state/fold.ts";
import type { GroupTotals } from "../../../../firmware/core/state/state.ts";
import { decodeState, emptyState, encodeState } from "../../../../firmware/core/state/state.ts";
import { added, entersTotals } from "../../../../firmware/core/state/totals.ts";
import { CloseoutError } from "../../../../protocol/error.ts";
import { thin } from "../../../_helper/effort.ts";
import type { Fate } from "../../../_helper/fake-payment-app.ts";
import { chen, lin, openShop, type Shop } from "../../../_helper/shop.ts";

type Move = (shop: Shop) => void;

const fate = fc.constantFrom<Fate>(
	"approve",
	"decline",
	"loseAnswer",
	"hang",
	"vanish",
	"unknown",
	"offline",
);
const lineFault = fc.constantFrom("none", "loseRequest", "loseAnswer");
const method = fc.constantFrom("card", "qr", "cash");
const index = fc.nat(20);

/** What can happen to a terminal, each with the words that a failing run prints. */
const moves = fc.oneof(
	{
		weight: 6,
		arbitrary: fc
			.record({ amountMinor: fc.integer({ min: 1, max: 500_00 }), fate, method })
			.map(({ amountMinor, fate, method }) =>
				named(`sell ${amountMinor} ${method} ${fate}`, (shop) => {
					shop.app.fates.splice(0, 9, fate);
					shop.sell(amountMinor, { method });
				}),
			),
	},
	fc
		.record({
			index,
			type: fc.constantFrom("void", "refund", "completion", "cancellation", "tip"),
		})
		.map(({ index, type }) =>
			named(`${type} ${index}`, (shop) => {
				const original = shop.records("intent")[index];
				if (original === undefined) return;
				shop.sell(original.body.amountMinor, { type, original: original.sequence });
			}),
		),
	fate.map((fate) =>
		named(`hold ${fate}`, (shop) => {
			shop.app.fates.splice(0, 9, fate);
			shop.sell(300_00, { type: "preAuthorisation" });
		}),
	),
	fc
		.record({ index, way: fc.constantFrom("complete" as const, "cancel" as const) })
		.map(({ index, way }) =>
			named(`${way} hold ${index}`, (shop) => {
				const hold = shop.state.holds[index];
				if (hold !== undefined) shop.day.finishHold(hold.transaction, way);
			}),
		),
	fc
		.record({ index, type: fc.constantFrom("tipOpen", "tipNone", "holdExpiry") })
		.map(({ index, type }) =>
			named(`tell ${type} ${index}`, (shop) => {
				const transaction = shop.records("intent")[index]?.sequence;
				if (transaction === undefined) return;
				if (type === "holdExpiry") shop.app.tell(type, { transaction, expiryS: 1_900_000_000 });
				else shop.app.tell(type, { transaction });
			}),
		),
	index.map((index) =>
		named(`no tip ${index}`, (shop) => {
			const sale = shop.state.tips[index];
			if (sale !== undefined) shop.day.declareNoTip(sale, lin);
		}),
	),
	index.map((index) =>
		named(`give up ${index}`, (shop) => {
			const { open, holds } = shop.state;
			const one = [...open, ...holds][index];
			if (one !== undefined) shop.day.giveUp(one.transaction, chen, "any order");
		}),
	),
	fc.constantFrom("paid" as const, "refused" as const, "noLine" as const).map((delivery) =>
		named(`delivery ${delivery}`, (shop) => {
			shop.app.delivery = delivery;
		}),
	),
	fc
		.record({
			purpose: fc.constantFrom("update" as const, "wipe" as const, "signOut" as const),
			by: fc.constantFrom(lin, chen, { name: "technician", role: "technician" } as const),
		})
		.map(({ purpose, by }) =>
			named(`${by.role} asks to ${purpose}`, (shop) => releaseChecked(shop, purpose, by)),
		),
	lineFault.map((fault) =>
		named(`next line ${fault}`, (shop) => void shop.app.lineFaults.push(fault)),
	),
	fc.boolean().map((on) =>
		named(`phantom ${on}`, (shop) => {
			shop.app.acquirer.phantomMinor = on ? 100 : 0;
		}),
	),
	fc.boolean().map((on) =>
		named(`cannot confirm ${on}`, (shop) => {
			shop.app.acquirer.cannotConfirm = on;
		}),
	),
	fc.constant(named("settle", (shop) => void shop.day.settle("operator"))),
	fc
		.constantFrom(1, 10, 130, 4_000, 90_000)
		.map((seconds) => named(`wait ${seconds}`, (shop) => shop.wait(seconds))),
	fc.constant(named("power cut", (shop) => shop.boot())),
	fc.constant(named("print", (shop) => shop.print())),
	fc.constant(named("open", (shop) => shop.day.openShift("lin"))),
	fc
		.constantFrom("shift" as const, "day" as const)
		.map((scope) => named(`close ${scope}`, (shop) => closeChecked(shop, scope))),
	index.map((index) =>
		named(`override ${index}`, (shop) => {
			const blockers = shop.day.blockers("day");
			const blocker = blockers[index % Math.max(1, blockers.length)];
			if (blocker !== undefined) shop.day.override(blocker, chen, "any order");
		}),
	),
	index.map((index) =>
		named(`reverse ${index}`, (shop) => {
			const { open } = shop.state;
			const one = open[index % Math.max(1, open.length)];
			if (one !== undefined) shop.day.retryReversal(one.transaction);
		}),
	),
	fc
		.record({ index, outcome: fc.constantFrom("approved", "declined", "unknown") })
		.map(({ index, outcome }) =>
			named(`told ${index} ${outcome}`, (shop) => {
				const transaction = shop.records("intent")[index]?.sequence;
				if (transaction === undefined) return;
				const nothing = { reference: null, authorisation: null, response: null, lastFour: null };
				const body = {
					transaction,
					outcome,
					source: "app",
					group: "domestic",
					scheme: "",
				} as const;
				shop.app.tell("outcome", { ...body, ...nothing });
			}),
		),
);

function named(name: string, move: Move): Move {
	return Object.assign(move, { [fc.toStringMethod]: () => name });
}

/** A close never passes a blocker that nobody lifted. */
function closeChecked(shop: Shop, scope: "shift" | "day"): void {
	const { overrides } = shop.state;
	const standing = shop.day
		.blockers(scope)
		.filter(({ type, subject }) =>
			overrides.every((other) => other.blocker !== type || other.subject !== subject),
		);
	const result = shop.day.close(scope, lin);
	if (result.closed && standing.length > 0) throw new RangeError("closed past a blocker");
	if (!result.closed && standing.length === 0) throw new RangeError("refused without a blocker");
}

/** Nobody wipes a terminal that has anything left to do; nothing was pulled here. */
function releaseChecked(shop: Shop, purpose: ReleasePurpose, by: Actor): void {
	const { day, shift, batch, settlement, open, tips, holds, debts } = shop.state;
	const left = open.length + tips.length + holds.length + debts.length + batch.groups.length;
	const isClean = day === null && shift === null && settlement === null && left === 0;
	if (shop.day.askRelease(purpose, by).accepted !== isClean)
		throw new RangeError("let go with work left, or kept without");
}

/** Approvals of a range by the journal alone, without the state. */
function totalsOf(shop: Shop, first: number, last: number): readonly GroupTotals[] {
	let groups: readonly GroupTotals[] = [];
	for (const { sequence, body } of shop.records("outcome")) {
		if (sequence < first || sequence > last) continue;
		if (body.outcome !== "approved" || body.source === "contradicting") continue;
		const intent = intentOf(shop.core, body.transaction);
		if (intent === undefined) throw new RangeError("approved without an intent");
		if (entersTotals(intent.type)) groups = added(groups, body.group, intent);
	}
	return groups;
}

function checkTotals(shop: Shop): string | undefined {
	const { batch, sequence } = shop.state;
	const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
	if (!same(batch.groups, totalsOf(shop, batch.first, sequence))) return "totals of the open batch";
	let next = 1;
	for (const { body, sequence: id } of shop.records("settleBegin")) {
		if (body.first !== next || body.last !== id - 1) return `range of batch ${body.batch}`;
		if (!same(body.groups, totalsOf(shop, body.first, body.last))) return `totals of ${body.batch}`;
		next = id + 1;
	}
	return batch.first === next ? undefined : "range of the open batch";
}

const endsOne: readonly string[] = ["completion", "cancellation", "tip"];

function checkOnce(shop: Shop): string | undefined {
	const approved = shop
		.records("outcome")
		.filter(({ body }) => body.outcome === "approved" && body.source !== "contradicting")
		.map(({ body }) => body.transaction);
	if (new Set(approved).size !== approved.length) return "a transaction is in two batches";
	const ended = shop
		.records("intent")
		.filter(({ body, sequence }) => endsOne.includes(body.type) && approved.includes(sequence))
		.map(({ body }) => body.original);
	if (new Set(ended).size !== ended.length) return "a tip or a pre-authorisation ended twice";
	const marks = shop.records("uploadSent").map(({ body }) => body.outcome);
	if (new Set(marks).size !== marks.length) return "a detail was marked twice";
	const talk = shop.app.received.filter(
		({ type }) => type === "settle" || type === "enquireSettlement",
	);
	for (const [place, { type, body }] of talk.entries()) {
		const before = talk[place - 1];
		if (type !== "settle" || before?.type !== "settle") continue;
		if (before.body.settlement === body.settlement) return "a settlement was sent again blindly";
	}
	return undefined;
}

/** The checkpoint loses nothing, and the journal alone gives the same state. */
function checkFold(shop: Shop): string | undefined {
	const kept = encodeState(shop.state).join();
	if (encodeState(decodeState(encodeState(shop.state))).join() !== kept) return "the checkpoint";
	let state = emptyState();
	for (const record of shop.journal.all()) state = fold(state, record.sequence, record);
	return encodeState(state).join() === kept ? undefined : "the replayed state";
}

function play(moves: readonly Move[]): Shop {
	const shop = openShop();
	for (const move of moves) {
		try {
			move(shop);
			shop.pump();
		} catch (error) {
			if (!(error instanceof CloseoutError && error.code === "REFUSED")) throw error;
		}
		const broken = checkTotals(shop) ?? checkOnce(shop) ?? checkFold(shop);
		if (broken !== undefined) throw new RangeError(broken);
	}
	return shop;
}

test("in any order of events totals hold, nothing is counted twice and no close passes a blocker", (t) => {
	fc.assert(
		fc.property(fc.array(moves, { maxLength: 40 }), (moves) => {
			const shop = play(moves);
			// From wherever this ended, a manager gets home.
			if (shop.state.day === null) shop.day.openShift("lin");
			return shop.day.closeWithExceptions("day", chen, "going home").closed;
		}),
		{ numRuns: thin(300, 15), includeErrorInReport: true },
	);
	t.pass();
});

test("once faults stop, everything comes to an end by itself", (t) => {
	fc.assert(
		fc.property(fc.array(moves, { maxLength: 30 }), (moves) => {
			const shop = play(moves);
			if (shop.state.shift === null) shop.day.openShift("lin");
			shop.app.lineFaults.length = 0;
			shop.app.reversalFaults.length = 0;
			shop.app.acquirer.phantomMinor = 0;
			shop.app.acquirer.cannotConfirm = false;
			shop.app.delivery = "paid";
			for (const { transaction, phase } of shop.state.open) {
				shop.app.wake(transaction);
				if (phase === "late") shop.day.retryReversal(transaction);
			}
			shop.wait(600);
			for (const sale of shop.state.tips) shop.day.declareNoTip(sale, lin);
			shop.day.settle("operator");
			shop.wait(600);
			const { settlement, batch } = shop.state;
			const running = shop.state.open.filter(
				({ phase }) => phase !== "late" && phase !== "reversing" && phase !== "unpaid",
			);
			return settlement === null && batch.groups.length === 0 && running.length === 0;
		}),
		{ numRuns: thin(150, 15), includeErrorInReport: true },
	);
	t.pass();
});
