import test from "ava";
import type { Journal } from "../../../firmware/core/journal/journal.ts";
import { toHex } from "../../../protocol/bytes.ts";
import { opened, smallSegmentBytes } from "../../_helper/journal.ts";
import { closedJournal } from "../../_helper/journal-damage.ts";
import type { MemoryStorage } from "../../_helper/memory-storage.ts";
import { Random } from "../../_helper/random.ts";
import { damage } from "./_setup.ts";

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

test("the newest segment is read many records at a time as well", (t) => {
	const records = (kind: number) => ({ kind, flags: 0, payload: new Uint8Array(8) });
	const [journal] = opened(closedJournal().storage);
	const first = journal.append(Array.from({ length: 8 }, (_, index) => records(index + 1)));
	const last = journal.append([records(1)]);
	const shown: number[] = [];
	const scans: number[] = [];
	const scan = journal.scan.bind(journal);
	journal.scan = (from, to, visit, onGap) => {
		scans.push(from);
		scan(from, to, visit, onGap);
	};
	journal.skim(first, last, {
		...{ kinds: every, checksAll: true, recordsMax: 100 },
		visit: (sequence) => shown.push(sequence),
		onMissing: () => t.fail(),
	});
	t.deepEqual(
		shown,
		Array.from({ length: last - first + 1 }, (_, index) => first + index),
	);
	t.true(scans.length < 3, `records left to the scan: ${scans}`);
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

test("a kind that broke in the first copy hides nothing from a skim that checks all", (t) => {
	const { storage } = closedJournal();
	const whole = scanned(opened(storage)[0], FIRST, LAST);
	const kinds = new Set([Number(whole[0]?.split(" ")[1])]);
	const wanted = whole.filter((item) => kinds.has(Number(item.split(" ")[1])));
	for (let offset = 192; offset < smallSegmentBytes; offset += 29) {
		const broken = closedJournal().storage;
		damage(broken, 12, { from: offset, to: offset + 1, of: [0] });
		t.deepEqual(skimmed(opened(broken)[0], FIRST, LAST, { kinds }), wanted, `byte ${offset}`);
	}
});
