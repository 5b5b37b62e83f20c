import test from "ava";
import { Journal } from "../../../firmware/core/journal/journal.ts";
import { concatBytes } from "../../../protocol/bytes.ts";
import type { Gap } from "../../../protocol/media.ts";
import { digest, sha256 } from "../../_helper/digest.ts";
import {
	formatted,
	opened,
	recordOf,
	silentLog,
	smallSegmentBytes,
} from "../../_helper/journal.ts";
import { byteOf, closedJournal } from "../../_helper/journal-damage.ts";
import type { MemoryStorage } from "../../_helper/memory-storage.ts";
import { damage, fill } from "./_setup.ts";

// The closed journal holds records 97 to 150 in segments 11 (from 97), 12 (107), 13 (117), 14 (127), 15 (137), 16 (147).

/** What a scan shows: record numbers, and gaps as `from-to`, or `from-to.` where the chain goes on from the gap. */
function seen(journal: Journal, from: number, to: number): (number | string)[] {
	const items: (number | string)[] = [];
	journal.scan(
		from,
		to,
		(sequence, record) => {
			items.push(record.sequence === sequence ? sequence : Number.NaN);
		},
		(gap) => {
			items.push(`${gap.from}-${gap.to}${gap.chain ? "." : ""}`);
		},
	);
	return items;
}

function gapsIn(journal: Journal, from: number, to: number): Gap[] {
	const gaps: Gap[] = [];
	journal.scan(
		from,
		to,
		() => true,
		(gap) => {
			gaps.push(gap);
		},
	);
	return gaps;
}

/** Both copies of the headers of some segments are gone. */
function loseHeaders(storage: MemoryStorage, ...numbers: number[]): void {
	for (const number of numbers) damage(storage, number, { from: 0, to: 192 });
}

const range = (from: number, to: number) =>
	Array.from({ length: to - from + 1 }, (_, index) => from + index);

test("a scan visits what is kept between its bounds, both included", (t) => {
	const [journal] = opened(closedJournal().storage);
	t.deepEqual(seen(journal, 100, 130), range(100, 130));
	t.deepEqual(seen(journal, 97, 97), [97]);
	t.deepEqual(seen(journal, 150, 150), [150]);
	t.deepEqual(seen(journal, 116, 117), [116, 117], "over the border of two segments");
	t.deepEqual(seen(journal, 0, 99), [97, 98, 99], "what is no longer kept is left out");
	t.deepEqual(seen(journal, 149, 999), [149, 150], "and what is not there yet");
	t.deepEqual(seen(journal, 130, 129), []);
	t.deepEqual(seen(journal, 1, 96), []);
	t.deepEqual(seen(journal, 151, 200), []);
	t.deepEqual(seen(opened(formatted())[0], 0, 10), [], "an empty journal");
});

test("a scan goes on where the one before it ended, wherever that was", (t) => {
	const { storage } = closedJournal();
	const [journal] = opened(storage);
	const readsOf = (from: number, to: number) => {
		const before = storage.calls.read;
		t.deepEqual(seen(journal, from, to), range(from, to));
		return storage.calls.read - before;
	};
	readsOf(100, 112);
	const goingOn = readsOf(113, 113);
	t.true(goingOn <= 2, `${goingOn} reads`);
	readsOf(110, 116);
	t.deepEqual(seen(journal, 117, 117), [117], "the next segment");
	t.deepEqual(seen(journal, 118, 140), range(118, 140));
	t.deepEqual(seen(journal, 98, 98), [98], "and back");
	t.deepEqual(seen(journal, 99, 98), []);
	t.deepEqual(seen(journal, 99, 101), [99, 100, 101], "an empty scan in between");
});

test("a scan reads one copy once, and checks only what it shows", (t) => {
	const { storage } = closedJournal();
	let hashes = 0;
	const sha256Counted = (bytes: Uint8Array) => {
		hashes += 1;
		return sha256(bytes);
	};
	const counted = { ...digest, sha256: sha256Counted };
	const snapshot = () => new Uint8Array(0);
	const journal = new Journal({ storage, digest: counted, log: silentLog, snapshot });
	journal.open();
	let { bytesRead } = storage;
	t.deepEqual(seen(journal, 97, 150), range(97, 150));
	bytesRead = storage.bytesRead - bytesRead;
	t.true(bytesRead < 1.5 * 6 * smallSegmentBytes, `${bytesRead} bytes`);
	hashes = 0;
	t.truthy(journal.read(115));
	t.true(hashes <= 1, `${hashes} hashes for one record`);
});

test("records before the ones asked for are not shown when damage stands between", (t) => {
	const { storage } = closedJournal();
	damage(storage, 12, { from: 256, to: 257 });
	const [journal] = opened(storage);
	t.deepEqual(seen(journal, 107, 109), ["107-107", 108, 109]);
	t.deepEqual(seen(journal, 112, 114), [112, 113, 114]);
});

test("a place that was left is not used after its segment has changed", (t) => {
	const [journal] = opened(formatted());
	fill(journal, 30);
	t.deepEqual(seen(journal, 1, 30), range(1, 30));
	fill(journal, 5);
	t.deepEqual(seen(journal, 31, 35), range(31, 35));
	fill(journal, 1);
	t.deepEqual(seen(journal, 36, 36), [36]);
});

test("visit and onGap stop a scan with false and with nothing else", (t) => {
	const { storage } = closedJournal();
	damage(storage, 12, { from: 900, to: 901 });
	const [journal] = opened(storage);
	const stoppedBy = (stop: "record" | "gap") => {
		const items: number[] = [];
		journal.scan(
			110,
			120,
			(sequence) => {
				items.push(sequence);
				return stop === "record" ? sequence < 111 : undefined;
			},
			({ from }) => {
				items.push(-from);
				return stop !== "gap";
			},
		);
		return items;
	};
	t.deepEqual(stoppedBy("record"), [110, 111]);
	t.deepEqual(stoppedBy("gap"), [110, 111, -112]);
	const unheard: number[] = [];
	journal.scan(111, 113, (sequence) => {
		unheard.push(sequence);
	});
	t.deepEqual(unheard, [111, 113], "a gap that nobody listens to does not stop it");
});

test("a gap is told as far as the scan asks for it", (t) => {
	const { storage } = closedJournal();
	damage(storage, 12, { from: 700, to: 1_200 });
	const [journal] = opened(storage);
	const [whole] = gapsIn(journal, 107, 116);
	const { from = 0, to = 0 } = whole ?? {};
	t.true(to - from >= 3);
	t.deepEqual(seen(journal, 107, 116), [
		...range(107, from - 1),
		`${from}-${to}`,
		...range(to + 1, 116),
	]);
	t.deepEqual(seen(journal, from + 1, to), [`${from + 1}-${to}`]);
	t.deepEqual(seen(journal, from, to - 1), [`${from}-${to - 1}`]);
	t.deepEqual(seen(journal, from + 1, to - 1), [`${from + 1}-${to - 1}`]);
	t.deepEqual(seen(journal, to, to + 1), [`${to}-${to}`, to + 1]);
	t.deepEqual(seen(journal, to + 1, to + 2), [to + 1, to + 2]);
});

test("the chain that goes on from a gap is told only with the whole end of the gap", (t) => {
	const { storage } = closedJournal();
	damage(storage, 16, { from: 256, to: 2_048 });
	const [journal, { lastChain }] = opened(storage);
	t.deepEqual(seen(journal, 147, 150), ["147-150."]);
	t.deepEqual(gapsIn(journal, 149, 150)[0]?.chain, lastChain);
	t.deepEqual(seen(journal, 147, 149), ["147-149"]);
});

test("records whose segment has lost both headers are a gap up to the next segment", (t) => {
	const { storage } = closedJournal();
	loseHeaders(storage, 13, 14);
	const [journal] = opened(storage);
	t.deepEqual(seen(journal, 115, 138), [115, 116, "117-136", 137, 138]);
	t.deepEqual(seen(journal, 120, 122), ["120-122"]);
	t.deepEqual(seen(journal, 120, 138), ["120-136", 137, 138]);
});

test("where the oldest segments are lost, the bytes of the last of them are the evidence", (t) => {
	const { storage } = closedJournal();
	loseHeaders(storage, 11, 12);
	const [journal] = opened(storage);
	t.deepEqual(seen(journal, 1, 118), ["97-116.", 117, 118]);
	t.deepEqual(seen(journal, 100, 118), ["100-116.", 117, 118]);
	t.deepEqual(seen(journal, 100, 102), ["100-102"]);
	const [gap] = gapsIn(journal, 97, 116);
	const image = storage.image();
	const copy = (which: 0 | 1) => {
		const start = byteOf(storage, which, 12, 0);
		return sha256(image.subarray(start, start + smallSegmentBytes));
	};
	t.deepEqual(gap?.hash, sha256(concatBytes(copy(0), copy(1))));
	t.is(gap?.damagedBytes, smallSegmentBytes);
	t.deepEqual(gap?.chain, journal.chainAt(116));

	const sectors = ([0, 1] as const).map((which) => byteOf(storage, which, 12, 0) / 512);
	storage.setFaults({ deadSectors: sectors });
	const none = sha256(new Uint8Array(0));
	t.deepEqual(
		gapsIn(journal, 97, 116)[0]?.hash,
		sha256(concatBytes(none, none)),
		"nothing can be read",
	);
});

test("the end of an older segment that is destroyed is a gap up to the next one", (t) => {
	const { storage } = closedJournal();
	damage(storage, 13, { from: 1_000, to: 2_048 });
	const [journal] = opened(storage);
	const [gap] = gapsIn(journal, 117, 130);
	t.is(gap?.to, 126);
	t.deepEqual(seen(journal, 117, 128), [
		...range(117, (gap?.from ?? 0) - 1),
		`${gap?.from}-126`,
		127,
		128,
	]);
	t.deepEqual(seen(journal, 126, 127), ["126-126", 127]);
});

test("a record is read by its number whether the scan before it came from there or not", (t) => {
	const { storage } = closedJournal();
	const [journal] = opened(storage);
	for (const sequence of [120, 121, 119, 97, 150, 98])
		t.deepEqual(journal.read(sequence)?.payload, recordOf(sequence).payload);
});
