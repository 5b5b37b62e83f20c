import test, { type ExecutionContext } from "ava";
import type { Delivery } from "../../../host/store/journal.ts";
import { enrolInStore } from "../../_helper/enrol.ts";
import { FakeJournal } from "../../_helper/fake-terminal.ts";
import { openTestStore, type Place, storePlaces } from "../../_helper/stores.ts";

async function setUp(t: ExecutionContext, place: Place) {
	const location = await place.make(t);
	const store = await openTestStore(t, location);
	const { epoch } = await enrolInStore(store, "till-0001");
	const journal = new FakeJournal("till-0001", epoch);
	function batch(from: number, to?: number): Delivery {
		return { type: "batch", terminal: "till-0001", epoch, body: journal.batch(from, to) };
	}
	return { location, store, journal, batch };
}

for (const place of await storePlaces()) {
	test(`${place.name}: a batch is kept and a second copy of it changes nothing`, async (t) => {
		const { store, journal, batch } = await setUp(t, place);
		for (let sale = 0; sale < 5; sale++) journal.sell();
		const [first] = await store.commitDeliveries([batch(1)]);
		const [second] = await store.commitDeliveries([batch(1)]);
		t.is(first?.judgement, "append");
		t.is(second?.judgement, "duplicate");
		t.is(second?.watermark, 10);
		t.deepEqual(Buffer.from(second?.chain ?? []), Buffer.from(journal.chainAt(10)));
	});

	test(`${place.name}: an overlapping batch adds only what is new`, async (t) => {
		const { store, journal, batch } = await setUp(t, place);
		for (let sale = 0; sale < 10; sale++) journal.sell();
		const receipts = await store.commitDeliveries([batch(1, 8), batch(5, 12), batch(3, 20)]);
		t.deepEqual(
			receipts.map(({ judgement }) => judgement),
			["append", "append", "append"],
		);
		t.is(receipts[2]?.watermark, 20);
	});

	test(`${place.name}: other records under the same numbers freeze the stream`, async (t) => {
		const { store, journal, batch } = await setUp(t, place);
		journal.sell(100);
		await store.commitDeliveries([batch(1)]);
		const clone = new FakeJournal("till-0001", journal.epoch);
		clone.sell(999);
		clone.sell(999);
		const place2 = { terminal: "till-0001", epoch: journal.epoch, type: "batch" } as const;
		const [fork] = await store.commitDeliveries([{ ...place2, body: clone.batch(1) }]);
		t.is(fork?.judgement, "fork");
		journal.sell(100);
		const [after] = await store.commitDeliveries([batch(1)]);
		t.is(after?.judgement, "frozen");
		t.true((await store.getTerminal("till-0001")).frozen);
		t.is((await store.getTerminal("till-0001")).watermark, 2);
	});

	test(`${place.name}: a hole is told and nothing behind it is taken`, async (t) => {
		const { store, journal, batch } = await setUp(t, place);
		for (let sale = 0; sale < 5; sale++) journal.sell();
		const [receipt] = await store.commitDeliveries([batch(5)]);
		t.deepEqual(receipt?.missing, { from: 1, to: 4 });
		t.is(receipt?.watermark, 0);
		t.is((await store.getTerminal("till-0001")).claimed, 10);
	});
}
