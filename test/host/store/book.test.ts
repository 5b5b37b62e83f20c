import test, { type ExecutionContext } from "ava";
import type { Store } from "../../../host/store/store.ts";
import { enrolInStore } from "../../_helper/enrol.ts";
import { debits, FakeJournal } from "../../_helper/fake-terminal.ts";
import { openTestStore, type Place, storePlaces } from "../../_helper/stores.ts";

const DATE = 20_261_121;

async function setUp(t: ExecutionContext, place: Place) {
	const store = await openTestStore(t, await place.make(t));
	const { epoch } = await enrolInStore(store, "till-0001");
	return { store, journal: new FakeJournal("till-0001", epoch) };
}

/** Commits a journal in batches of `size` and folds after each. */
async function deliver(store: Store, journal: FakeJournal, size: number, from = 1): Promise<void> {
	const { terminal, epoch } = journal;
	for (let first = from; first <= journal.last; first += size) {
		const body = journal.batch(first, Math.min(journal.last, first + size - 1));
		await store.commitDeliveries([{ type: "batch", terminal, epoch, body }]);
		while (!(await store.projectStream({ terminal, epoch })).isDone);
	}
}

/** Everything that the derived tables hold of the terminal. */
async function bookOf(store: Store) {
	const range = { terminal: "till-0001", epoch: 1, from: 1, to: Number.MAX_SAFE_INTEGER };
	return {
		transactions: await store.listTransactions(range),
		settlements: await store.listSettlements(range),
		days: await store.listDays({ terminal: "till-0001" }),
		shifts: await store.listShifts(range),
		debts: await store.listPrintDebts({ terminal: "till-0001", which: "all" }),
		notes: await store.listNotes(range),
		judged: await store.judgeDays({ businessDate: DATE }),
	};
}

async function collect<Row>(rows: AsyncIterable<Row>): Promise<readonly Row[]> {
	const collected: Row[] = [];
	for await (const row of rows) collected.push(row);
	return collected;
}

function busyJournal(journal: FakeJournal): void {
	journal.append("start", { firmware: "test 1", clean: true, profile: "shop" });
	journal.append("shiftOpen", { shift: 1, operator: "01" });
	journal.wholeDay(DATE, 4);
	journal.append("shiftClose", { shift: 1, operator: "01", first: 2, exceptions: [] });
	journal.appendWire({ kind: 201, flags: 1, payload: new Uint8Array([0x80]) });
	const opened = journal.openDay(DATE + 1, 2);
	const doubtful = journal.sell(700, "unknown");
	journal.append("reversal", { transaction: doubtful, attempt: 1, result: "reversed" });
	const settlement = journal.beginSettlement(2, opened, [debits(0, 0)]);
	const sale = journal.sell(50);
	journal.append("uploadSent", { settlement, transaction: sale, accepted: true, outcome: 1 });
	journal.endSettlement(settlement, "notAgreed");
	journal.print("dailyList", settlement, "sent");
	journal.append("override", {
		blocker: "printDebt",
		subject: null,
		by: "manager",
		role: "manager",
		reason: "no paper",
	});
}

for (const place of await storePlaces()) {
	test(`${place.name}: the book is the same record by record, in one go and rebuilt`, async (t) => {
		const slow = await setUp(t, place);
		const fast = await setUp(t, place);
		busyJournal(slow.journal);
		busyJournal(fast.journal);
		await deliver(slow.store, slow.journal, 1);
		await deliver(fast.store, fast.journal, 50);
		const book = await bookOf(slow.store);
		t.is(book.transactions.length, 6);
		t.is(book.notes.length, 3);
		t.deepEqual(await bookOf(fast.store), book);
		await slow.store.rebuildBook();
		t.deepEqual(await bookOf(slow.store), book);
	});

	test(`${place.name}: a day is complete when settled, printed and closed`, async (t) => {
		const { store, journal } = await setUp(t, place);
		journal.wholeDay(DATE, 3);
		await deliver(store, journal, 50);
		const [day] = await store.judgeDays({ businessDate: DATE, terminal: "till-0001" });
		t.deepEqual(day?.missing, []);
		t.true(day?.complete);
		t.deepEqual(day?.totals, [debits(3, 3000)]);
		t.deepEqual(await store.judgeDays({ businessDate: DATE + 1 }), []);
	});

	test(`${place.name}: a loss in the day is part of what it lacks`, async (t) => {
		const { store, journal } = await setUp(t, place);
		const { terminal, epoch } = journal;
		journal.wholeDay(DATE, 3);
		const first = { type: "batch", terminal, epoch, body: journal.batch(1, 3) } as const;
		const [next = null] = journal.batch(6, 6).records;
		const body = { from: 4, to: 5, next, nextChain: journal.chainAt(6) };
		await store.commitDeliveries([first, { type: "loss", terminal, epoch, body }]);
		await deliver(store, journal, 50, 7);
		const [day] = await store.judgeDays({ businessDate: DATE });
		t.deepEqual(day?.missing, [{ type: "recordsLost", count: 2, subject: 4 }]);
	});

	test(`${place.name}: transactions come with their business date and batch`, async (t) => {
		const { store, journal } = await setUp(t, place);
		journal.wholeDay(DATE, 2, 7);
		journal.openDay(DATE + 1, 8);
		journal.sell(5);
		await deliver(store, journal, 50);
		const rows = await collect(
			store.datedTransactions({ tenant: "shop", from: DATE, to: DATE + 1 }),
		);
		t.deepEqual(
			rows.map(({ businessDate, batch, amountMinor }) => [businessDate, batch, amountMinor]),
			[
				[DATE, 7, 1000],
				[DATE, 7, 1000],
				[DATE + 1, null, 5],
			],
		);
	});

	test(`${place.name}: rows of a statement count only when it is finished, and once`, async (t) => {
		const { store } = await setUp(t, place);
		const begun = { tenant: "shop", leg: "acquirer", format: "csv", file: "a.csv" };
		const row = (line: number) => ({
			reference: `R${line}`,
			kind: "sale",
			amountMinor: line * 100,
			currency: "CNY",
			businessDate: DATE,
			source: { file: "a.csv", line },
			status: "approved",
			note: "kept as given",
		});
		const rows = Array.from({ length: 100 }, (_, index) => row(index + 1));
		const filter = { tenant: "shop", from: DATE, to: DATE };
		await store.beginStatement({ id: "one", ...begun });
		await store.addStatementRows("one", rows.slice(0, 60));
		await store.addStatementRows("one", rows.slice(60));
		t.deepEqual(await collect(store.statementRows(filter)), []);
		const finish = (id: string, compared: number) => {
			const finished = { id, digest: "d1", summary: { rows: 100 }, badRows: [], corrections: [] };
			return store.finishStatements({ tenant: "shop", compared, statements: [finished] });
		};
		t.false(await finish("one", 1), "others were finished since");
		t.true(await finish("one", 0));
		t.deepEqual(await collect(store.statementRows(filter)), rows);
		await store.beginStatement({ id: "two", ...begun });
		await store.addStatementRows("two", rows);
		await t.throwsAsync(finish("two", 1), { code: "REFUSED" });
		t.is((await store.listStatements("shop")).length, 1);
	});

	test(`${place.name}: a closed store says so, and closing twice is no fault`, async (t) => {
		const { store } = await setUp(t, place);
		await store.close();
		await store.close();
		await t.throwsAsync(store.listTerminals(), { code: "CLOSED" });
	});
}
