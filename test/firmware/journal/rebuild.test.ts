import test from "ava";
import { formatted, opened } from "../../_helper/journal.ts";
import { scrubRound, verified } from "../../_helper/journal-damage.ts";
import type { MemoryStorage } from "../../_helper/memory-storage.ts";

const shape = { sizeBytes: 131_072, sectorBytes: 512 };
const segmentBytes = 8_192;
const bare = { kind: 1, payload: new Uint8Array(0) };
const frame = 56;
/** Header and the checkpoint that the tests' journals write. */
const firstFrame = 192 + 64;

/** Two segments of the smallest records, each of them a group. */
function smallRecords(count: number): MemoryStorage {
	const storage = formatted(shape, segmentBytes);
	const [journal] = opened(storage);
	for (let index = 0; index < count; index++) journal.append([bare]);
	journal.close();
	return storage.restart();
}

/** Destroys every second record of a segment in both copies, so that what tells of them needs more room. */
function pepper(storage: MemoryStorage, number: number): void {
	for (let index = 1; index < 126; index += 2) {
		const from = firstFrame + index * frame;
		damageAt(storage, number, from);
	}
}

function damageAt(storage: MemoryStorage, number: number, from: number): void {
	const { layout } = verified(storage.image()).root;
	for (const base of [layout.mirrorOffset, 0]) {
		const at = base + 1_024 + (number % layout.segmentCount) * layout.segmentBytes + from;
		storage.flip(at + 3, 1);
	}
}

test("a segment whose gaps need more room than it has is left as it is, and nothing whole is lost", (t) => {
	const storage = smallRecords(200);
	const { segments } = verified(storage.image());
	t.log(segments.map(({ records }) => records));
	pepper(storage, 1);
	const before = verified(storage.image());
	t.log(before.records, before.gaps.length);
	const [journal] = opened(storage);
	scrubRound(journal);
	journal.append([bare]);
	const reports = scrubRound(journal);
	t.log(
		reports.map(({ segment, repaired, findings, gaps }) => [
			segment,
			repaired,
			findings,
			gaps.length,
		]),
	);
	journal.close();
	const after = verified(storage.image());
	t.is(after.records, before.records + 1);
});
