import { randomBytes } from "node:crypto";
import test from "ava";
import fc from "fast-check";
import { Changes } from "../../../host/ingest/changes.ts";
import { Ingest } from "../../../host/ingest/ingest.ts";
import { createLog } from "../../../host/log.ts";
import type { Store } from "../../../host/store/store.ts";
import { toHex } from "../../../protocol/bytes.ts";
import { enrolInStore } from "../../_helper/enrol.ts";
import { FakeJournal, type JournalEntry } from "../../_helper/fake-terminal.ts";
import { testHostKey } from "../../_helper/head-keys.ts";
import { MemoryLink } from "../../_helper/memory-link.ts";
import { openTestStore, sqlitePlace } from "../../_helper/stores.ts";

/** What the way between terminal and host does to one batch. */
interface Trip {
	readonly from: number;
	readonly length: number;
	readonly copies: number;
	/** Batches that it lets pass before it arrives. */
	readonly delay: number;
	readonly isLost: boolean;
	/** Lets the host work off what has come before the next one arrives. */
	readonly pause: boolean;
}

const trip: fc.Arbitrary<Trip> = fc.record({
	from: fc.integer({ min: 1, max: 60 }),
	length: fc.integer({ min: 1, max: 20 }),
	copies: fc.integer({ min: 1, max: 3 }),
	delay: fc.integer({ min: 0, max: 6 }),
	isLost: fc.boolean(),
	pause: fc.boolean(),
});

function startIngest(store: Store, link: MemoryLink): Ingest {
	const log = createLog("silent");
	const ingest = new Ingest({
		store,
		link,
		log,
		changes: new Changes(log),
		nowS: () => 1_795_305_600,
		monotonicMs: () => performance.now(),
		hostKey: testHostKey,
		random: randomBytes,
	});
	ingest.start();
	return ingest;
}

test("whatever happens on the way, the store ends as the journal and acknowledges only that", async (t) => {
	const store = await openTestStore(t, await sqlitePlace.make(t));
	let number = 0;
	await fc.assert(
		fc.asyncProperty(fc.array(trip, { maxLength: 25 }), async (trips) => {
			const terminal = `till-${++number}-random`;
			const { epoch, key } = await enrolInStore(store, terminal);
			const link = new MemoryLink(key);
			const ingest = startIngest(store, link);
			const journal = new FakeJournal(terminal, epoch);
			for (let sale = 0; sale < 30; sale++) journal.sell(sale + 1);
			await travel(trips, journal, key, link, ingest);
			await finish(journal, key, link, ingest);
			for (const message of link.received) {
				if (message.type !== "ack") continue;
				const { watermark, chain } = message.body;
				t.is(toHex(chain), toHex(journal.chainAt(watermark)));
			}
			const stored = await store.readRecords({ terminal, epoch, from: 1, to: 1000 });
			t.deepEqual(stored.map(plain), journal.entries.map(plain));
			t.deepEqual((await store.verifyStream({ terminal, epoch })).problems, []);
			await ingest.close();
		}),
		{ numRuns: 40 },
	);
});

function plain({ sequence, kind, flags, payload, chain }: JournalEntry) {
	return { sequence, kind, flags, payload: toHex(payload), chain: toHex(chain) };
}

async function travel(
	trips: readonly Trip[],
	journal: FakeJournal,
	key: Uint8Array,
	link: MemoryLink,
	ingest: Ingest,
): Promise<void> {
	const arrivals = trips
		.filter(({ isLost }) => !isLost)
		.map((one, index) => ({ ...one, at: index + one.delay }))
		.sort((left, right) => left.at - right.at);
	for (const { from, length, copies, pause } of arrivals) {
		const to = Math.min(journal.last, from + length - 1);
		for (let copy = 0; copy < copies; copy++) {
			link.arrive("shop", journal.terminal, journal.seal("batch", journal.batch(from, to), key));
		}
		if (pause) await ingest.idle();
	}
	await ingest.idle();
}

/** The faults have stopped: the terminal says hello and sends what the host lacks. */
async function finish(
	journal: FakeJournal,
	key: Uint8Array,
	link: MemoryLink,
	ingest: Ingest,
): Promise<void> {
	link.arrive("shop", journal.terminal, journal.seal("hello", journal.hello(0), key));
	await ingest.idle();
	const welcome = link.received.findLast((message) => message.type === "welcome");
	let next = (welcome?.type === "welcome" ? welcome.body.watermark : 0) + 1;
	while (next <= journal.last) {
		const batch = journal.batch(next);
		link.arrive("shop", journal.terminal, journal.seal("batch", batch, key));
		next += batch.records.length;
	}
	await ingest.idle();
}

test("an acknowledgement that never left is given again, and nothing is stored twice", async (t) => {
	const location = await sqlitePlace.make(t);
	const store = await openTestStore(t, location);
	const { epoch, key } = await enrolInStore(store, "till-0001");
	const journal = new FakeJournal("till-0001", epoch);
	for (let sale = 0; sale < 10; sale++) journal.sell();
	const message = journal.seal("batch", journal.batch(1), key);
	const link = new MemoryLink(key);
	link.isDeaf = true;
	const ingest = startIngest(store, link);
	link.arrive("shop", "till-0001", message);
	await ingest.idle();
	await ingest.close();
	await store.close();

	const reopened = await openTestStore(t, location);
	const again = new MemoryLink(key);
	const restarted = startIngest(reopened, again);
	again.arrive("shop", "till-0001", message);
	await restarted.idle();
	t.is(restarted.counters().duplicates, 1);
	t.is(restarted.counters().records, 0);
	const [ack] = again.received;
	t.is(ack?.type === "ack" ? ack.body.watermark : undefined, 20);
	await restarted.close();
});

test("nothing is acknowledged when the database refuses", async (t) => {
	const store = await openTestStore(t, await sqlitePlace.make(t));
	const { epoch, key } = await enrolInStore(store, "till-0001");
	const journal = new FakeJournal("till-0001", epoch);
	journal.sell();
	const link = new MemoryLink(key);
	const ingest = startIngest(store, link);
	link.arrive("shop", "till-0001", journal.seal("hello", journal.hello(0), key));
	await ingest.idle();
	await store.close();
	link.arrive("shop", "till-0001", journal.seal("batch", journal.batch(1), key));
	await ingest.idle();
	t.deepEqual(
		link.received.map(({ type }) => type),
		["welcome"],
	);
	t.is(ingest.counters().commitFailures, 1);
});
