import type { AnyRecord, RecordOf } from "../../../protocol/record.ts";
import type { SlipItem } from "../../../protocol/slip/slip.ts";
import { formatDate } from "../../../protocol/time.ts";
import type { Core } from "../core.ts";
import { fill } from "../text/fill.ts";
import {
	copyItems,
	type DocumentContext,
	endItems,
	headItems,
	localTime,
	missingDocument,
	originItems,
	type PrintDocument,
	pair,
	rule,
} from "./document.ts";
import { readerOf } from "./journal-reader.ts";

type Close = RecordOf<"dayClose" | "shiftClose">;

/**
 * "Closed with exceptions": every exception of a close by name, and every override with who and why. The subject
 * is the close record itself, or the first record of the day or shift that it closes.
 */
export function* exceptionDocument(context: DocumentContext): PrintDocument {
	const { core, debt, text } = context;
	const found = yield* findClose(core, debt.subject);
	if (found === undefined) return yield* missingDocument(context);
	const [sequence, close] = found;
	yield { block: closeItems(context, close), row: 0 };
	yield* overrideSteps(context, close.body.first, sequence);
	const block: SlipItem[] = [
		rule,
		{ kind: "text", text: text.exceptions.next },
		...copyItems(context, close.stamp),
		{ kind: "blank" },
		{ kind: "text", text: `${text.exceptions.signature}:` },
		{ kind: "blank", lines: 2 },
		...endItems,
	];
	yield { block, row: 1 };
}

/** Each override is a block: a reason can be long, and a bad day can have many. */
function* overrideSteps(context: DocumentContext, first: number, last: number): PrintDocument {
	const { core, text } = context;
	const title: SlipItem = { kind: "text", text: text.exceptions.overrides, bold: true };
	let isFirst = true;
	const reader = readerOf(core, { first, last }, ["override"]);
	while (!reader.done) {
		for (const [, record] of reader.read()) {
			if (record.kind !== "override") continue;
			const items = overrideItems(context, record);
			yield { block: isFirst ? [title, ...items] : items, row: 0 };
			isFirst = false;
		}
		yield undefined;
	}
}

function isClose(record: AnyRecord): record is Close {
	return record.kind === "dayClose" || record.kind === "shiftClose";
}

function* findClose(
	core: Core,
	subject: number,
): Generator<undefined, readonly [number, Close] | undefined, void> {
	const record = core.recordAt(subject);
	if (record === undefined) return undefined;
	if (isClose(record)) return [subject, record];
	const closing = record.kind === "dayOpen" ? "dayClose" : "shiftClose";
	const reader = readerOf(core, { first: subject + 1, last: core.state.sequence }, [closing]);
	while (!reader.done) {
		for (const [sequence, candidate] of reader.read()) {
			if (!isClose(candidate) || candidate.kind !== closing) continue;
			if (candidate.body.first === subject) return [sequence, candidate];
		}
		yield undefined;
	}
	return undefined;
}

function closeItems(context: DocumentContext, { kind, body, stamp }: Close): readonly SlipItem[] {
	const { text } = context;
	const period =
		kind === "dayClose"
			? [pair(text.exceptions.businessDate, formatDate(body.businessDate))]
			: [
					pair(text.exceptions.shift, String(body.shift)),
					pair(text.exceptions.operator, body.operator),
				];
	const exceptions = body.exceptions.map(({ blocker, count }) =>
		pair(`! ${text.blocker[blocker]}`, fill(text.exceptions.count, { count })),
	);
	return [
		...headItems(context, kind === "dayClose" ? text.exceptions.title : text.exceptions.shiftTitle),
		...originItems(context),
		...period,
		pair(text.exceptions.time, localTime(stamp)),
		rule,
		{ kind: "text", text: exceptions.length > 0 ? text.exceptions.lead : text.exceptions.none },
		...exceptions,
		rule,
	];
}

function overrideItems(
	{ text }: DocumentContext,
	{ body, stamp }: RecordOf<"override">,
): readonly SlipItem[] {
	const by = fill(text.exceptions.by, { by: body.by, role: text.role[body.role] });
	const subject = body.subject === null ? "" : ` #${body.subject}`;
	return [
		{ kind: "text", text: text.blocker[body.blocker] + subject },
		{ kind: "text", text: `  ${by}` },
		{ kind: "text", text: `  ${localTime(stamp)}` },
		{ kind: "text", text: `  ${fill(text.exceptions.reason, { reason: body.reason })}` },
	];
}
