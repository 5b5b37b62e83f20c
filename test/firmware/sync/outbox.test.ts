import test from "ava";
import { type ChainedRecord, type Outbox, parcelFrom } from "../../../firmware/core/sync/outbox.ts";
import { BATCH_RECORDS_MAX, MESSAGE_BYTES_MAX } from "../../../protocol/limits.ts";

const chainOf = (sequence: number) => new Uint8Array(32).fill(sequence);

/** An outbox of records with payloads of these lengths; undefined for one that is destroyed. */
function outboxOf(
	lengths: readonly (number | undefined)[],
	lostChains: readonly number[] = [],
): Outbox {
	const records = lengths.flatMap((length, index): ChainedRecord[] => {
		const sequence = index + 1;
		if (length === undefined) return [];
		const payload = new Uint8Array(length).fill(sequence);
		return [{ sequence, kind: sequence, flags: 1, payload, chain: chainOf(sequence) }];
	});
	return {
		head: () => ({ sequence: lengths.length, chain: chainOf(lengths.length) }),
		first: () => 1,
		watermark: () => ({ sequence: 0, chain: chainOf(0) }),
		chainAt: (sequence) => (lostChains.includes(sequence) ? undefined : chainOf(sequence)),
		scanChained: (from, to, visit) => {
			for (const record of records) {
				if (record.sequence >= from && record.sequence <= to && !visit(record)) return;
			}
		},
		acknowledge: () => true,
	};
}

const wire = (sequence: number, length = 10) => ({
	kind: sequence,
	flags: 1,
	payload: new Uint8Array(length).fill(sequence),
});

test("a batch holds the records from its first on, between the chains before and after them", (t) => {
	const parcel = parcelFrom(outboxOf([10, 10, 10, 10]), 2, 4);
	t.deepEqual(parcel, {
		type: "batch",
		body: {
			from: 2,
			previousChain: chainOf(1),
			records: [wire(2), wire(3), wire(4)],
			endChain: chainOf(4),
		},
		end: 4,
	});
	t.is(
		parcelFrom(outboxOf([10, 10, 10, 10]), 2, 3).end,
		3,
		"no further than the head that was asked for",
	);
});

test("a batch holds no more records than it may", (t) => {
	const outbox = outboxOf(new Array(BATCH_RECORDS_MAX + 5).fill(1));
	t.is(parcelFrom(outbox, 1, BATCH_RECORDS_MAX + 5).end, BATCH_RECORDS_MAX);
	t.is(parcelFrom(outbox, 3, BATCH_RECORDS_MAX + 5).end, BATCH_RECORDS_MAX + 2);
});

test("a batch holds as many bytes as one message has room for, and not one more", (t) => {
	const share = 1_000;
	const full = MESSAGE_BYTES_MAX - 256;
	const count = Math.floor(full / (share + 8)) - 1;
	const rest = full - count * (share + 8) - 8;
	const lengths = new Array<number>(count).fill(share);
	t.is(parcelFrom(outboxOf([...lengths, rest, 0]), 1, count + 2).end, count + 1);
	t.is(parcelFrom(outboxOf([...lengths, rest + 1, 0]), 1, count + 2).end, count);
});

test("a batch ends before destroyed records", (t) => {
	const parcel = parcelFrom(outboxOf([10, 10, undefined, 10]), 1, 4);
	t.like(parcel, { type: "batch", end: 2 });
	t.deepEqual(parcel.type === "batch" && parcel.body.endChain, chainOf(2));
});

test("destroyed records are a loss that ends with the next record that is left", (t) => {
	t.deepEqual(parcelFrom(outboxOf([10, undefined, undefined, 10, 10]), 2, 5), {
		type: "loss",
		body: { from: 2, to: 3, next: wire(4), nextChain: chainOf(4) },
		end: 4,
	});
});

test("the next record is looked for beyond what one batch holds", (t) => {
	const lost = new Array<undefined>(BATCH_RECORDS_MAX + 20).fill(undefined);
	const last = lost.length + 1;
	t.deepEqual(parcelFrom(outboxOf([...lost, 10, 10]), 1, last + 1), {
		type: "loss",
		body: { from: 1, to: last - 1, next: wire(last), nextChain: chainOf(last) },
		end: last,
	});
});

test("a loss up to the head has no next record and ends in the head's chain", (t) => {
	t.deepEqual(parcelFrom(outboxOf([10, undefined, undefined]), 2, 3), {
		type: "loss",
		body: { from: 2, to: 3, next: null, nextChain: chainOf(3) },
		end: 3,
	});
});

test("a record whose chain before it is lost is sent as the end of a loss", (t) => {
	t.deepEqual(parcelFrom(outboxOf([10, 10, 10], [1]), 2, 3), {
		type: "loss",
		body: { from: 2, to: 1, next: wire(2), nextChain: chainOf(2) },
		end: 2,
	});
});

test("no more is read than is sent, and the record after it", (t) => {
	const readFor = (lengths: readonly (number | undefined)[]) => {
		const outbox = outboxOf(lengths);
		let read = 0;
		const { scanChained } = outbox;
		const counting: Outbox = {
			...outbox,
			scanChained: (from, to, visit) =>
				scanChained(from, to, (record) => {
					read += 1;
					return visit(record);
				}),
		};
		const { end } = parcelFrom(counting, 1, lengths.length);
		return [end, read];
	};
	t.deepEqual(readFor([10, undefined, 10, 10, 10]), [1, 2]);
	t.deepEqual(readFor([MESSAGE_BYTES_MAX - 300, 100, 10, 10]), [1, 2]);
});
