import test from "ava";
import { formatted, smallMedia } from "../../_helper/journal.ts";
import { recordSteps, recoverAndCheck, replaySteps } from "../../_helper/journal-workload.ts";
import { MemoryStorage, type TearModel, tearChange } from "../../_helper/memory-storage.ts";
import { Random } from "../../_helper/random.ts";

const groups = 100;
/** Cuts stand this many bytes apart; the campaigns cut at every byte. */
const stride = 13;

for (const tear of ["erased", "someBits"] satisfies TearModel[]) {
	test(`a cut within any write or erase loses nothing confirmed (rest of the write: ${tear})`, (t) => {
		const blank = formatted();
		const { eraseValue } = blank.geometry();
		let cuts = 0;
		replaySteps(blank, recordSteps(blank, groups), (image, { change, progress }) => {
			for (let reached = cuts % stride; reached < change.after.length; reached += stride) {
				cuts += 1;
				const random = new Random(cuts);
				const storage = MemoryStorage.fromImage(image, smallMedia);
				const torn = image.slice();
				const unstable = tearChange(torn, { ...change, reached }, tear, eraseValue, random);
				storage.overwrite(0, torn);
				storage.unsettle(unstable);
				const problem = recoverAndCheck(storage, progress);
				t.is(
					problem,
					undefined,
					`cut ${cuts}: ${reached} bytes into the change at ${change.offset}`,
				);
			}
		});
		t.log(`${cuts} cuts`);
		t.true(cuts > 10_000);
	});
}
