import test from "ava";
import { recover } from "../../../firmware/core/journal/recovery.ts";
import { SegmentIndex } from "../../../firmware/core/journal/segment-index.ts";
import { plantFalseFrames } from "../../_helper/busy-media.ts";
import { formatted, opened, recordOf } from "../../_helper/journal.ts";
import { beginEmpty, contextOn, damage, fill } from "./_setup.ts";

/** Header and the checkpoint that the tests' journals write. */
const firstFrame = 192 + 64;

/** Media whose plug was pulled after some records. */
function unclosed(count: number) {
	const storage = formatted();
	fill(opened(storage)[0], count);
	return storage.restart();
}

test("past the step budget the journal is left alone and can be read as far as it goes", (t) => {
	const storage = formatted({ sizeBytes: 262_144, sectorBytes: 4_096 }, 16_384);
	const [running] = opened(storage);
	fill(running, 3);
	running.close();
	plantFalseFrames(storage, firstFrame + 200);
	const { context, told: log } = contextOn(storage);
	const image = storage.image();
	const { tail, report } = recover(context, new SegmentIndex(context));
	const { head, newest } = context.roots.root;
	t.deepEqual(report, {
		clean: false,
		readOnly: true,
		rebuilt: false,
		epoch: 0,
		terminalId: "shop-0001",
		firstSequence: 1,
		lastSequence: 3,
		lastChain: head.chain,
		tornBytes: 0,
		repairedRecords: 0,
		staleRecords: 0,
		checkpoint: undefined,
		gaps: [],
	});
	t.like(tail, { head, key: newest, retired: true, epoch: 0 });
	t.deepEqual(log, [
		"error LIMIT recovery of the journal takes too many steps; pull the image and send the terminal in",
	]);
	t.deepEqual(storage.image(), image);
	const [readOnly] = opened(storage);
	t.deepEqual(readOnly.read(1)?.payload, recordOf(1).payload);
	t.throws(() => readOnly.append([recordOf(4)]), { code: "MEDIA_FORMAT" });
});

test("older segments that a start looks at are part of the step budget", (t) => {
	const make = () => {
		const storage = formatted({ sizeBytes: 262_144, sectorBytes: 4_096 }, 16_384);
		const [journal] = opened(storage);
		const records = Array.from({ length: 6 }, () => ({ kind: 1, payload: new Uint8Array(900) }));
		for (let count = 0; count < 3; count++) journal.append(records);
		journal.close();
		return storage;
	};
	const forCheckpoint = make();
	damage(forCheckpoint, 2, { from: 192, to: 193 });
	plantFalseFrames(forCheckpoint, 192, 1);
	t.true(opened(forCheckpoint)[1].readOnly);
	const forGaps = make();
	beginEmpty(forGaps);
	plantFalseFrames(forGaps, firstFrame, 2);
	t.true(opened(forGaps)[1].readOnly);
});

test("trouble of another kind stops a start", (t) => {
	const storage = unclosed(5);
	const { context } = contextOn(storage);
	const foreign = Object.assign(new RangeError("not of our table"), { code: "LIMIT" });
	storage.read = () => {
		throw foreign;
	};
	t.throws(() => recover(context, new SegmentIndex(context)), { is: foreign });
	const stuck = unclosed(5);
	const { context: other } = contextOn(stuck);
	stuck.setFaults({ failures: [{ operation: "sync", at: 1, forever: true }] });
	t.throws(() => recover(other, new SegmentIndex(other)), { code: "STORAGE_SYNC" });
});
