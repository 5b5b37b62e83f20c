import { toHex } from "../../../protocol/bytes.ts";
import { LIST_PAGE_ROWS } from "../../../protocol/limits.ts";
import { LIST_SHORT_HASH_DIGITS } from "../../../protocol/list-hash.ts";
import { formatAmount } from "../../../protocol/money.ts";
import type { SlipBlock, SlipItem } from "../../../protocol/slip/slip.ts";
import { padText, textColumns } from "../../../protocol/slip/width.ts";
import { formatDate, formatDateTime } from "../../../protocol/time.ts";
import { fill } from "../text/fill.ts";
import {
	copyItems,
	type DocumentContext,
	duplicateMark,
	headItems,
	money,
	originItems,
	pair,
	recordOf,
	rule,
	sixDigits,
} from "./document.ts";
import type { ListPeriod } from "./list-period.ts";
import type { ListIntent, ListStamp } from "./list-record.ts";
import { type RowColumns, RowLines, TRACE_COLUMNS } from "./list-row.ts";
import type { ListSurvey } from "./list-survey.ts";
import type { ListEntry } from "./period-rows.ts";

const narrowRow: RowColumns = { type: 4, tail: 4, amount: 9, time: 5 };
const wideRow: RowColumns = { type: 8, tail: 8, amount: 14, time: 8 };
const WIDE_COLUMNS = 48;
const DAY_SECONDS = 86_400;
/** Columns of the trace number; a space follows. */
const NOTE_INDENT = TRACE_COLUMNS;
const noOutcome = { lastFour: null };

/** How the pieces of a list look; says nothing about which of them are printed when. */
export class ListLayout {
	readonly #context: DocumentContext;
	readonly #period: ListPeriod;
	readonly #survey: ListSurvey;
	readonly #columns: RowColumns;
	/** Type names, filled up to their column once instead of in every row. */
	readonly #types: Readonly<Record<ListIntent["type"], string>>;
	readonly #lines: RowLines;
	#localDay = Number.NaN;

	constructor(context: DocumentContext, period: ListPeriod, survey: ListSurvey) {
		const { text, columns } = context;
		const isWide = columns >= WIDE_COLUMNS;
		const names = isWide ? text.type : text.shortType;
		const cell = isWide ? wideRow : narrowRow;
		this.#context = context;
		this.#period = period;
		this.#survey = survey;
		this.#columns = cell;
		this.#types = {
			sale: padText(names.sale, cell.type),
			refund: padText(names.refund, cell.type),
			void: padText(names.void, cell.type),
			preAuthorisation: padText(names.preAuthorisation, cell.type),
			completion: padText(names.completion, cell.type),
			tip: padText(names.tip, cell.type),
			cancellation: padText(names.cancellation, cell.type),
		};
		const { sale, refund, void: voids, preAuthorisation, completion } = this.#types;
		const { tip, cancellation } = this.#types;
		const { encode } = context;
		this.#lines = new RowLines({
			columns: cell,
			types: {
				sale: encode(sale),
				refund: encode(refund),
				void: encode(voids),
				preAuthorisation: encode(preAuthorisation),
				completion: encode(completion),
				tip: encode(tip),
				cancellation: encode(cancellation),
			},
			currency: period.currency,
		});
	}

	get pageCount(): number {
		return Math.max(1, Math.ceil(this.#survey.rowCount / LIST_PAGE_ROWS));
	}

	/** The first page's head: banners, the shop, and what the list is about. */
	firstHead(): SlipBlock {
		const { core, text, debt } = this.#context;
		const { batch, first, last, subject } = this.#period;
		const words = text.list;
		const items = [
			// The banner about going on says the row, so the general one is left to other documents.
			...headItems({ ...this.#context, resumed: false }, words.title),
			...originItems(this.#context),
			...this.#dateItems(),
			pair(words.range, `${first}-${last}`),
		];
		if (batch !== null) items.push(pair(words.batch, sixDigits(batch)));
		const original = debt.copy > 0 ? core.recordAt(subject) : undefined;
		if (original !== undefined) items.push(...copyItems(this.#context, original.stamp));
		return [...items, ...this.pageHead(1)];
	}

	/** Banner and head under which a list goes on after a stop. */
	continued(row: number): SlipBlock {
		const { text, debt } = this.#context;
		const isRow = row < this.#survey.rowCount;
		const words = isRow ? fill(text.copy.continued, { row: row + 1 }) : text.copy.again;
		const items: SlipItem[] = [{ kind: "mark", text: words }];
		if (row === 0) return [...items, ...this.firstHead()];
		if (debt.copy > 0) items.unshift(duplicateMark(debt.copy, text));
		return [...items, ...this.pageHead(Math.ceil(row / LIST_PAGE_ROWS))];
	}

	/** Shop, date and page, and the names of the columns. */
	pageHead(page: number): SlipBlock {
		const { core, text } = this.#context;
		const { businessDate } = this.#period;
		const date = businessDate === null ? "" : formatDate(businessDate);
		const right = fill(text.list.page, { page, pages: this.pageCount });
		const heads: SlipItem[] = page === 1 ? [] : [pair(core.configuration.merchantName, date)];
		return [
			...heads,
			{ kind: "heading", left: text.list.title, right },
			{ kind: "text", text: this.#columnNames(), bold: true },
			rule,
		];
	}

	/** One row; a new local date, a mark or a wide amount takes a line of its own. */
	row(entry: ListEntry, intent: ListIntent): SlipBlock | Uint8Array {
		const isVoided = this.#survey.voided.has(entry.transaction);
		const isLate = entry.transaction < this.#period.first;
		if (!isVoided && !isLate && localDayOf(entry.stamp) === this.#localDay) {
			const line = this.#lines.line(entry.stamp, intent, entry.outcome ?? noOutcome);
			if (line !== undefined) return line;
		}
		const items = this.#newDate(entry);
		this.#pushLines(items, entry, intent);
		const words = this.#context.text.list;
		if (isVoided) items.push(note(words.voided));
		if (isLate) items.push(note(words.late));
		return items;
	}

	/** A transaction that is no row: the same columns, and below them why. */
	other(entry: ListEntry): SlipBlock {
		const { text, core } = this.#context;
		const items = this.#newDate(entry);
		if (entry.intent !== null) this.#pushLines(items, entry, entry.intent);
		else items.push({ kind: "text", text: `#${entry.transaction}` });
		const phase = core.state.open.find((open) => open.transaction === entry.transaction)?.phase;
		const standing =
			entry.standing === "approved"
				? text.outcome.approved
				: entry.standing === "unknown" && (phase === "inFlight" || phase === "offline")
					? text.outcome[phase]
					: text.outcome[entry.standing];
		const response = entry.outcome?.response ?? null;
		if (response === null) return [...items, note(standing)];
		const code = fill(text.list.response, { response });
		const together = `${standing} ${code}`;
		const room = this.#context.columns - NOTE_INDENT - 1;
		const isShort = textColumns(together) <= room;
		return [...items, ...(isShort ? [note(together)] : [note(standing), note(code)])];
	}

	/** Lets the next date line appear again, when rows are passed over or a section begins. */
	forgetDate(): void {
		this.#localDay = Number.NaN;
	}

	/** End of a page: what it adds up to so far, and what it can be checked by. */
	pageFoot(rowCount: number, netMinor: number, hash: Uint8Array): SlipBlock {
		const words = this.#context.text.list;
		const empty: SlipItem[] =
			rowCount === 0 ? [{ kind: "text", text: words.empty, align: "center" }] : [];
		return [
			...empty,
			rule,
			pair(fill(words.subtotal, { count: rowCount }), money(netMinor, this.#period.currency)),
			pair(words.pageHash, toHex(hash).slice(0, LIST_SHORT_HASH_DIGITS)),
			{ kind: "blank" },
		];
	}

	#dateItems(): readonly SlipItem[] {
		const { core, text } = this.#context;
		const { businessDate, batch, subject } = this.#period;
		const items: SlipItem[] = [];
		if (businessDate !== null) items.push(pair(text.list.businessDate, formatDate(businessDate)));
		const begin = batch === null ? undefined : recordOf(core, subject, "settleBegin");
		if (begin === undefined) return items;
		const { wallS, zoneMinutes } = begin.stamp;
		return [...items, pair(text.settlement.time, formatDateTime(wallS, zoneMinutes))];
	}

	#columnNames(): string {
		const words = this.#context.text.list;
		const { type, tail, amount, time } = this.#columns;
		return [
			padText(words.trace, TRACE_COLUMNS),
			padText(words.type, type),
			padText(words.tail, tail),
			padText(words.amount, amount, "right"),
			padText(words.time, time),
		].join(" ");
	}

	#newDate({ stamp }: ListEntry): SlipItem[] {
		const localDay = localDayOf(stamp);
		if (localDay === this.#localDay) return [];
		this.#localDay = localDay;
		const date = formatDateTime(stamp.wallS, stamp.zoneMinutes).slice(0, 10);
		return [{ kind: "text", text: `-- ${date} --`, align: "center" }];
	}

	#pushLines(items: SlipItem[], entry: ListEntry, intent: ListIntent): void {
		const cell = this.#columns;
		const { trace, type, order, amountMinor, currency } = intent;
		const tail = (entry.outcome?.lastFour ?? order?.slice(-cell.tail) ?? "").padEnd(cell.tail);
		const isTaken = type === "refund" || type === "void";
		const plain = formatAmount(isTaken ? -amountMinor : amountMinor, currency);
		const amount = currency === this.#period.currency ? plain : `${currency} ${plain}`;
		const time = timeOfDay(entry).slice(0, cell.time);
		const number = trace === null ? "------" : sixDigits(trace);
		const start = `${number} ${this.#types[type]} ${tail}`;
		if (amount.length <= cell.amount) {
			items.push({ kind: "text", text: `${start} ${amount.padStart(cell.amount)} ${time}` });
		} else {
			items.push({ kind: "text", text: `${start} ${" ".repeat(cell.amount)} ${time}` });
			items.push({ kind: "text", text: amount, align: "right" });
		}
	}
}

function localDayOf({ wallS, zoneMinutes }: ListStamp): number {
	return Math.floor((wallS + zoneMinutes * 60) / DAY_SECONDS);
}

/** Below the cells of a row, as far to the right as its type; a long one goes on there. */
function note(text: string): SlipItem {
	return { kind: "columns", cells: [{ text: "", width: NOTE_INDENT }, { text }] };
}

/** `18:05:09` */
function timeOfDay({ stamp }: ListEntry): string {
	const inDay = (stamp.wallS + stamp.zoneMinutes * 60) % DAY_SECONDS;
	const hour = Math.floor(inDay / 3_600);
	const minute = Math.floor((inDay % 3_600) / 60);
	return `${two(hour)}:${two(minute)}:${two(inDay % 60)}`;
}

function two(value: number): string {
	return value < 10 ? `0${value}` : String(value);
}
