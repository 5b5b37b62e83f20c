import { refuseCardNumbers } from "../../protocol/card-guard.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { formatDateTime } from "../../protocol/time.ts";
import { recordViewOf } from "../api/record-view.ts";
import type { RecordView } from "../api/view.ts";
import type { CopyItem, JournalCopy } from "../import/copy.ts";
import { csvLine } from "./csv.ts";
import { html, pageOf, tableOf } from "./page.ts";
import { fill } from "./text.ts";

export const exportFormats = ["jsonl", "csv", "report"] as const;
export type ExportFormat = (typeof exportFormats)[number];

const BYTE_ORDER_MARK = "\uFEFF";
const WITHHELD = "[withheld]";

/** A record as it is exported: readable, and without anything that looks like a card number. */
export interface ExportedRecord extends RecordView {
	/** ISO 8601 with the zone of the terminal; null when the record cannot be read. */
	readonly time: string | null;
}

/** Counts what was withheld. */
export class CardGuard {
	withheld = 0;

	record(copy: JournalCopy, item: CopyItem & { readonly type: "record" }): ExportedRecord {
		const view = recordViewOf(copy.terminal, copy.epoch, item.record);
		const isUnread = view.atS === null && this.#isCard(item.record.payload);
		const body = isUnread ? { why: WITHHELD } : this.#clean(view.body);
		if (isUnread) this.withheld += 1;
		return { ...view, time: isoTime(view), body };
	}

	#clean(value: unknown): unknown {
		if (typeof value === "string") {
			if (!this.#isCard(value)) return value;
			this.withheld += 1;
			return WITHHELD;
		}
		if (Array.isArray(value)) return value.map((item) => this.#clean(item));
		if (typeof value !== "object" || value === null) return value;
		return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#clean(item)]));
	}

	#isCard(value: string | Uint8Array): boolean {
		try {
			refuseCardNumbers(value, "");
			return false;
		} catch (error) {
			if (error instanceof CloseoutError && error.code === "CARD_DATA") return true;
			throw error;
		}
	}
}

function isoTime({ atS, zoneMinutes }: RecordView): string | null {
	if (atS === null) return null;
	const minutes = Math.abs(zoneMinutes);
	const two = (value: number) => String(value).padStart(2, "0");
	const zone = `${zoneMinutes < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
	return formatDateTime(atS, zoneMinutes).replace(" ", "T") + zone;
}

/** One JSON object a line: a record, or a gap with its range. */
export async function* exportJsonLines(
	copy: JournalCopy,
	guard: CardGuard,
): AsyncGenerator<string> {
	for await (const item of copy.items()) {
		if (item.type === "gap") {
			const { from, to } = item;
			yield `${JSON.stringify({ gap: { from, to } })}\n`;
			continue;
		}
		const { terminal, epoch, sequence, chain, kind, time, atS, zoneMinutes, body } = guard.record(
			copy,
			item,
		);
		yield `${JSON.stringify({ terminal, epoch, sequence, chain, kind, time, atS, zoneMinutes, body })}\n`;
	}
}

/** One row a record after RFC 4180; a gap is a row of the kind `gap`. */
export async function* exportCsv(copy: JournalCopy, guard: CardGuard): AsyncGenerator<string> {
	const head = ["terminal", "epoch", "sequence", "time", "kind", "chain", "body"];
	yield BYTE_ORDER_MARK + csvLine(head);
	for await (const item of copy.items()) {
		const { terminal, epoch } = copy;
		if (item.type === "gap") {
			const range = JSON.stringify({ from: item.from, to: item.to });
			yield csvLine([terminal, epoch, item.from, null, "gap", null, range]);
			continue;
		}
		const { sequence, time, kind, chain, body } = guard.record(copy, item);
		yield csvLine([terminal, epoch, sequence, time, kind, chain, JSON.stringify(body)]);
	}
}

/** Words of the report, in the reader's language. */
export type ExportWords = Readonly<
	Record<
		| "title"
		| "range"
		| "chain"
		| "proof"
		| "gaps"
		| "days"
		| "sales"
		| "settlements"
		| "prints"
		| "sequence"
		| "time"
		| "kind"
		| "says"
		| "withheld",
		string
	>
>;

const sections = [
	{ name: "days", kinds: /^(day|shift|override)/ },
	{ name: "sales", kinds: /^(intent|outcome|reversal|reopened)$/ },
	{ name: "settlements", kinds: /^settle/ },
	{ name: "prints", kinds: /^(print|reprint)/ },
] as const;

/** One printable report, as text or as a page. */
export async function exportReport(
	copy: JournalCopy,
	guard: CardGuard,
	words: ExportWords,
	how: { readonly isPage: boolean; readonly language: string },
): Promise<string> {
	const rows = new Map<string, (readonly (string | number)[])[]>();
	const gaps: (readonly [number, number])[] = [];
	let [first, last, count, placed, chain] = [0, 0, 0, 0, ""];
	for await (const item of copy.items()) {
		if (item.type === "gap") {
			gaps.push([item.from, item.to]);
			continue;
		}
		const record = guard.record(copy, item);
		first ||= record.sequence;
		[last, chain] = [record.sequence, record.chain];
		count += 1;
		if (item.previousChain === undefined) placed += 1;
		const section = sections.find(({ kinds }) => kinds.test(record.kind));
		if (section === undefined) continue;
		const row = [record.sequence, record.time ?? "-", record.kind, sayings(record.body)];
		const there = rows.get(section.name);
		if (there) there.push(row);
		else rows.set(section.name, [row]);
	}
	const { terminal, epoch } = copy;
	const title = fill(words.title, { terminal, epoch });
	const head = [
		fill(words.range, { first, last, count }),
		`${words.chain}: ${chain}`,
		fill(words.proof, { place: placed }),
		...(guard.withheld > 0 ? [fill(words.withheld, { count: guard.withheld })] : []),
		`${words.gaps}: ${gaps.map(([from, to]) => `${from}-${to}`).join(", ") || "0"}`,
	];
	const columns = [words.sequence, words.time, words.kind, words.says];
	const tables = sections.flatMap(({ name }) => {
		const own = rows.get(name);
		return own === undefined ? [] : [{ title: words[name], rows: own }];
	});
	if (how.isPage) {
		const lines = head.map((line) => `<p>${html(line)}</p>`);
		const parts = tables.map((one) => `<h2>${html(one.title)}</h2>${tableOf(columns, one.rows)}`);
		return pageOf(title, how.language, [...lines, ...parts].join("\n"));
	}
	const parts = tables.map((one) =>
		[`\n${one.title}`, ...one.rows.map((row) => `  ${row.join("  ")}`)].join("\n"),
	);
	return `${[title, ...head, ...parts].join("\n")}\n`;
}

function sayings(body: unknown): string {
	if (typeof body !== "object" || body === null) return JSON.stringify(body);
	return Object.entries(body)
		.filter(([, value]) => value !== null)
		.map(([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`)
		.join(" ");
}
