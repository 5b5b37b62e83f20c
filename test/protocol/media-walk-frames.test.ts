import test from "ava";
import { encodeSeal, type Frame, gapKind } from "../../protocol/media.ts";
import { flipped, present, segmentBytes } from "./_media.ts";
import {
	bases,
	gapFrame,
	itemsOf,
	noChain,
	ownSegment,
	someChain,
	told,
	walker,
} from "./_media-walk.ts";

/** Writes a gap over records 2 and 3 and goes on with record 4, chained to `chain`. */
function overGap(kind: number, told: Uint8Array, chain: Uint8Array) {
	return ownSegment((writer) => {
		writer.record().frame(gapFrame(2, 3, kind, told));
		writer.sequence = 3;
		writer.chain = chain;
		writer.record();
	});
}

test("behind a gap on the media the next record chains to it, or is taken as it was kept", (t) => {
	const chained = overGap(gapKind.chained, someChain, someChain);
	const options = { lastSequence: undefined };
	const items = itemsOf(walker(chained.bytes, options));
	t.deepEqual(items[1], {
		type: "gap",
		recorded: true,
		offset: 192 + present(chained.frames[0]).bytes.length,
		good: 3,
		gap: {
			...{ from: 2, to: 3, damagedBytes: 64, hash: new Uint8Array(32).fill(9) },
			chain: someChain,
		},
	});
	t.deepEqual(told(walker(chained.bytes, options)).slice(0, 3), [
		...["record 1 3", "gap 2-3 3", "record 4 3"],
	]);

	const adopted = overGap(gapKind.adopted, noChain, someChain);
	const adoptedItems = itemsOf(walker(adopted.bytes, options));
	t.is(adoptedItems[1]?.type === "gap" ? adoptedItems[1].gap.chain : someChain, undefined);
	t.is(told(walker(adopted.bytes, options))[2], "record 4 3");

	const broken = overGap(gapKind.chained, noChain, someChain);
	t.not(told(walker(broken.bytes, options))[2], "record 4 3", "it does not chain to the gap");
});

test("whole frames that do not belong where they stand are stale", (t) => {
	const seal = { count: 1, root: new Uint8Array(32), note: new Uint8Array(0) };
	const chain = someChain;
	const plain = { kind: 0, flags: 0, chain };
	const strangers: Readonly<Record<string, Frame>> = {
		"a record of before": { ...plain, type: 1, sequence: 1, payload: noChain },
		"a record of later": { ...plain, type: 1, sequence: 3, payload: noChain },
		"a record with another chain": { ...plain, type: 1, sequence: 2, payload: noChain },
		"a checkpoint behind a record": { ...plain, type: 2, sequence: 1, payload: noChain },
		"a seal of other records": { ...plain, type: 3, sequence: 2, payload: encodeSeal(seal) },
		"a seal that is none": { ...plain, type: 3, sequence: 1, payload: noChain },
		"a gap from elsewhere": gapFrame(3, 4, gapKind.adopted, noChain),
		"a gap that ends before it begins": gapFrame(2, 1, gapKind.adopted, noChain),
		"a gap that is none": { ...plain, type: 4, sequence: 2, payload: noChain },
	};
	for (const [name, frame] of Object.entries(strangers)) {
		const own = ownSegment((writer) => writer.record().frame(frame));
		const items = itemsOf(walker(own.bytes, { lastSequence: undefined }));
		const last = items.at(-1);
		t.is(items.length, 2, name);
		t.true(last?.type === "end" && last.stale >= 2 && last.written[0] === own.end, name);
	}
	const wrongCheckpoint = ownSegment((writer) => {
		writer.sequence = 5;
		writer.checkpoint();
	});
	const [item] = itemsOf(walker(wrongCheckpoint.bytes, { lastSequence: undefined }));
	t.is(item?.type, "end", "a checkpoint of another segment's record");
});

test("a stale frame in one copy does not hide the right one in the other", (t) => {
	const own = ownSegment((writer) => writer.record().record());
	const stranger = ownSegment((writer) => {
		writer.record();
		writer.chain = someChain;
		writer.record();
	});
	const bytes = own.bytes.slice();
	bytes.set(stranger.bytes.subarray(bases[0], bases[0] + segmentBytes), bases[0]);
	const items = told(walker(bytes, { lastSequence: undefined }));
	t.deepEqual(items, ["record 1 3", "record 2 2", `end ${own.end} ${own.end},${own.end} 1`]);
});

test("behind damage the way goes on at a frame that can follow, and at no other", (t) => {
	const plain = { kind: 0, flags: 0, chain: noChain };
	/** Record 1, damage, a frame, and record 5, which ends any gap. */
	const behind = (frame: Frame) => {
		const own = ownSegment((writer) => {
			writer.record().record().frame(frame);
			writer.sequence = 4;
			writer.record();
		});
		const { offset } = present(own.frames[1]);
		const bytes = flipped(own.bytes, bases[0] + offset, bases[1] + offset);
		return told(walker(bytes, { lastSequence: 5 })).slice(1, 4);
	};
	const seal = encodeSeal({ count: 1, root: noChain, note: new Uint8Array(0) });
	const passed: Readonly<Record<string, Frame>> = {
		"a checkpoint": { ...plain, type: 2, sequence: 3, payload: noChain },
		"a record of before": { ...plain, type: 1, sequence: 1, payload: noChain },
		"a record past the last": { ...plain, type: 1, sequence: 6, payload: noChain },
		"a gap of before": gapFrame(1, 3, gapKind.adopted, noChain),
		"a gap that is none": { ...plain, type: 4, sequence: 3, payload: noChain },
		"a seal of before": { ...plain, type: 3, sequence: 0, payload: seal },
	};
	for (const [name, frame] of Object.entries(passed))
		t.deepEqual(behind(frame).slice(0, 2), ["gap 2-4 0", "record 5 3"], name);
	const next = { ...plain, type: 1, sequence: 3, payload: noChain } as const;
	t.deepEqual(behind(next).slice(0, 2), ["gap 2-2 0", "record 3 3"]);
	const first = { ...next, sequence: 2 };
	t.deepEqual(behind(first).slice(0, 2), ["damage 0", "gap 2-4 0"], "its chain does not fit");
	const gap = gapFrame(3, 4, gapKind.adopted, noChain);
	t.deepEqual(behind(gap), ["gap 2-2 0", "gap 3-4 3", "record 5 3"]);
	const sealed = { ...plain, type: 3, sequence: 2, payload: seal } as const;
	t.deepEqual(behind(sealed).slice(0, 2), ["gap 2-2 0", "seal 3"]);
});
