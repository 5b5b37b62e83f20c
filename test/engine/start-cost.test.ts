import { LARGE_BYTES, measureStart, RING_BYTES } from "../bench/aged-start.ts";
import { inFolder } from "../bench/folder.ts";
import { xsTest } from "./xs-test.ts";

/** Numbers get longer and the tree of the stream has a root for each bit of its size, nothing else. */
const TOLERANCE = 1.12;

for (const [name, journalBytes, isClosed] of [
	["shut down in order, on media that hold them all", LARGE_BYTES, true],
	["after the power went, in a ring that has turned", RING_BYTES, false],
] as const) {
	xsTest(`a start after 100,000 records costs what one after 1,000 does: ${name}`, (t) =>
		inFolder(async (folder) => {
			const aged = { journalBytes, isClosed };
			const young = await measureStart(`${folder}/young`, { ...aged, records: 1_000 });
			const old = await measureStart(`${folder}/old`, { ...aged, records: 100_000 });
			t.log(young, old);
			t.true(young.records < 1_200 && old.records > 100_000);
			t.true(old.readBytes <= young.readBytes * TOLERANCE);
			t.true(old.computrons <= young.computrons * TOLERANCE);
		}),
	);
}
