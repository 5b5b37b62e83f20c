import test from "ava";
import { judgeBatch, judgeHello, judgeLoss, type StreamHead } from "../../../host/core/stream.ts";
import { recordHash } from "../../../host/digest.ts";
import { FakeJournal } from "../../_helper/fake-terminal.ts";

const fresh = new Uint8Array(32).fill(9);

function journalOf(sales: number): FakeJournal {
	const journal = new FakeJournal("till-0001");
	for (let sale = 0; sale < sales; sale++) journal.sell(sale + 1);
	return journal;
}

function headAt(journal: FakeJournal, watermark: number): StreamHead {
	return { watermark, chain: journal.chainAt(watermark), frozen: false, fenced: false };
}

test("a batch that does not end where it says is no batch, even for a frozen stream", (t) => {
	const journal = journalOf(2);
	const batch = { ...journal.batch(1), endChain: fresh };
	t.is(judgeBatch(headAt(journal, 0), batch, recordHash).type, "invalid");
	t.is(judgeBatch({ ...headAt(journal, 0), frozen: true }, batch, recordHash).type, "invalid");
	t.is(judgeBatch(headAt(journal, 0), { ...batch, records: [] }, recordHash).type, "invalid");
});

test("an old batch is a copy only when its chain is the stored one", (t) => {
	const journal = journalOf(3);
	const head = headAt(journal, 6);
	const batch = journal.batch(1, 4);
	t.is(judgeBatch(head, batch, recordHash, journal.chainAt(4)).type, "duplicate");
	t.is(judgeBatch(head, batch, recordHash, fresh).type, "fork");
	t.is(judgeBatch(head, batch, recordHash, undefined).type, "stray");
});

test("a frozen or fenced stream takes nothing", (t) => {
	const journal = journalOf(2);
	const batch = journal.batch(3);
	t.is(judgeBatch({ ...headAt(journal, 2), frozen: true }, batch, recordHash).type, "frozen");
	t.is(judgeBatch({ ...headAt(journal, 2), fenced: true }, batch, recordHash).type, "fenced");
});

test("a loss whose records the host holds costs nothing and is checked by its chain", (t) => {
	const journal = journalOf(3);
	const [next = null] = journal.batch(5, 5).records;
	const loss = { from: 3, to: 4, next, nextChain: journal.chainAt(5) };
	const judged = judgeLoss(headAt(journal, 4), loss, recordHash);
	t.like(judged, { type: "append", from: 5, loss: { missingFrom: null } });
	t.is(judged.type === "append" && judged.previousChain.length, 32);
	t.is(judgeLoss(headAt(journal, 6), loss, recordHash, journal.chainAt(5)).type, "duplicate");
	t.is(judgeLoss(headAt(journal, 6), loss, recordHash, fresh).type, "fork");
});

test("a loss is cut to what the host lacks as well", (t) => {
	const journal = journalOf(3);
	const [next = null] = journal.batch(6, 6).records;
	const loss = { from: 2, to: 5, next, nextChain: journal.chainAt(6) };
	t.like(judgeLoss(headAt(journal, 3), loss, recordHash), {
		type: "append",
		from: 6,
		loss: { missingFrom: 4 },
	});
});

test("a loss at the end of the journal moves the stream to the chain that the terminal goes on with", (t) => {
	const journal = journalOf(2);
	const loss = { from: 3, to: 4, next: null, nextChain: fresh };
	for (const watermark of [2, 4]) {
		const judged = judgeLoss(headAt(journal, watermark), loss, recordHash);
		t.like(judged, { type: "append", from: 5, records: [] });
		t.is(judged.type === "append" ? judged.chain : undefined, fresh);
	}
});

test("a loss of nothing says that only the chain to the record is lost", (t) => {
	const journal = journalOf(2);
	const [next = null] = journal.batch(3, 3).records;
	const loss = { from: 3, to: 2, next, nextChain: journal.chainAt(3) };
	t.like(judgeLoss(headAt(journal, 2), loss, recordHash), { type: "append", from: 3 });
	t.is(judgeLoss(headAt(journal, 2), { ...loss, to: 1 }, recordHash).type, "invalid");
});

test("a hello shows a clone, a rollback or a terminal that is only ahead", (t) => {
	const journal = journalOf(3);
	const hello = journal.hello(4);
	t.is(judgeHello(headAt(journal, 4), hello), "ok");
	t.is(judgeHello(headAt(journal, 4), { ...hello, watermarkChain: fresh }), "fork");
	t.is(judgeHello(headAt(journal, 6), { ...hello, lastChain: fresh }), "fork");
	const rolledBack = { ...hello, last: 2, lastChain: journal.chainAt(2), watermark: 2 };
	t.is(judgeHello(headAt(journal, 6), rolledBack, journal.chainAt(2)), "behind");
	t.is(judgeHello(headAt(journal, 6), rolledBack, fresh), "fork");
});
