import test from "ava";
import { type DayReport, judgeDay } from "../../../host/core/day.ts";
import type { DayFacts, Override } from "../../../host/core/day-facts.ts";
import { Fold } from "../../../host/core/fold.ts";
import { debits, FakeJournal } from "../../_helper/fake-terminal.ts";

const DATE = 20_261_121;

/** The facts of the first day of a journal, as the store would gather them. */
function factsOf(journal: FakeJournal, changed: Partial<DayFacts["stream"]> = {}): DayFacts {
	const fold = new Fold();
	for (const entry of journal.entries) fold.add(entry.sequence, entry);
	const period = [...fold.periods.added.values()].find(({ kind }) => kind === "day");
	if (period === undefined) throw new TypeError("the journal has no day");
	const notes = [...fold.notes.added.values()];
	return {
		period,
		range: { from: period.firstSeq, to: period.lastSeq ?? journal.last },
		transactions: [...fold.transactions.added.values()].sort((a, b) => a.placeSeq - b.placeSeq),
		settlements: [...fold.settlements.added.values()],
		printDebts: [...fold.printDebts.added.values()],
		supplements: [],
		givenBack: new Set(),
		overrides: notes.flatMap((note): Override[] =>
			note.kind === "override" ? [{ seq: note.seq, ...note.body }] : [],
		),
		lost: [],
		unreadable: 0,
		stream: {
			watermark: journal.last,
			claimed: journal.last,
			projected: journal.last,
			frozen: false,
			fenced: false,
			...changed,
		},
	};
}

function judge(journal: FakeJournal, changed: Partial<DayFacts["stream"]> = {}): DayReport {
	return judgeDay(factsOf(journal, changed));
}

function typesOf(report: DayReport): readonly string[] {
	return report.missing.map(({ type }) => type);
}

test("a day that is settled, printed and closed lacks nothing", (t) => {
	const journal = new FakeJournal("till-0001");
	journal.wholeDay(DATE, 3);
	const report = judge(journal);
	t.deepEqual(report.missing, []);
	t.true(report.complete);
	t.deepEqual(report.totals, [debits(3, 3000)]);
});

test("a day without sales needs neither settlement nor list", (t) => {
	const journal = new FakeJournal("till-0001");
	journal.closeDay(journal.openDay(DATE), DATE);
	t.true(judge(journal).complete);
});

test("sales after the settlement are named with their money", (t) => {
	const journal = new FakeJournal("till-0001");
	const opened = journal.openDay(DATE);
	journal.sell(500);
	const settlement = journal.beginSettlement(1, opened, [debits(1, 500)]);
	journal.endSettlement(settlement);
	journal.print("dailyList", settlement);
	journal.sell(700);
	journal.sell(800);
	journal.closeDay(opened, DATE);
	const report = judge(journal);
	const unsettled = report.missing.find(({ type }) => type === "unsettled");
	t.is(unsettled?.count, 2);
	t.is(unsettled?.amountMinor, 1500);
	t.deepEqual(typesOf(report), ["unsettled", "listMissing"]);
});

test("a settlement without an end, in doubt or not agreed keeps the day open", (t) => {
	for (const [verdict, type] of [
		["notAgreed", "notAgreed"],
		["cannotConfirm", "cannotConfirm"],
	] as const) {
		const journal = new FakeJournal("till-0001");
		const opened = journal.openDay(DATE);
		journal.sell(500);
		const settlement = journal.beginSettlement(1, opened, [debits(1, 500)]);
		journal.endSettlement(settlement, verdict);
		journal.print("dailyList", settlement);
		journal.closeDay(opened, DATE);
		t.deepEqual(typesOf(judge(journal)), [type]);
	}
	const journal = new FakeJournal("till-0001");
	const opened = journal.openDay(DATE);
	journal.sell(500);
	const settlement = journal.beginSettlement(1, opened, [debits(1, 500)]);
	journal.print("dailyList", settlement);
	journal.closeDay(opened, DATE);
	t.deepEqual(typesOf(judge(journal)), ["settlementOpen"]);
});

test("an override documents a settlement that did not agree", (t) => {
	const journal = new FakeJournal("till-0001");
	const opened = journal.openDay(DATE);
	journal.sell(500);
	const settlement = journal.beginSettlement(1, opened, [debits(1, 500)]);
	journal.endSettlement(settlement, "notAgreed");
	journal.print("dailyList", settlement);
	journal.append("override", {
		blocker: "uploadIncomplete",
		subject: settlement,
		by: "manager",
		role: "manager",
		reason: "claimed at the acquirer",
	});
	journal.closeDay(opened, DATE);
	const report = judge(journal);
	t.true(report.complete);
	t.deepEqual(
		report.lifted.map(({ type }) => type),
		["notAgreed"],
	);
});

test("totals that the records do not give are found", (t) => {
	const journal = new FakeJournal("till-0001");
	const opened = journal.openDay(DATE);
	journal.sell(500);
	const settlement = journal.beginSettlement(1, opened, [debits(1, 400)]);
	journal.endSettlement(settlement);
	journal.print("dailyList", settlement);
	journal.closeDay(opened, DATE);
	t.deepEqual(typesOf(judge(journal)), ["totalsDiffer"]);
});

test("unknown outcomes and pending reversals are money that nobody knows", (t) => {
	const journal = new FakeJournal("till-0001");
	const opened = journal.openDay(DATE);
	journal.sell(300, "unknown");
	const reversing = journal.sell(200, "unknown");
	journal.append("reversal", { transaction: reversing, attempt: 3, result: "noAnswer" });
	const taken = journal.sell(100, "unknown");
	journal.append("reversal", { transaction: taken, attempt: 1, result: "reversed" });
	journal.closeDay(opened, DATE);
	const report = judge(journal);
	t.deepEqual(typesOf(report), ["unknownOutcome", "pendingReversal"]);
	t.deepEqual(
		report.missing.map(({ amountMinor }) => amountMinor),
		[300, 200],
	);
});

test("money that was taken after all is open until it is reversed", (t) => {
	const journal = new FakeJournal("till-0001");
	const opened = journal.openDay(DATE);
	const transaction = journal.sell(300, "declined");
	const facts = {
		type: "sale",
		method: "card",
		amountMinor: 300,
		currency: "CNY",
		trace: null,
		original: null,
		order: null,
		operator: "01",
		request: 1,
	} as const;
	journal.append("reopened", { transaction, ...facts });
	t.true(typesOf(judge(journal)).includes("refundOwed"));
	journal.append("reversal", { transaction, attempt: 1, result: "reversed" });
	journal.closeDay(opened, DATE);
	t.true(judge(journal).complete);
});

test("owed paper is named by document, waived paper is documented", (t) => {
	const journal = new FakeJournal("till-0001");
	const opened = journal.openDay(DATE);
	const sale = journal.sell(500);
	journal.print("slip", sale, "sent");
	const settlement = journal.beginSettlement(1, opened, [debits(1, 500)]);
	journal.endSettlement(settlement);
	journal.print("settlementSlip", settlement, "waived");
	journal.print("dailyList", settlement, "due");
	journal.closeDay(opened, DATE);
	const report = judge(journal);
	t.deepEqual(
		report.missing.map(({ type, document }) => [type, document]),
		[
			["printOwed", "slip"],
			["printOwed", "dailyList"],
		],
	);
	t.deepEqual(
		report.lifted.map(({ document }) => document),
		["settlementSlip"],
	);
});

test("a late outcome belongs to the day its record lies in", (t) => {
	const journal = new FakeJournal("till-0001");
	const opened = journal.openDay(DATE);
	const doubtful = journal.sell(900, "unknown");
	journal.closeDay(opened, DATE);
	journal.openDay(DATE + 1, 2);
	journal.append("outcome", {
		transaction: doubtful,
		outcome: "approved",
		source: "late",
		group: "domestic",
		scheme: "CUP",
		reference: "R1",
		authorisation: null,
		response: "00",
		lastFour: null,
	});
	const facts = factsOf(journal);
	const first = judgeDay(facts);
	t.true(first.complete);
	const next = judgeDay({ ...facts, range: { from: first.range.to + 1, to: journal.last } });
	t.is(next.lateCount, 1);
	t.is(next.missing.find(({ type }) => type === "unsettled")?.amountMinor, 900);
});

test("an open day says what is still to come", (t) => {
	const journal = new FakeJournal("till-0001");
	journal.openDay(DATE);
	t.deepEqual(typesOf(judge(journal, { claimed: 4 })), ["notClosed", "recordsToCome"]);
	t.deepEqual(typesOf(judge(journal, { claimed: 4, fenced: true })), [
		"notClosed",
		"recordsMaybeLost",
	]);
	t.deepEqual(typesOf(judge(journal, { frozen: true })), ["notClosed", "fork"]);
});

test("destroyed records and records of a later version are named", (t) => {
	const journal = new FakeJournal("till-0001");
	journal.wholeDay(DATE, 1);
	const report = judgeDay({ ...factsOf(journal), lost: [{ from: 3, to: 4 }], unreadable: 1 });
	t.deepEqual(
		report.missing.map(({ type, count, subject }) => [type, count, subject]),
		[
			["recordsLost", 2, 3],
			["recordsUnreadable", 1, 1],
		],
	);
});
