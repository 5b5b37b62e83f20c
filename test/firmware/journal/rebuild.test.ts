import test from "ava";
import type { JournalContext } from "../../../firmware/core/journal/context.ts";
import { scratchBases } from "../../../firmware/core/journal/medium.ts";
import { redoRebuild, survey } from "../../../firmware/core/journal/rebuild.ts";
import { encodeSegmentHeader, readSegmentHeader, segmentBases } from "../../../protocol/media.ts";
import { formatted, opened, recordOf, smallSegmentBytes } from "../../_helper/journal.ts";
import { byteOf, scrubRound, verified } from "../../_helper/journal-damage.ts";
import { type MemoryStorage, PowerLoss } from "../../_helper/memory-storage.ts";
import { contextOn, damage, fill, rootOn } from "./_setup.ts";

/** Header and the checkpoint that the tests' journals write. */
const firstFrame = 192 + 64;
/** First sectors of the two scratch segments of the small media. */
const scratchSectors = [2, 66] as const;

/** Media whose plug was pulled after some records. */
function running(count: number): MemoryStorage {
	const storage = formatted();
	fill(opened(storage)[0], count);
	return storage.restart();
}

/** Media on which the rebuild of a segment was cut as soon as the root had named it. */
function cutRebuild(make: () => MemoryStorage, run: (storage: MemoryStorage) => void) {
	const storage = make();
	storage.onChange = () => {
		if (rootOn(storage).intent.kind === "rebuild") throw new PowerLoss("just named");
	};
	try {
		run(storage);
	} catch (error) {
		if (!(error instanceof PowerLoss)) throw error;
	}
	const after = storage.restart();
	if (rootOn(after).intent.kind !== "rebuild") throw new RangeError("no rebuild was begun");
	return after;
}

const cutNewest = () =>
	cutRebuild(
		() => running(5),
		(storage) => void opened(storage),
	);

/** Segment 1 of three has a byte turned in one copy, and its repair is cut. */
const cutOlder = () =>
	cutRebuild(
		() => {
			const storage = running(25);
			opened(storage)[0].close();
			damage(storage, 1, { from: firstFrame + 30, to: firstFrame + 31, of: [1] });
			return storage.restart();
		},
		(storage) => void scrubRound(opened(storage)[0]),
	);

/** Takes the bytes of a segment in its place away: they are not to be read while the root names a rebuild. */
function wipePlace(storage: MemoryStorage, number: number): void {
	for (const copy of [0, 1] as const)
		storage.overwrite(byteOf(storage, copy, number, 0), new Uint8Array(smallSegmentBytes));
}

function headerOf(context: JournalContext, number: number) {
	const { layout } = context.roots.root;
	return readSegmentHeader(context.medium.read, segmentBases(layout, number), number);
}

test("a rebuild that was cut is finished from the scratch segments", (t) => {
	for (const make of [cutNewest, cutOlder]) {
		const storage = make();
		const { intent, head } = rootOn(storage);
		const number = intent.kind === "none" ? 0 : intent.number;
		wipePlace(storage, number);
		const { context } = contextOn(storage);
		redoRebuild(context, { steps: 65_536 });
		t.like(context.roots.root, {
			intent: { kind: "none" },
			retired: false,
			untold: false,
			head,
		});
		t.is(headerOf(context, number)?.good, 3);
		t.deepEqual(verified(storage.image()).findings, []);
		t.is(verified(storage.image()).records, head.sequence);
		const changes = storage.changeCount;
		redoRebuild(context, { steps: 65_536 });
		t.is(storage.changeCount, changes, "once");
	}
});

test("one scratch segment is enough to finish, whichever it is", (t) => {
	for (const make of [cutNewest, cutOlder]) {
		for (const lost of [0, 1] as const) {
			const storage = make();
			const { intent, head, layout } = rootOn(storage);
			wipePlace(storage, intent.kind === "none" ? 0 : intent.number);
			storage.overwrite(scratchBases(layout)[lost], new Uint8Array(smallSegmentBytes));
			const [journal, report] = opened(storage);
			t.is(report.lastSequence, head.sequence);
			t.deepEqual(report.gaps, []);
			t.deepEqual(verified(storage.image()).findings, []);
			t.deepEqual(journal.read(1)?.payload, recordOf(1).payload);
		}
	}
});

test("damage in both scratch segments is made good from each other, or told", (t) => {
	const storage = cutNewest();
	wipePlace(storage, 1);
	const [first, second] = scratchBases(rootOn(storage).layout);
	storage.flip(first + firstFrame + 30, 1);
	storage.flip(second + firstFrame + 300, 1);
	t.deepEqual(opened(storage)[1].gaps, []);
	t.deepEqual(verified(storage.image()).findings, []);

	const worse = cutNewest();
	wipePlace(worse, 1);
	for (const base of [first, second]) worse.flip(base + firstFrame + 30, 1);
	const { gaps, lastSequence } = opened(worse)[1];
	t.like(gaps, [{ from: 1, to: 1, recorded: false }]);
	t.is(lastSequence, 5);
	t.true(rootOn(worse).untold);
});

test("records that are lost with the end of both scratch segments are a gap up to the known head", (t) => {
	const storage = cutNewest();
	const { head, layout } = rootOn(storage);
	wipePlace(storage, 1);
	for (const base of scratchBases(layout))
		storage.overwrite(base + firstFrame, new Uint8Array(1_000).fill(0xff));
	const [journal, { gaps, lastSequence, lastChain }] = opened(storage);
	t.like(gaps, [{ from: 1, to: 5 }]);
	t.is(lastSequence, 5);
	t.deepEqual(lastChain, head.chain);
	t.is(journal.append([recordOf(6)]), 6);
});

test("both scratch headers of the newest segment may be lost: the root knows what it needs", (t) => {
	const storage = cutNewest();
	const { layout, intent } = rootOn(storage);
	wipePlace(storage, 1);
	for (const base of scratchBases(layout)) storage.flip(base, 1);
	const { context } = contextOn(storage);
	redoRebuild(context, { steps: 65_536 });
	const salt = intent.kind === "none" ? undefined : intent.salt;
	t.like(headerOf(context, 1), { good: 3, header: { salt, previousNumber: 0, firstSequence: 1 } });
	t.deepEqual(context.roots.root.newest.salt, salt);
	t.is(verified(storage.image()).records, 5);
});

test("without any header an older segment cannot be finished, and nothing is written over it", (t) => {
	const storage = cutOlder();
	for (const base of scratchBases(rootOn(storage).layout)) storage.flip(base, 1);
	const { context } = contextOn(storage);
	const image = storage.image();
	t.throws(() => redoRebuild(context, { steps: 65_536 }), {
		code: "STORAGE_WRITE",
		message:
			"segment 1: no copy of its scratch segment keeps what is written; pull the image and replace the media",
	});
	t.deepEqual(storage.image(), image);
});

test("to finish a rebuild is part of the step budget", (t) => {
	const { context } = contextOn(cutNewest());
	t.throws(() => redoRebuild(context, { steps: 10 }), { code: "LIMIT" });
});

test("a rebuild is staged in what scratch there is, and not begun without any", (t) => {
	for (const lost of [0, 1] as const) {
		const storage = running(5);
		storage.setFaults({ deadSectors: [scratchSectors[lost]] });
		t.like(opened(storage)[1], { rebuilt: true, lastSequence: 5 });
		t.false(rootOn(storage).retired);
	}
	const storage = running(5);
	storage.setFaults({ deadSectors: [...scratchSectors] });
	const segment = () => storage.image().slice(byteOf(storage, 0, 1, 0), byteOf(storage, 0, 2, 0));
	const before = segment();
	t.throws(() => opened(storage), {
		code: "STORAGE_WRITE",
		message: /segment 1: no copy of its scratch segment/,
	});
	t.deepEqual(segment(), before);
});

test("where neither ring keeps the newest segment its scratch copy stays named", (t) => {
	const storage = running(5);
	storage.setFaults({
		deadSectors: [byteOf(storage, 0, 1, 0) / 512, byteOf(storage, 1, 1, 0) / 512],
	});
	t.throws(() => opened(storage), {
		code: "STORAGE_WRITE",
		message: /segment 1: no copy of its segment keeps what is written/,
	});
	t.is(rootOn(storage).intent.kind, "rebuild");
	storage.setFaults({});
	t.is(opened(storage)[1].lastSequence, 5);
});

test("an older segment that one ring does not keep is not repaired, and the newest not retired", (t) => {
	const storage = running(25);
	opened(storage)[0].close();
	storage.setFaults({ deadSectors: [byteOf(storage, 0, 1, 0) / 512] });
	const [journal] = opened(storage);
	const newestSalt = rootOn(storage).newest.salt;
	t.like(scrubRound(journal), [
		{ segment: 1, repaired: false },
		{ segment: 2, repaired: true },
	]);
	t.like(rootOn(storage), { retired: false, intent: { kind: "none" } });
	t.deepEqual(rootOn(storage).newest.salt, newestSalt);
	for (let sequence = 1; sequence <= 25; sequence++)
		t.deepEqual(journal.read(sequence)?.payload, recordOf(sequence).payload);
});

test("a rebuilt segment keeps the epoch and the predecessor that its header says", (t) => {
	const storage = running(25);
	const { context } = contextOn(storage);
	for (const base of segmentBases(context.roots.root.layout, 2)) {
		const header = headerOf(context, 2)?.header;
		if (!header) return t.fail();
		storage.overwrite(base, encodeSegmentHeader({ ...header, epoch: 9, previousNumber: 7 }));
	}
	damage(storage, 2, { from: firstFrame + 30, to: firstFrame + 31, of: [0] });
	scrubRound(opened(storage)[0]);
	t.like(headerOf(context, 2), { good: 3, header: { epoch: 9, previousNumber: 7, eraseCount: 2 } });
	return t.is(verified(storage.image()).records, 25);
});

test("a survey sees damage in either copy", (t) => {
	for (const copy of [0, 1] as const) {
		const storage = running(5);
		damage(storage, 1, { from: firstFrame + 30, to: firstFrame + 31, of: [copy] });
		const { context } = contextOn(storage);
		t.like(survey(context, { key: context.roots.root.newest }), {
			findings: 1,
			repairedRecords: 1,
		});
	}
});

const bare = { kind: 1, payload: new Uint8Array(0) };
const bareFrame = 56;

/**
 * A journal of the smallest records and, maybe, a last one. Every second one of those in its first segment is
 * destroyed in both copies.
 */
function peppered(count: number, last = bare): MemoryStorage {
	const storage = formatted({ sizeBytes: 65_536, sectorBytes: 512 }, 4_096);
	const [journal] = opened(storage);
	for (let index = 1; index < count; index++) journal.append([bare]);
	journal.append([last]);
	journal.close();
	const { layout } = rootOn(storage);
	for (const base of segmentBases(layout, 1)) {
		for (let index = 1; index < Math.min(count - 1, 57); index += 2)
			storage.flip(base + firstFrame + index * bareFrame, 1);
	}
	return storage;
}

test("a segment whose gaps need more room than it has is left as it is, and nothing whole is lost", (t) => {
	const storage = peppered(70);
	const before = verified(storage.image());
	t.true(before.gaps.length > 25);
	const [journal] = opened(storage);
	const [owed, left] = scrubRound(journal);
	t.like(owed, { segment: 1, repaired: false });
	t.false(owed?.gaps.some(({ recorded }) => recorded));
	t.like(left, { segment: 1, repaired: false });
	t.true(
		left?.gaps.every(({ recorded }) => recorded),
		"the rest is not waited for",
	);
	journal.append([bare]);
	journal.close();
	t.is(verified(storage.image()).records, before.records + 1);
});

test("the newest segment is retired when its gaps need more room than it has", (t) => {
	const storage = peppered(39, { kind: 1, payload: new Uint8Array(1_000) });
	const before = verified(storage.image());
	const [journal, report] = opened(storage);
	t.like(report, { clean: false, rebuilt: false, lastSequence: 39 });
	t.is(report.gaps.length, before.gaps.length);
	t.like(rootOn(storage), { retired: true, state: "recovered", untold: true });
	const changes = storage.changeCount;
	const [, again] = opened(storage);
	t.deepEqual(again.gaps, report.gaps);
	t.is(storage.changeCount, changes);
	t.is(journal.append([bare]), 40);
	t.is(rootOn(storage).newest.number, 2);
	journal.close();
	t.is(verified(storage.image()).records, before.records + 1);
});
