import test from "ava";
import fc from "fast-check";
import { harms, wreck } from "../../_helper/dump-damage.ts";
import { knownImages } from "../../_helper/known-image.ts";
import { judge, salvaged } from "./_salvaged.ts";

const images = knownImages();
const damaged = fc.record({ image: fc.nat(images.length - 1), harms });

test("whole images give every record and no gap", (t) => {
	for (const image of images) {
		const items = salvaged([image.bytes]);
		t.is(judge(image, [image.bytes]), undefined, image.name);
		t.deepEqual(
			items.filter(({ type }) => type === "gap"),
			[],
			image.name,
		);
		const last = items.findLast((item) => item.type === "record");
		t.true((last?.type === "record" ? last.record.sequence : 0) >= image.confirmed, image.name);
	}
});

test("every record with an intact copy comes out of damaged dumps, and nothing else", (t) => {
	const seed = Number(process.env.CLOSEOUT_TEST_SEED ?? Date.now() % 1_000_000_000);
	const numRuns = Number(process.env.CLOSEOUT_TEST_RUNS ?? 2_000);
	t.log(`seed ${seed}, ${numRuns} runs`);
	fc.assert(
		fc.property(damaged, ({ image: index, harms: done }) => {
			const image = images[index];
			if (image === undefined) return;
			const problem = judge(image, wreck(image.bytes, done));
			if (problem !== undefined) throw new Error(`${image.name}: ${problem}`);
		}),
		{ seed, numRuns },
	);
	t.pass();
});
