import test from "ava";
import { Deliverer, note } from "../../../host/ingest/deliver.ts";
import type { Delivery, Receipt } from "../../../host/store/journal.ts";
import { NAK_INTERVAL_MS } from "../../../protocol/limits.ts";
import { FakeJournal } from "../../_helper/fake-terminal.ts";
import { chain, desk, key, stream } from "./_desk.ts";

const journal = new FakeJournal(stream.terminal);
for (let sale = 0; sale < 20; sale++) journal.sell();

const batch = (from: number, to: number, of = stream): Delivery => ({
	...of,
	type: "batch",
	body: journal.batch(from, to),
});

const loss: Delivery = {
	...stream,
	type: "loss",
	body: { from: 1, to: 4, next: null, nextChain: chain },
};

type Answer = Omit<Receipt, "delivery" | "chain">;

/** A deliverer on a store that gives each delivery the next answer. */
function setUp(...answers: readonly Answer[]) {
	const commits: (readonly Delivery[])[] = [];
	const incidents: object[] = [];
	const left = [...answers];
	const made = desk({
		commitDeliveries: async (deliveries) => {
			commits.push(deliveries);
			return deliveries.map((delivery) => {
				const answer = left.shift();
				if (answer === undefined) throw new RangeError("no answer is left");
				return { delivery, chain, ...answer };
			});
		},
		addIncident: async (incident) => {
			incidents.push(incident);
		},
	});
	const deliverer = new Deliverer(made.context);
	const deliver = (...deliveries: readonly Delivery[]) =>
		deliverer.deliver(
			deliveries.map((delivery) => ({ delivery, key: { ...key, epoch: delivery.epoch } })),
		);
	return Object.assign(made, { deliver, commits, incidents });
}

test("what was committed is acknowledged once, with the chain it ends in, and told", async (t) => {
	const { deliver, sent, changes, context } = setUp(
		{ judgement: "append", watermark: 8 },
		{ judgement: "duplicate", watermark: 8 },
	);
	await deliver(batch(1, 8), batch(5, 8));
	t.deepEqual(sent(), [{ type: "ack", body: { watermark: 8, chain } }]);
	t.deepEqual(changes, [{ type: "records", ...stream, watermark: 8 }]);
	t.like(context.counters, {
		...{ commits: 1, batches: 2, records: 8, duplicates: 1, acks: 1, losses: 0, naks: 0 },
		commitFailures: 0,
	});
});

test("copies alone are acknowledged as well", async (t) => {
	const { deliver, sent } = setUp({ judgement: "duplicate", watermark: 8 });
	await deliver(batch(5, 8));
	t.deepEqual(sent(), [{ type: "ack", body: { watermark: 8, chain } }]);
});

test("nothing is committed when nothing came", async (t) => {
	const { deliver, commits } = setUp();
	await deliver();
	t.deepEqual(commits, []);
});

test("of each stream the earliest is committed first, and one stream after the other", async (t) => {
	const answer: Answer = { judgement: "frozen", watermark: 0 };
	const { deliver, commits } = setUp(answer, answer, answer, answer, answer, answer);
	const other = { terminal: "aaaa-0001", epoch: 2 };
	const later = { ...stream, epoch: 2 };
	await deliver(
		...[batch(9, 9, later), batch(7, 7), batch(5, 5, other), batch(1, 1)],
		...[batch(2, 2, later), batch(3, 3, other)],
	);
	t.deepEqual(
		commits[0]?.map(({ terminal, epoch, body }) => `${terminal}/${epoch} ${body.from}`),
		[
			...["aaaa-0001/2 3", "aaaa-0001/2 5", "till-0001/1 1", "till-0001/1 7"],
			...["till-0001/2 2", "till-0001/2 9"],
		],
	);
});

test("a hole is asked for, and what came early is committed when it is filled", async (t) => {
	const gap = { judgement: "gap", missing: { from: 1, to: 4 } } as const;
	const { deliver, sent, commits, context, changes } = setUp(
		{ ...gap, watermark: 0 },
		{ judgement: "append", watermark: 4 },
		{ judgement: "append", watermark: 8 },
	);
	await deliver(batch(5, 8));
	t.deepEqual(sent(), [{ type: "nak", body: { from: 1, to: 4 } }]);
	t.deepEqual(changes, []);
	await deliver(batch(1, 4));
	t.deepEqual(
		commits.map((commit) => commit.map(({ body }) => body.from)),
		[[5], [1], [5]],
	);
	t.deepEqual(
		sent().map(({ body }) => body),
		[
			{ watermark: 4, chain },
			{ watermark: 8, chain },
		],
	);
	t.like(context.counters, { gaps: 1, naks: 1, records: 8, acks: 2 });
});

test("a hole that the same commit has filled in part is asked for in part, or not at all", async (t) => {
	const { deliver, sent } = setUp(
		{ judgement: "append", watermark: 4 },
		{ judgement: "gap", missing: { from: 1, to: 6 }, watermark: 4 },
		{ judgement: "append", watermark: 6 },
		{ judgement: "gap", missing: { from: 1, to: 6 }, watermark: 6 },
		{ judgement: "append", watermark: 8 },
	);
	await deliver(batch(1, 4), batch(7, 8));
	t.deepEqual(
		sent().map(({ type, body }) => ({ type, ...body })),
		[
			{ type: "ack", watermark: 4, chain },
			{ type: "nak", from: 5, to: 6 },
		],
	);
	await deliver(batch(5, 6), batch(7, 8));
	t.deepEqual(
		sent().map(({ type }) => type),
		["ack", "ack"],
	);
});

test("a hole of one record is asked for, and the same one again only after a while", async (t) => {
	const answer: Answer = { judgement: "gap", missing: { from: 1, to: 1 }, watermark: 0 };
	const made = setUp(answer, answer, answer);
	await made.deliver(batch(2, 2));
	await made.deliver(batch(2, 2));
	t.is(made.sent().length, 1);
	made.now = NAK_INTERVAL_MS;
	await made.deliver(batch(2, 2));
	t.deepEqual(made.sent(), [{ type: "nak", body: { from: 1, to: 1 } }]);
	t.is(made.context.counters.naks, 2);
});

test("what is not taken is logged; what a person must know is noted as well", async (t) => {
	const cases = [
		["fork", "forks", true],
		["stray", "strays", true],
		["invalid", "invalid", true],
		["card", "cardData", true],
		["frozen", "refused", false],
		["fenced", "refused", false],
		["unknownStream", "refused", false],
	] as const;
	for (const [judgement, counter, isNoted] of cases) {
		const { deliver, told, fields, incidents, sent, context, changes } = setUp({
			...{ judgement, watermark: 2, detail: "so it is" },
		});
		await deliver(batch(3, 4));
		t.deepEqual(sent(), []);
		t.deepEqual(told, ["warn records not taken into the stream"]);
		t.deepEqual(fields, [{ ...stream, from: 3, watermark: 2, judgement, detail: "so it is" }]);
		t.is(context.counters[counter], 1, judgement);
		t.is(context.counters.records, 0);
		const incident = { ...stream, type: judgement, detail: "so it is" };
		t.deepEqual(incidents, isNoted ? [incident] : []);
		t.deepEqual(changes, isNoted ? [{ type: "incident", ...stream, incident: judgement }] : []);
	}
});

test("an incident without a detail says what contradicts what", async (t) => {
	const { deliver, incidents } = setUp({ judgement: "fork", watermark: 9 });
	await deliver(batch(3, 4));
	t.like(incidents[0], { detail: "records from 3 contradict what is held up to 9" });
});

test("an incident that cannot be noted is logged and told to nobody", async (t) => {
	const made = desk({
		addIncident: async () => {
			throw new RangeError("no room");
		},
	});
	await note(made.context, stream, "rollback", "so");
	t.deepEqual(made.told, ["error incident not noted"]);
	t.like(made.fields[0], { ...stream, type: "rollback", detail: "so" });
	t.deepEqual(made.changes, []);
});

test("destroyed records count as a loss and not as records", async (t) => {
	const { deliver, context, sent } = setUp({ judgement: "append", watermark: 4 });
	await deliver(loss);
	t.like(context.counters, { losses: 1, batches: 0, records: 0, acks: 1 });
	t.is(sent().length, 1);
});

test("where the database fails nothing is acknowledged, and later deliveries go on", async (t) => {
	const { deliver, sent, told, fields, context } = setUp();
	await deliver(batch(1, 4));
	t.deepEqual(sent(), []);
	t.deepEqual(told, ["error records not committed, not acknowledged"]);
	t.like(fields[0], { deliveries: 1 });
	t.like(context.counters, { commits: 0, commitFailures: 1, batches: 0 });
});
