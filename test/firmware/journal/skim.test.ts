import test from "ava";
import { Journal } from "../../../firmware/core/journal/journal.ts";
import { toHex } from "../../../protocol/bytes.ts";
import { nextChain } from "../../../protocol/chain.ts";
import { RECORD_PAYLOAD_BYTES_MAX } from "../../../protocol/limits.ts";
import {
	decodeSegmentHeader,
	encodeFrame,
	FRAME_MAGIC,
	FRAME_OVERHEAD_BYTES,
	frameType,
	SEGMENT_HEADER_BYTES,
	saltCrc,
	segmentBases,
} from "../../../protocol/media.ts";
import { readU64, roundUp, viewOf } from "../../../protocol/media-bytes.ts";
import { digest } from "../../_helper/digest.ts";
import { formatted, opened, silentLog, smallSegmentBytes } from "../../_helper/journal.ts";
import { closedJournal } from "../../_helper/journal-damage.ts";
import type { MemoryStorage } from "../../_helper/memory-storage.ts";
import { Random } from "../../_helper/random.ts";
import { damage, rootOn } from "./_setup.ts";

// The closed journal holds records 97 to 150 in segments 11 (from 97), 12 (107), 13 (117), 14 (127), 15 (137), 16 (147).
const FIRST = 97;
const LAST = 150;
const every = new Set(Array.from({ length: 256 }, (_, kind) => kind));

interface Skim {
	readonly kinds?: ReadonlySet<number>;
	readonly checksAll?: boolean;
	readonly recordsMax?: number;
}

/** What a skim shows: records with their bytes, and gaps as `from-to`. */
function skimmed(journal: Journal, from: number, to: number, how: Skim = {}): readonly string[] {
	const items: string[] = [];
	const { kinds = every, checksAll = true, recordsMax = 7 } = how;
	let next = from;
	while (next <= to) {
		const before = next;
		next = journal.skim(next, to, {
			...{ kinds, checksAll, recordsMax },
			visit: (sequence, { kind, payload }) => {
				items.push(`${sequence} ${kind} ${toHex(payload)}`);
			},
			onMissing: (first, last) => items.push(`${first}-${last}`),
		});
		if (next === before) break;
	}
	return items;
}

/** The same by the scan that checks every frame by itself. */
function scanned(journal: Journal, from: number, to: number): readonly string[] {
	const items: string[] = [];
	journal.scan(
		from,
		to,
		(sequence, { kind, payload }) => items.push(`${sequence} ${kind} ${toHex(payload)}`),
		(gap) => items.push(`${gap.from}-${gap.to}`),
	);
	return items;
}

function readOf(storage: MemoryStorage, run: (journal: Journal) => void): number {
	const [journal] = opened(storage);
	const before = storage.calls.read;
	run(journal);
	return storage.calls.read - before;
}

test("a skim shows what a scan shows, however much is looked at in one go", (t) => {
	const [journal] = opened(closedJournal().storage);
	const whole = scanned(journal, FIRST, LAST);
	t.is(whole.length, LAST - FIRST + 1);
	for (const recordsMax of [1, 2, 9, 10, 11, 1000]) {
		t.deepEqual(skimmed(journal, FIRST, LAST, { recordsMax }), whole);
		t.deepEqual(skimmed(journal, FIRST, LAST, { recordsMax, checksAll: false }), whole);
	}
	t.deepEqual(skimmed(journal, 110, 115), whole.slice(110 - FIRST, 116 - FIRST));
	t.deepEqual(skimmed(journal, LAST + 1, LAST + 9), []);
});

test("what is older than the oldest kept record is told as missing", (t) => {
	const [journal] = opened(closedJournal().storage);
	t.deepEqual(skimmed(journal, 90, FIRST)[0], "90-96");
	t.deepEqual(skimmed(journal, 1, 20), ["1-20"]);
});

test("only the kinds asked for are visited, and the others are passed over whole", (t) => {
	const [journal] = opened(closedJournal().storage);
	const whole = scanned(journal, FIRST, LAST);
	const kinds = new Set([Number(whole[3]?.split(" ")[1])]);
	const wanted = whole.filter((item) => kinds.has(Number(item.split(" ")[1])));
	for (const checksAll of [true, false]) {
		t.deepEqual(skimmed(journal, FIRST, LAST, { kinds, checksAll }), wanted);
	}
});

test("a skim reads less often than there are records", (t) => {
	const reads = readOf(closedJournal().storage, (journal) => {
		skimmed(journal, FIRST, LAST, { recordsMax: 1_000 });
	});
	t.true(reads < LAST - FIRST, `${reads} reads`);
});

/** Notes the records that a skim leaves to the scan. */
function scansOf(journal: Journal): number[] {
	const scans: number[] = [];
	const scan = journal.scan.bind(journal);
	journal.scan = (from, to, visit, onGap) => {
		scans.push(from);
		scan(from, to, visit, onGap);
	};
	return scans;
}

/** Offset in the media of the frame of a record, in the first copy of its segment. */
function frameOf(storage: MemoryStorage, number: number, sequence: number): number {
	const { layout } = rootOn(storage);
	const [base] = segmentBases(layout, number);
	const segment = storage.image().subarray(base, base + layout.segmentBytes);
	for (let offset = 0; offset + 16 <= segment.length; offset += layout.alignBytes) {
		const isFrame = segment[offset] === FRAME_MAGIC && segment[offset + 1] === frameType.record;
		if (isFrame && readU64(viewOf(segment), offset + 8) === sequence) return base + offset;
	}
	throw new RangeError(`no record ${sequence} in segment ${number}`);
}

const everyHow: readonly Skim[] = [
	{ recordsMax: 1_000 },
	{ recordsMax: 1_000, checksAll: false },
	{ recordsMax: 1_000, kinds: new Set() },
	{ recordsMax: 1_000, checksAll: false, kinds: new Set() },
];

test("one record of a segment is left to the scan, the first", (t) => {
	for (const how of everyHow) {
		const [journal] = opened(closedJournal().storage);
		const scans = scansOf(journal);
		skimmed(journal, FIRST, LAST, how);
		t.deepEqual(scans, [97, 107, 117, 127, 137, 147]);
	}
});

/** The records of some kinds among what was shown. */
function ofKinds(items: readonly string[], kinds: ReadonlySet<number>): readonly string[] {
	return items.filter((item) => kinds.has(Number(item.split(" ")[1])));
}

test("a frame that does not say what it is is left to the scan, and nothing else is", (t) => {
	const whole = scanned(opened(closedJournal().storage)[0], FIRST, LAST);
	const few = new Set([Number(whole[115 - FIRST]?.split(" ")[1])]);
	const fields = { magic: 0, type: 1, length: 4, "length, in its lower half": 5, sequence: 15 };
	for (const [field, at] of Object.entries(fields)) {
		for (const bits of [0x01, 0x08, 0x80]) {
			const { storage } = closedJournal();
			storage.flip(frameOf(storage, 12, 112) + at, bits);
			for (const checksAll of [true, false]) {
				for (const kinds of [every, few]) {
					const [journal] = opened(storage);
					const scans = scansOf(journal);
					const shown = skimmed(journal, FIRST, LAST, { recordsMax: 1_000, checksAll, kinds });
					t.deepEqual(shown, ofKinds(whole, kinds), `${field} ${bits}`);
					if (field !== "length" && field !== "length, in its lower half")
						t.deepEqual(scans, [97, 107, 112, 117, 127, 137, 147], `${field} ${bits}`);
				}
			}
		}
	}
});

test("the chain before a record that stands in its place leads nowhere and keeps nobody", (t) => {
	const { storage } = closedJournal();
	const [journal] = opened(storage);
	const whole = scanned(journal, FIRST, LAST);
	const chain = journal.chainAt(111) ?? new Uint8Array(0);
	storage.overwrite(frameOf(storage, 12, 112), chain);
	t.deepEqual(skimmed(opened(storage)[0], FIRST, LAST, { recordsMax: 1_000 }), whole);
});

test("a skim looks at as many records as it may and says where to go on", (t) => {
	const [journal] = opened(closedJournal().storage);
	const range = { kinds: every, checksAll: true, visit: () => {}, onMissing: () => {} };
	t.is(journal.skim(FIRST, LAST, { ...range, recordsMax: 7 }), FIRST + 7);
	t.is(journal.skim(FIRST + 7, LAST, { ...range, recordsMax: 7 }), FIRST + 14);
	t.is(journal.skim(1, LAST, { ...range, recordsMax: 7 }), FIRST + 7);
	t.is(journal.skim(LAST - 1, LAST, { ...range, recordsMax: 7 }), LAST + 1);
});

/** Records in large segments whose frames have this size. */
function largeJournal(frameBytes: number, count: number): MemoryStorage {
	const storage = formatted({ sizeBytes: 262_144, sectorBytes: 4_096 }, 16_384);
	const [journal] = opened(storage);
	for (let index = 1; index <= count; index++) {
		const payload = new Uint8Array(frameBytes - FRAME_OVERHEAD_BYTES).fill(index & 0x7f);
		journal.append([{ kind: 1 + (index % 3), payload }]);
	}
	journal.close();
	return storage;
}

test("frames that fill a piece, are cut by its end, or begin behind it are read once and whole", (t) => {
	const sizes = { 256: { reads: 6 }, 260: { reads: 7 }, 264: { reads: 7 } };
	for (const [frameBytes, { reads }] of Object.entries(sizes)) {
		const storage = largeJournal(Number(frameBytes), 40);
		const whole = scanned(opened(storage)[0], 1, 40);
		for (const how of everyHow) {
			const [journal] = opened(storage);
			const before = storage.calls.read;
			t.deepEqual(skimmed(journal, 1, 40, how), how.kinds === undefined ? whole : []);
			t.is(storage.calls.read - before, reads, `frames of ${frameBytes} bytes`);
		}
	}
});

test("records as long as they may be are read one at a time at the worst", (t) => {
	const storage = largeJournal(FRAME_OVERHEAD_BYTES + RECORD_PAYLOAD_BYTES_MAX, 40);
	for (const how of everyHow) {
		const [journal] = opened(storage);
		const scans = scansOf(journal);
		const shown = skimmed(journal, 1, 40, how);
		t.is(shown.length, how.kinds === undefined ? 40 : 0);
		t.is(scans.length, 3, "one for each segment");
	}
});

test("a range that was read whole before is checked with one hash a piece", (t) => {
	const storage = largeJournal(256, 40);
	let hashes = 0;
	const sha256 = (bytes: Uint8Array) => {
		hashes += 1;
		return digest.sha256(bytes);
	};
	const snapshot = () => new Uint8Array(0);
	const journal = new Journal({ storage, digest: { ...digest, sha256 }, log: silentLog, snapshot });
	journal.open();
	const costOf = (checksAll: boolean): number => {
		const before = hashes;
		skimmed(journal, 1, 40, { checksAll, kinds: new Set(), recordsMax: 1_000 });
		return hashes - before;
	};
	t.true(costOf(true) >= 40);
	t.true(costOf(false) < 10);
});

test("what stands behind the last record of an older segment never happened", (t) => {
	const { storage } = closedJournal();
	const [journal] = opened(storage);
	const whole = scanned(journal, FIRST, LAST);
	const { layout } = rootOn(storage);
	const [base] = segmentBases(layout, 12);
	const bytes = storage.image().subarray(base, base + SEGMENT_HEADER_BYTES);
	const salt = decodeSegmentHeader(bytes)?.salt ?? t.fail();
	const last = frameOf(storage, 12, 116) - base;
	const length = viewOf(storage.image()).getUint16(base + last + 4);
	const offset = last + roundUp(FRAME_OVERHEAD_BYTES + length, layout.alignBytes);
	const record = { kind: 7, flags: 0, sequence: 117, payload: Uint8Array.of(1, 2, 3) };
	const chain = nextChain(journal.chainAt(116) ?? new Uint8Array(32), record, digest.sha256);
	const place = { offset, seed: saltCrc(salt ?? new Uint8Array(0)), alignBytes: layout.alignBytes };
	storage.overwrite(
		base + offset,
		encodeFrame({ ...record, type: frameType.record, chain }, place),
	);
	for (const checksAll of [true, false])
		t.deepEqual(skimmed(opened(storage)[0], FIRST, LAST, { checksAll, recordsMax: 99 }), whole);
});

test("wherever bits turn in one copy or both, all that a scan shows is shown, and nothing that never was", (t) => {
	const intact = scanned(opened(closedJournal().storage)[0], FIRST, LAST);
	for (let seed = 1; seed <= 40; seed++) {
		const random = new Random(seed);
		const { storage } = closedJournal();
		for (let count = 1 + random.below(3); count > 0; count--) {
			const from = random.below(smallSegmentBytes);
			const spread = { from, to: from + 1 + random.below(3) };
			const number = 11 + random.below(6);
			damage(storage, number, { ...spread, ...(random.below(2) === 0 ? { of: [0] } : {}) });
		}
		const shown = skimmed(opened(storage)[0], FIRST, LAST, { recordsMax: 1_000 });
		const records = shown.filter((item) => item.includes(" "));
		for (const item of scanned(opened(storage)[0], FIRST, LAST)) {
			// Where only checksums are lost in both copies, the chain still proves the record.
			if (item.includes(" ")) t.true(records.includes(item), `seed ${seed}: ${item}`);
		}
		for (const item of records) t.true(intact.includes(item), `seed ${seed}: ${item}`);
		t.is(countOf(shown), LAST - FIRST + 1, `seed ${seed}: each number once`);
	}
});

/** Sequence numbers that are told of, in records and in gaps. */
function countOf(items: readonly string[]): number {
	return items.reduce((sum, item) => {
		const [first = 0, last = first] = item.includes(" ") ? [] : item.split("-").map(Number);
		return sum + (item.includes(" ") ? 1 : last - first + 1);
	}, 0);
}

test("a kind that broke in the first copy hides nothing from a skim", (t) => {
	const { storage } = closedJournal();
	const whole = scanned(opened(storage)[0], FIRST, LAST);
	const kinds = new Set([Number(whole[112 - FIRST]?.split(" ")[1])]);
	const wanted = whole.filter((item) => kinds.has(Number(item.split(" ")[1])));
	for (let offset = 192; offset < smallSegmentBytes; offset += 29) {
		const broken = closedJournal().storage;
		damage(broken, 12, { from: offset, to: offset + 1, of: [0] });
		for (const checksAll of [true, false]) {
			const shown = skimmed(opened(broken)[0], FIRST, LAST, { kinds, checksAll });
			t.deepEqual(shown, wanted, `byte ${offset}`);
		}
	}
});
