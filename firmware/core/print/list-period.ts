import type { AnyRecord } from "../../../protocol/record.ts";
import type { Core } from "../core.ts";
import type { GroupTotals } from "../state/state.ts";
import { READ_RECORDS_MAX, readerOf } from "./journal-reader.ts";

/** Leaves the transactions of other operators and other scheme groups out; null: of every one. */
export interface RowFilter {
	readonly operator: string | null;
	readonly group: GroupTotals["group"] | null;
}

/** The range of records that a list is about. */
export interface ListPeriod {
	readonly subject: number;
	readonly first: number;
	readonly last: number;
	readonly businessDate: number | null;
	/** Null for the list of a day or a shift. */
	readonly batch: number | null;
	/** Null for the list of a day or a batch. */
	readonly shift: { readonly shift: number; readonly operator: string } | null;
	readonly currency: string;
	/** Totals that were sent to the acquirer for the same rows; null where none were. */
	readonly settled: readonly GroupTotals[] | null;
	readonly filter: RowFilter | null;
	/** Null: the number of rows decides. */
	readonly isShort: boolean | null;
}

type Found = Generator<undefined, ListPeriod | undefined, void>;

/**
 * The period of a list: the batch of a settlement, or the day or shift that begins with the subject, or the part of
 * one of them that a person has asked for. A day or shift that was still open when the list became due (record
 * `debt`) ends there, so that the same debt is always the same list. It begins behind the close before it, so that
 * what arrives between two of them is on one list and no more. Undefined when the journal does not hold the subject.
 */
export function* findPeriod(core: Core, subject: number, debt: number): Found {
	const record = subject > 0 ? core.recordAt(subject) : undefined;
	switch (record?.kind) {
		case "listAsked": {
			const { subject: whole, operator, group, isShort } = record.body;
			// Nothing that was asked for asks for something else.
			const asked = whole > 0 ? core.recordAt(whole)?.kind : undefined;
			const period = asked === "listAsked" ? undefined : yield* findPeriod(core, whole, debt);
			if (period === undefined) return undefined;
			if (operator === null && group === null) return { ...period, isShort };
			return { ...period, isShort, settled: null, filter: { operator, group } };
		}
		case "settleBegin": {
			const { first, last, batch, currency, groups: settled } = record.body;
			const businessDate = businessDateOf(core, subject);
			const range = { subject, first, last, businessDate };
			return { ...range, batch, shift: null, currency, settled, filter: null, isShort: null };
		}
		case "dayOpen": {
			const { businessDate } = record.body;
			return { ...(yield* ofPeriod(core, subject, debt, closeOf.day)), businessDate };
		}
		case "shiftOpen": {
			const { shift, operator } = record.body;
			const period = yield* ofPeriod(core, subject, debt, closeOf.shift);
			const businessDate = businessDateOf(core, subject);
			return { ...period, businessDate, shift: { shift, operator } };
		}
		default:
			return undefined;
	}
}

interface Border {
	readonly opens: "dayOpen" | "shiftOpen";
	readonly closes: "dayClose" | "shiftClose";
}

const closeOf = {
	day: { opens: "dayOpen", closes: "dayClose" },
	shift: { opens: "shiftOpen", closes: "shiftClose" },
} as const satisfies Readonly<Record<string, Border>>;

function* ofPeriod(
	core: Core,
	subject: number,
	debt: number,
	border: Border,
): Generator<undefined, ListPeriod, void> {
	return {
		subject,
		first: yield* beginOf(core, subject, border),
		last: yield* endOf(core, subject, debt - 1, border),
		businessDate: null,
		batch: null,
		shift: null,
		currency: core.configuration.currency,
		settled: null,
		filter: null,
		isShort: null,
	};
}

/** The business date that a record belongs to, as far as the state still names its day. */
export function businessDateOf(core: Core, sequence: number): number | null {
	const { day, days } = core.state;
	if (day !== null && sequence >= day.first) return day.businessDate;
	const closed = days.find(({ first, last }) => first <= sequence && sequence <= last);
	return closed?.businessDate ?? null;
}

/** The record behind the last close before `opened`; `opened` itself where that close is destroyed. */
function* beginOf(core: Core, opened: number, border: Border): Generator<undefined, number, void> {
	const { day, days } = core.state;
	if (border.opens === "dayOpen") {
		const place = day?.first === opened ? days.length : days.findIndex(startsAt(opened));
		const before = place > 0 ? days[place - 1] : undefined;
		if (before !== undefined) return before.last + 1;
	}
	for (let sequence = opened - 1; sequence > 0; sequence--) {
		const kind = core.recordAt(sequence)?.kind;
		if (kind === border.closes) return sequence + 1;
		if (kind === border.opens) return opened;
		if (sequence % READ_RECORDS_MAX === 0) yield undefined;
	}
	return 1;
}

const startsAt = (sequence: number) => (day: { readonly first: number }) => day.first === sequence;

/** Record that closes what `first` has opened, or `limit` while there is none up to it. */
function* endOf(
	core: Core,
	first: number,
	limit: number,
	{ opens, closes }: Border,
): Generator<undefined, number, void> {
	const { day, days, shift } = core.state;
	const known = opens === "dayOpen" ? days.find(startsAt(first)) : undefined;
	if (known !== undefined) return Math.min(known.last, limit);
	if ((opens === "dayOpen" ? day : shift)?.first === first) return limit;
	const reader = readerOf(core, { first: first + 1, last: limit }, [closes]);
	while (!reader.done) {
		for (const [sequence, record] of reader.read()) {
			if (closedBy(record) === first) return sequence;
		}
		yield undefined;
	}
	return limit;
}

function closedBy(record: AnyRecord): number | undefined {
	return record.kind === "dayClose" || record.kind === "shiftClose" ? record.body.first : undefined;
}
