import { imagesOf } from "../campaign/engines.ts";
import { missingForXs } from "../emulator/engine/build-worker.ts";
import { runInXs, unitTestFiles } from "../engine/run-in-xs.ts";
import { sdkEngineTest } from "./_sdk-test.ts";
import { sdkWorker } from "./_worker.ts";

const SEEDS = [1, 2, 3, 4, 5];
const STEPS = 4;

for (const seed of SEEDS) {
	sdkEngineTest(`a journal has the same bytes on three engines, seed ${seed}`, async (t) => {
		const onSdk = await imagesOf(sdkWorker(), seed, STEPS);
		t.is(onSdk.length, 3);
		for (const kind of ["node", "xs"] as const) {
			if (kind === "xs" && missingForXs() !== undefined) continue;
			const images = await imagesOf(kind, seed, STEPS);
			for (const [start, image] of images.entries())
				t.is(Buffer.compare(image, onSdk[start] ?? image), 0, `${kind}, after start ${start + 1}`);
		}
	});
}

/** The unit tests of what runs on a terminal, once more inside the SDK's engine. */
for (const path of unitTestFiles()) {
	sdkEngineTest(path, async (t) => {
		const result = await runInXs(new URL(`../../${path}`, import.meta.url), {
			program: sdkWorker(),
		});
		if (result.excluded !== undefined) {
			t.log(`left to Node: ${result.excluded}`);
			t.pass();
			return;
		}
		const failed = result.outcomes.filter(({ failure }) => failure !== undefined);
		for (const { title, failure, logs } of failed) t.log(title, ...logs, failure);
		t.true(result.outcomes.length > 0, "the file has no test");
		t.deepEqual(
			failed.map(({ title }) => title),
			[],
		);
	});
}
