import test, { type ExecutionContext } from "ava";
import { missingForXs } from "../emulator/engine/build-worker.ts";
import type { EngineOptions } from "../emulator/engine/terminal-engine.ts";

const missing = missingForXs();

/** A test that needs the XS engine; without a compiler it passes and says why nothing was tested. */
export function xsTest(title: string, run: (t: ExecutionContext) => Promise<void> | void): void {
	test(title, async (t) => {
		if (missing === undefined) {
			await run(t);
			return;
		}
		t.log(`not tested: ${missing}`);
		t.pass();
	});
}

/** One test for each kind of engine. */
export function testOnBoth(
	title: string,
	run: (t: ExecutionContext, kind: EngineOptions["kind"]) => Promise<void>,
): void {
	test(`${title} (node)`, (t) => run(t, "node"));
	xsTest(`${title} (xs)`, (t) => run(t, "xs"));
}
