import { registerHooks } from "node:module";
import { bugs } from "./_zoo-bugs.ts";

/**
 * Loaded before anything else, it puts one bug of the zoo into the text of the module it lives in, in memory. The
 * bug's name stands in the environment, which child processes and threads inherit.
 */
const name = process.env.CLOSEOUT_ZOO_BUG;
const bug = bugs.find((known) => known.name === name);

if (bug !== undefined) {
	registerHooks({
		load(url, context, nextLoad) {
			const loaded = nextLoad(url, context);
			if (!url.endsWith(bug.file)) return loaded;
			const { source } = loaded;
			if (source === undefined || source === null) throw new RangeError(`${bug.file} has no text`);
			const text =
				typeof source === "string" ? source : Buffer.from(source as Uint8Array).toString();
			return { ...loaded, source: patched(text) };
		},
	});
}

function patched(text: string): string {
	let result = text;
	for (const [find, put] of bug?.changes ?? []) {
		if (!result.includes(find)) throw new RangeError(`${bug?.file} has no "${find}" any more`);
		result = result.replace(find, () => put);
	}
	return result;
}
