import type { StatementSource } from "./statement.ts";
import { readLines } from "./text.ts";

/** One field of a SWIFT message: its tag and its lines, the first of them after the tag. */
export interface SwiftTag {
	readonly tag: string;
	readonly lines: readonly string[];
	/** Line of the file on which the tag stands. */
	readonly line: number;
}

/** Lines of one field that are kept; the standard allows six. */
const TAG_LINES_MAX = 200;

/**
 * Fields of the messages in a file, one after the other. Block headers and trailers (`{1:…`, `-}`), the line `-`
 * after a message, blank lines and whatever stands before the first field are passed over. Besides the standard's
 * tags, `:NS:` is one, because some banks put texts there.
 */
export async function* readTags(source: StatementSource): AsyncGenerator<SwiftTag> {
	let open: { tag: string; lines: string[]; line: number } | undefined;
	for await (const { text, line } of readLines(source, { fallback: "guess" })) {
		const start = /^\s?(?:\{4:\s*)?:(\d{2}[A-Z]?|NS):(.*)$/.exec(text);
		if (start !== null) {
			if (open !== undefined) yield closed(open);
			open = { tag: start[1] ?? "", lines: [(start[2] ?? "").trimEnd()], line };
		} else if (/^-\}/.test(text) || /^\s*\{[1-5]:/.test(text)) {
			if (open !== undefined) yield closed(open);
			open = undefined;
		} else if (open !== undefined && text.trim() !== "" && open.lines.length < TAG_LINES_MAX) {
			open.lines.push(text.trimEnd());
		}
	}
	if (open !== undefined) yield closed(open);
}

/** A hyphen alone ends a message when nothing of the field follows it; some texts hold one. */
function closed(tag: { tag: string; lines: string[]; line: number }): SwiftTag {
	while (tag.lines.length > 1 && tag.lines.at(-1) === "-") tag.lines.pop();
	return tag;
}
