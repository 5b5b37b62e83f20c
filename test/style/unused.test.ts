import test from "ava";
import { errorTable } from "../../protocol/error.ts";
import * as limits from "../../protocol/limits.ts";
import { sources } from "./_sources.ts";

/** Program texts that may be the user of something, without the place where it is defined. */
function usedOutside(definition: string): string {
	return sources
		.filter(
			({ path }) =>
				(!path.startsWith("test/") || path.startsWith("test/emulator/")) && path !== definition,
		)
		.map(({ text }) => text)
		.join("\n");
}

test("every limit bounds something", (t) => {
	const text = usedOutside("protocol/limits.ts");
	const unused = Object.keys(limits).filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
	t.deepEqual(unused, []);
});

test("every error code is thrown or shown somewhere", (t) => {
	const text = usedOutside("protocol/error.ts");
	const unused = Object.keys(errorTable).filter((code) => !text.includes(`"${code}"`));
	t.deepEqual(
		unused.filter((code) => code !== "ASSERTION"),
		[],
	);
});
