import test from "ava";
import {
	beginSegment,
	checkFreshSegment,
	fits,
	freeSegments,
	headerFor,
	sealSegment,
	writeFrames,
} from "../../../firmware/core/journal/segment-write.ts";
import {
	decodeSeal,
	decodeSegmentHeader,
	encodeSegmentHeader,
	type Frame,
	frameBytes,
	frameType,
	leafHash,
	readSegmentHeader,
	SEGMENT_HEADER_BYTES,
	SegmentWalker,
	sealBytesMax,
	segmentBases,
} from "../../../protocol/media.ts";
import { sha256 } from "../../_helper/digest.ts";
import { formatted, smallSegmentBytes } from "../../_helper/journal.ts";
import { byteOf, verified } from "../../_helper/journal-damage.ts";
import type { MemoryStorage } from "../../_helper/memory-storage.ts";
import { contextOn, rootOn } from "./_setup.ts";

const state = Uint8Array.of(1, 2, 3, 4, 5);
const start = { sequence: 0, chain: new Uint8Array(32).fill(4) };
const align = 4;

/** A fresh segment on empty media. */
function begun(storage: MemoryStorage = formatted(), patch = {}) {
	const made = contextOn(storage);
	const { context } = made;
	const tail = beginSegment(context, { head: start, state, patch });
	return { ...made, storage, tail };
}

function record(sequence: number, length = 10): Frame {
	const payload = new Uint8Array(length).fill(sequence);
	return { type: frameType.record, kind: 1, flags: 1, sequence, payload, chain: start.chain };
}

/** Sectors of the first byte of segment `number` in both rings. */
function sectorsOf(storage: MemoryStorage, number: number): [number, number] {
	return [byteOf(storage, 0, number, 0) / 512, byteOf(storage, 1, number, 0) / 512];
}

test("a segment begins with its header and the folded state on both copies", (t) => {
	const { context, storage, tail } = begun(formatted(), { tornBytes: 3, retired: true });
	const { root } = context.roots;
	t.deepEqual(rootOn(storage), root);
	t.like(root, { retired: false, tornBytes: 3, epoch: 0, head: start });
	t.deepEqual(root.intent, { kind: "none" });
	t.like(root.newest, { number: 1, firstSequence: 1, previousChain: start.chain });
	const offset = SEGMENT_HEADER_BYTES + frameBytes(state.length, align);
	t.like(tail, { offset, epoch: 0, head: start, retired: false, key: root.newest });
	t.is(tail.tree.count, 0);
	const bases = segmentBases(root.layout, 1);
	t.is(readSegmentHeader(context.medium.read, bases, 1)?.good, 3);
	const { segments } = verified(storage.image());
	t.like(segments[0], { number: 1, records: 0 });
	t.like(segments[0]?.header, {
		epoch: 0,
		previousNumber: 0,
		eraseCount: 1,
		terminalId: "shop-0001",
		segmentBytes: smallSegmentBytes,
		alignBytes: align,
	});
	const walker = new SegmentWalker({
		read: context.medium.read,
		sha256,
		layout: root.layout,
		key: tail.key,
		bases,
		thorough: true,
	});
	t.like(walker.next(), { type: "checkpoint", state, position: start });
});

test("the root names a segment before any of its bytes is touched", (t) => {
	const storage = formatted();
	const { context } = contextOn(storage);
	let isNamed = false;
	storage.onChange = ({ offset }) => {
		const isRoot = offset < 1_024 || (offset >= 32_768 && offset < 33_792);
		if (isRoot) return;
		t.like(rootOn(storage).intent, { kind: "begin", number: 1 });
		t.deepEqual(rootOn(storage), context.roots.root);
		isNamed = true;
	};
	beginSegment(context, { head: start, state, patch: {} });
	t.true(isNamed);
});

test("a group fits only while the largest seal fits behind it", (t) => {
	const { context, tail } = begun();
	const room = smallSegmentBytes - tail.offset - sealBytesMax(align);
	t.true(fits(context, tail, room));
	t.false(fits(context, tail, room + 1));
	t.false(fits(context, { ...tail, retired: true }, 1));
});

test("frames are written behind the tail in ring 1, then in ring 2, each made durable", (t) => {
	const { context, storage, tail } = begun();
	const { offset } = tail;
	const order: string[] = [];
	const { write, sync } = storage;
	storage.write = (at, bytes) => {
		order.push(
			at === byteOf(storage, 0, 1, offset)
				? "ring 1"
				: at === byteOf(storage, 1, 1, offset)
					? "ring 2"
					: "else",
		);
		write.call(storage, at, bytes);
	};
	storage.sync = () => {
		order.push("sync");
		sync.call(storage);
	};
	writeFrames(context, tail, [record(1), record(2, 20)]);
	t.deepEqual(order, ["ring 1", "sync", "ring 2", "sync"]);
	t.is(tail.offset, offset + frameBytes(10, align) + frameBytes(20, align));
});

test("a segment that does not keep a write is retired on the media, and the tail stays where it was", (t) => {
	for (const copy of [0, 1] as const) {
		const { context, storage, tail } = begun();
		const { offset } = tail;
		storage.setFaults({ deadSectors: [sectorsOf(storage, 1)[copy]] });
		t.throws(() => writeFrames(context, tail, [record(1)]), {
			code: "STORAGE_WRITE",
			message: `segment 1 does not keep what is written at its byte ${offset}; open the journal again`,
		});
		t.is(tail.offset, offset);
		t.true(rootOn(storage).retired);
	}
});

test("a seal says how many records a segment holds and their Merkle root", (t) => {
	const { context, storage, tail } = begun();
	const frame = record(1);
	writeFrames(context, tail, [frame]);
	tail.tree.add(leafHash(frame, sha256));
	tail.head = { sequence: 1, chain: frame.chain };
	const { offset } = tail;
	sealSegment(context, tail);
	t.true(tail.retired);
	const base = byteOf(storage, 1, 1, offset);
	const payload = storage.image().subarray(base + 20, base + 56);
	t.deepEqual(decodeSeal(payload), { count: 1, root: tail.tree.root(), note: new Uint8Array(0) });
	t.deepEqual([...storage.image().subarray(base, base + 4)], [0xc5, frameType.seal, 0, 0]);
	t.is(storage.image()[base + 15], 1, "the last record");
});

test("free are the places that no live segment has", (t) => {
	const { root } = begun().context.roots;
	t.is(freeSegments(root), 13);
	t.is(
		freeSegments({
			...root,
			newest: { ...root.newest, number: 20 },
			first: { number: 10, sequence: 1 },
		}),
		3,
	);
});

test("state and group are refused only when they do not fit a fresh segment with its seal", (t) => {
	const { root } = begun().context.roots;
	const room =
		smallSegmentBytes - SEGMENT_HEADER_BYTES - sealBytesMax(align) - frameBytes(100, align);
	t.notThrows(() => checkFreshSegment(root, 100, room));
	t.throws(() => checkFreshSegment(root, 100, room + 1), {
		code: "LIMIT",
		message:
			/state of 100 bytes and group of \d+ bytes do not fit a segment of 2048 bytes; write smaller/,
	});
});

test("a place that does not keep a segment is passed over, in either ring", (t) => {
	for (const copy of [0, 1] as const) {
		const storage = formatted();
		storage.setFaults({ deadSectors: [1, 2, 3].map((number) => sectorsOf(storage, number)[copy]) });
		const { context } = contextOn(storage);
		const salts = new Set<string>();
		storage.onChange = () => {
			const { intent } = context.roots.root;
			if (intent.kind === "begin") salts.add(`${intent.number} ${intent.salt}`);
		};
		const tail = beginSegment(context, { head: start, state, patch: {} });
		t.is(tail.key.number, 4);
		t.is(rootOn(storage).newest.number, 4);
		t.is(salts.size, 4, "each try has a salt of its own");
		const { segments } = verified(storage.image());
		t.like(segments.at(-1)?.header, { number: 4, previousNumber: 0 });
	}
});

test("after four places, or when no more are free, the media are given up", (t) => {
	const dead = (storage: MemoryStorage) =>
		Array.from({ length: 14 }, (_, index) => sectorsOf(storage, index + 1)[0]);
	const storage = formatted();
	storage.setFaults({ deadSectors: dead(storage) });
	const { context } = contextOn(storage);
	t.throws(() => beginSegment(context, { head: start, state, patch: {} }), {
		code: "STORAGE_WRITE",
		message: "none of 4 places keeps a new segment; replace the media",
	});
	t.is(context.roots.root.newest.number, 0);

	const full = formatted();
	const { context: almost } = contextOn(full);
	const { newest } = almost.roots.root;
	almost.roots.update({ newest: { ...newest, number: 13 }, first: { number: 1, sequence: 1 } });
	full.setFaults({ deadSectors: dead(full) });
	t.throws(() => beginSegment(almost, { head: start, state, patch: {} }), {
		message: "none of 1 places keeps a new segment; replace the media",
	});
});

test("how often a place was erased is carried on from whichever copy says more", (t) => {
	const { context, storage, tail } = begun();
	const eraseCount = () => headerFor(context, tail.key, 0).eraseCount;
	t.is(eraseCount(), 2);
	const other = (copy: 0 | 1, count: number) => {
		const base = byteOf(storage, copy, 1, 0);
		const header = decodeSegmentHeader(storage.image().subarray(base, base + SEGMENT_HEADER_BYTES));
		if (!header) return t.fail();
		return storage.overwrite(base, encodeSegmentHeader({ ...header, eraseCount: count }));
	};
	other(0, 7);
	t.is(eraseCount(), 8);
	other(1, 9);
	t.is(eraseCount(), 10);
	for (const copy of [0, 1] as const) storage.flip(byteOf(storage, copy, 1, 0), 1);
	t.is(eraseCount(), 1, "nothing says it any more");
	storage.setFaults({ deadSectors: sectorsOf(storage, 1) });
	t.is(eraseCount(), 1);
});
