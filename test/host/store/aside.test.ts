import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import type { AsidePiece } from "../../../host/core/aside.ts";
import { recordHash } from "../../../host/digest.ts";
import type { Store } from "../../../host/store/store.ts";
import { toHex } from "../../../protocol/bytes.ts";
import { BATCH_RECORDS_MAX } from "../../../protocol/limits.ts";
import { enrolInStore } from "../../_helper/enrol.ts";
import { FakeJournal, type JournalEntry } from "../../_helper/fake-terminal.ts";
import { openTestStore, storePlaces } from "../../_helper/stores.ts";

const RECORDS = 90;
const places = await storePlaces();
const none = new Uint8Array(0);
let terminals = 0;

/** A stretch of the journal as a file has it. */
interface Stretch {
	readonly from: number;
	readonly length: number;
	/** Each piece has at most this many records. */
	readonly size: number;
	/** The chain before the first record is lost. */
	readonly isCut: boolean;
	/** The terminal itself sends instead of a file. */
	readonly isSent: boolean;
}

const stretch: fc.Arbitrary<Stretch> = fc.record({
	from: fc.integer({ min: 1, max: RECORDS }),
	length: fc.integer({ min: 1, max: 40 }),
	size: fc.integer({ min: 1, max: BATCH_RECORDS_MAX }),
	isCut: fc.boolean(),
	isSent: fc.boolean(),
});

/** A journal of sales in groups of one to three records, with the last group at its end. */
function journalOf(terminal: string, epoch: number): FakeJournal {
	const plain = new FakeJournal(terminal, epoch);
	for (let sale = 1; plain.last < RECORDS; sale++) plain.sell(sale * 100);
	const journal = new FakeJournal(terminal, epoch);
	for (const { kind, payload, sequence } of plain.entries) {
		const flags = sequence % 3 === 1 && sequence < plain.last ? 0 : 1;
		journal.appendWire({ kind, payload, flags });
	}
	return journal;
}

function piecesOf(journal: FakeJournal, { from, length, size, isCut }: Stretch): AsidePiece[] {
	const to = Math.min(journal.last, from + length - 1);
	const pieces: AsidePiece[] = [];
	for (let start = from; start <= to; ) {
		const isLost = isCut && start === from;
		const end = isLost ? start : Math.min(to, start + size - 1);
		const records = journal.entries.slice(start - 1, end);
		const previousChain = isLost ? none : journal.chainAt(start - 1);
		pieces.push({ from: start, previousChain, records, endChain: journal.chainAt(end) });
		start = end + 1;
	}
	return pieces;
}

function plain({ sequence, kind, flags, payload, chain }: JournalEntry) {
	return { sequence, kind, flags, payload: toHex(payload), chain: toHex(chain) };
}

async function fold(store: Store, terminal: string, epoch: number): Promise<void> {
	while (!(await store.projectStream({ terminal, epoch })).isDone);
}

async function isTruth(t: ExecutionContext, store: Store, journal: FakeJournal): Promise<void> {
	const { terminal, epoch } = journal;
	const stored = await store.readRecords({ terminal, epoch, from: 1, to: RECORDS + 10 });
	t.deepEqual(stored.map(plain), journal.entries.map(plain));
	t.deepEqual((await store.verifyStream({ terminal, epoch })).problems, []);
	await fold(store, terminal, epoch);
	const sales = await store.listTransactions({
		terminal,
		epoch,
		from: 1,
		to: RECORDS + 10,
		limit: 1_000,
	});
	t.is(sales.length, journal.entries.length / 2);
}

async function deliver(
	store: Store,
	journal: FakeJournal,
	from: number,
	to: number,
): Promise<void> {
	const { terminal, epoch } = journal;
	const body = journal.batch(from, to);
	await store.commitDeliveries([{ terminal, epoch, type: "batch", body }]);
}

for (const place of places) {
	const numRuns = place.name === "sqlite" ? 40 : 15;

	test(`pieces in any order, split and repeated, give the journal once: ${place.name}`, async (t) => {
		const seed = Number(process.env.CLOSEOUT_TEST_SEED ?? Date.now() % 1_000_000_000);
		t.log(`seed ${seed}`);
		const store = await openTestStore(t, await place.make(t));
		await fc.assert(
			fc.asyncProperty(fc.array(stretch, { maxLength: 12 }), async (stretches) => {
				const terminal = `till-${++terminals}-aside`;
				const { epoch } = await enrolInStore(store, terminal);
				const journal = journalOf(terminal, epoch);
				for (const one of stretches) {
					if (one.isSent) {
						const to = Math.min(journal.last, one.from + one.length - 1);
						await deliver(store, journal, one.from, to);
						continue;
					}
					const pieces = piecesOf(journal, one);
					const receipt = await store.importPieces({ terminal, epoch, name: "a.pieces", pieces });
					t.deepEqual(receipt.forks, []);
				}
				const all = { from: 1, length: RECORDS, size: 7, isCut: false, isSent: false };
				const rest = { terminal, epoch, name: "b.pieces", pieces: piecesOf(journal, all) };
				t.deepEqual((await store.importPieces(rest)).aside, []);
				const again = await store.importPieces(rest);
				t.deepEqual([again.added, again.filled, again.known], [0, 0, journal.last]);
				await isTruth(t, store, journal);
			}),
			{ seed, numRuns },
		);
	});

	test(`records that were reported as lost are filled in from any side: ${place.name}`, async (t) => {
		const seed = Number(process.env.CLOSEOUT_TEST_SEED ?? Date.now() % 1_000_000_000);
		t.log(`seed ${seed}`);
		const store = await openTestStore(t, await place.make(t));
		const holes = fc.record({
			from: fc.integer({ min: 1, max: 40 }),
			length: fc.integer({ min: 1, max: 30 }),
			stretches: fc.array(stretch, { maxLength: 8 }),
		});
		await fc.assert(
			fc.asyncProperty(holes, async ({ from, length, stretches }) => {
				const terminal = `till-${++terminals}-filled`;
				const { epoch } = await enrolInStore(store, terminal);
				const journal = journalOf(terminal, epoch);
				const to = from + length - 1;
				if (from > 1) await deliver(store, journal, 1, from - 1);
				const next = journal.entries[to] ?? null;
				const body = { from, to, next, nextChain: journal.chainAt(to + 1) };
				await store.commitDeliveries([{ terminal, epoch, type: "loss", body }]);
				await deliver(store, journal, to + 2, Math.min(journal.last, to + 11));
				await fold(store, terminal, epoch);
				for (const one of stretches) {
					const pieces = piecesOf(journal, one);
					await store.importPieces({ terminal, epoch, name: "a.pieces", pieces });
					t.deepEqual((await store.verifyStream({ terminal, epoch })).problems, []);
				}
				const all = { from: 1, length: RECORDS, size: 20, isCut: false, isSent: false };
				const pieces = piecesOf(journal, all);
				await store.importPieces({ terminal, epoch, name: "b.pieces", pieces });
				await isTruth(t, store, journal);
				const losses = await store.listLosses({ terminal, epoch });
				t.deepEqual(
					losses.filter(({ missingFrom }) => missingFrom !== null),
					[],
				);
				const incidents = await store.listIncidents({ terminal });
				t.true(incidents.some(({ type }) => type === "filled"));
			}),
			{ seed, numRuns },
		);
	});

	test(`a branch is never taken, is told, and freezes nothing: ${place.name}`, async (t) => {
		const store = await openTestStore(t, await place.make(t));
		const terminal = `till-${++terminals}-fork`;
		const { epoch } = await enrolInStore(store, terminal);
		const journal = journalOf(terminal, epoch);
		await deliver(store, journal, 1, 30);
		const other = new FakeJournal(terminal, epoch);
		for (const entry of journal.entries.slice(0, 20)) other.appendWire(entry);
		for (let sale = 1; sale < 20; sale++) other.sell(sale);
		const given = { from: 1, length: 40, size: 10, isCut: false, isSent: false };
		const pieces = piecesOf(other, given);
		const receipt = await store.importPieces({ terminal, epoch, name: "x.pieces", pieces });
		t.deepEqual([receipt.added, receipt.known, receipt.forks], [0, 20, [21, 31]]);
		t.is((await store.listStreams(terminal))[0]?.frozen, false);
		t.true((await store.listEvidence({ terminal, epoch })).length > 0);
		const incidents = await store.listIncidents({ terminal });
		t.true(incidents.some(({ type, detail }) => type === "fork" && /record 21 of x/.test(detail)));
		await deliver(store, journal, 31, 80);
		await deliver(store, journal, 81, RECORDS);
		await isTruth(t, store, journal);
	});

	test(`an epoch that is over takes what its terminal still held: ${place.name}`, async (t) => {
		const store = await openTestStore(t, await place.make(t));
		const terminal = `till-${++terminals}-over`;
		const { epoch } = await enrolInStore(store, terminal);
		const journal = journalOf(terminal, epoch);
		await deliver(store, journal, 1, 30);
		await enrolInStore(store, terminal);
		const given = { from: 20, length: RECORDS, size: 10, isCut: false, isSent: false };
		const pieces = piecesOf(journal, given);
		const receipt = await store.importPieces({ terminal, epoch, name: "x.pieces", pieces });
		t.is(receipt.added, RECORDS - 30);
		t.is((await store.listStreams(terminal))[0]?.maybeLost, 0);
		await isTruth(t, store, journal);
	});

	test(`a group without its end waits, and so does too much ahead: ${place.name}`, async (t) => {
		const store = await openTestStore(t, await place.make(t));
		const terminal = `till-${++terminals}-wait`;
		const { epoch } = await enrolInStore(store, terminal);
		const journal = journalOf(terminal, epoch);
		const name = "x.pieces";
		const part = { from: 1, length: 4, size: 10, isCut: false, isSent: false };
		const first = await store.importPieces({
			terminal,
			epoch,
			name,
			pieces: piecesOf(journal, part),
		});
		t.deepEqual([first.watermark, first.aside], [3, [{ from: 4, to: 4 }]]);
		const endless = Array.from({ length: 2_100 }, (_, index): AsidePiece => {
			const record = { kind: 1, flags: 1, payload: none };
			const from = 1_000 + index * 2;
			const previousChain = new Uint8Array(32).fill(index % 251);
			const endChain = recordHash(previousChain, from, record);
			return { from, previousChain, records: [record], endChain };
		});
		await t.throwsAsync(store.importPieces({ terminal, epoch, name, pieces: endless }), {
			code: "LIMIT",
			message: /wait for record 4/,
		});
		const rest = { ...part, from: 5, length: RECORDS };
		const done = await store.importPieces({
			terminal,
			epoch,
			name,
			pieces: piecesOf(journal, rest),
		});
		t.deepEqual([done.watermark, done.aside], [RECORDS, []]);
		const broken = piecesOf(journal, part).map((piece) => ({
			...piece,
			endChain: new Uint8Array(32),
		}));
		await t.throwsAsync(store.importPieces({ terminal, epoch, name, pieces: broken }), {
			code: "CHAIN_BROKEN",
		});
		await t.throwsAsync(store.importPieces({ terminal, epoch: 9, name, pieces: [] }), {
			code: "TERMINAL_UNKNOWN",
		});
	});
}
