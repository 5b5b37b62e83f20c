import test from "ava";
import {
	encodeSegmentHeader,
	findRoot,
	imageOf,
	type MediaShape,
	planLayout,
	ROOT_SLOTS,
	rootOffset,
	segmentOffset,
} from "../../protocol/media.ts";
import { sha256 } from "./_digest.ts";
import {
	flipped,
	headerOf,
	journalOf,
	present,
	shape,
	type WrittenJournal,
	withRoot,
} from "./_media.ts";

function found(bytes: Uint8Array) {
	return findRoot(imageOf(bytes), sha256);
}

test("an image is read inside its own bounds", (t) => {
	const image = imageOf(Uint8Array.of(1, 2, 3));
	t.is(image.sizeBytes, 3);
	t.deepEqual(image.read(1, 2), Uint8Array.of(2, 3));
	t.deepEqual(image.read(3, 0), new Uint8Array(0));
	t.is(image.read(2, 2), undefined);
});

test("the root is found whatever the size of a sector and the erased byte", (t) => {
	for (const sectorBytes of [512, 1_024, 2_048]) {
		for (const eraseValue of [0xff, 0]) {
			const sizeBytes = 2 * (2 * sectorBytes + 7 * 2_048) + 300;
			const journal = journalOf([2], { sizeBytes, sectorBytes, writeAlign: 8, eraseValue });
			const root = found(journal.bytes);
			t.deepEqual(root?.root, journal.root);
			t.deepEqual(root?.holders, [0, 1, 2, 3]);
			t.false(root?.isInferred);
			t.deepEqual(
				root?.slots.map(({ used, damaged, sequence }) => [used, damaged, sequence]),
				new Array(ROOT_SLOTS).fill([1, 0, 40]),
			);
		}
	}
});

test("the largest sectors are looked for too", (t) => {
	const large: MediaShape = {
		...{ sizeBytes: 2 * 7 * 65_536, sectorBytes: 65_536, writeAlign: 1, eraseValue: 0xff },
	};
	const layout = planLayout(large, 65_536);
	const small = journalOf([]);
	const bytes = new Uint8Array(large.sizeBytes).fill(0xff);
	const journal: WrittenJournal = { ...small, layout, bytes, root: { ...small.root, layout } };
	t.deepEqual(found(withRoot(journal, {}).bytes)?.root.layout, layout);
});

/** The journal with every root slot overwritten. */
function withoutRoots({ bytes, layout }: WrittenJournal): Uint8Array {
	const lost = bytes.slice();
	for (let slot = 0; slot < ROOT_SLOTS; slot++) {
		const offset = rootOffset(layout, slot);
		lost.fill(0x5a, offset, offset + layout.sectorBytes);
	}
	return lost;
}

const journal = journalOf([3, 4, 2]);
const newest = present(journal.segments[2]).header;

test("without any root the segments tell what they know", (t) => {
	const inferred = found(withoutRoots(journal));
	t.deepEqual(inferred, {
		slots: [],
		holders: [],
		isInferred: true,
		root: {
			...journal.root,
			sequence: 0,
			nonce: new Uint8Array(16),
			state: "open",
			first: { number: 1, sequence: 1 },
			newest,
			watermark: { sequence: 0, chain: new Uint8Array(32) },
			head: { sequence: 0, chain: new Uint8Array(32) },
		},
	});
});

test("one root that is left serves", (t) => {
	const bytes = withoutRoots(journal);
	const slot = rootOffset(journal.layout, 2);
	bytes.set(journal.bytes.subarray(slot, slot + 512), slot);
	t.deepEqual(found(bytes)?.root, journal.root);
	t.deepEqual(found(bytes)?.holders, [2]);
});

test("without any root and any segment there is no journal", (t) => {
	t.is(found(withoutRoots(journalOf([]))), undefined);
	t.is(found(new Uint8Array(100)), undefined);
});

test("headers that are lost do not hide the others", (t) => {
	const bytes = withoutRoots(journal);
	const at = (copy: 0 | 1, number: number) => segmentOffset(journal.layout, copy, number) + 20;
	const first = found(flipped(bytes, at(0, 1), at(1, 1)));
	t.deepEqual(first?.root.first, { number: 2, sequence: 4 });
	const last = found(flipped(bytes, at(0, 3), at(1, 3)));
	t.is(last?.root.newest.number, 2);
	const half = found(flipped(bytes, at(0, 1), at(0, 2), at(0, 3)));
	t.is(half?.root.newest.number, 3);
});

test("a header that fits no layout is passed over", (t) => {
	const bytes = withoutRoots(journal);
	const strangers = [
		headerOf(4, { alignBytes: 12 }),
		headerOf(4, { segmentBytes: 0 }),
		headerOf(4, { segmentBytes: 1_000 }),
		headerOf(9, { alignBytes: 8 }),
	];
	for (const stranger of strangers) {
		const image = bytes.slice();
		image.set(encodeSegmentHeader(stranger), segmentOffset(journal.layout, 0, 4));
		t.is(found(image)?.root.newest.number, 3, JSON.stringify(stranger));
	}
});

test("segments of which most fit nowhere tell nothing", (t) => {
	const image = withoutRoots(journalOf([1]));
	const place = (number: number) => segmentOffset(journal.layout, 0, number);
	t.is(found(image)?.root.newest.number, 1);
	// Two copies fit; two strangers make it half, which is not enough.
	for (const [index, number] of [5, 6].entries())
		image.set(encodeSegmentHeader(headerOf(90 + index, { alignBytes: 12 })), place(number));
	t.is(found(image), undefined);
});

test("when the ring is full, the first segment is still the oldest", (t) => {
	const counts = new Array(journal.layout.segmentCount).fill(1);
	const full = journalOf(counts);
	const inferred = found(withoutRoots(full))?.root;
	t.is(inferred?.newest.number, counts.length);
	t.deepEqual(inferred?.first, { number: 1, sequence: 1 });
	t.is(full.layout.segmentCount, planLayout(shape, 2_048).segmentCount);
});

test("when the ring has gone round, what is left over of the round before is not the oldest", (t) => {
	const { layout } = journal;
	const { segmentCount } = layout;
	const round = journalOf(new Array(segmentCount + 1).fill(1));
	const bytes = withoutRoots(round);
	// The place was erased and written in one copy only when the power went.
	const leftOver = encodeSegmentHeader(present(round.segments[0]).header);
	bytes.set(leftOver, segmentOffset(layout, 1, 1));
	const inferred = found(bytes)?.root;
	t.is(inferred?.newest.number, segmentCount + 1);
	t.deepEqual(inferred?.first, { number: 2, sequence: 2 });
});

test("of two lives of the newest segment, the one that was erased later counts", (t) => {
	const later = { ...present(journal.segments[2]).header, salt: new Uint8Array(8).fill(7) };
	for (const copy of [0, 1] as const) {
		const bytes = withoutRoots(journal);
		const header = encodeSegmentHeader({ ...later, eraseCount: 2 });
		bytes.set(header, segmentOffset(journal.layout, copy, 3));
		t.deepEqual(found(bytes)?.root.newest.salt, later.salt, `copy ${copy}`);
	}
});
