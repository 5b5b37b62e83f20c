import {
	type AnyRecord,
	decodeRecord,
	type RecordBody,
	recordKinds,
} from "../../../protocol/record.ts";
import { businessDateAt } from "../../../protocol/time.ts";
import type { Core } from "../core.ts";
import type { Outcome, Part } from "../part.ts";

/** What a slip that is looked for is known by; null where it is not known. All that is given must fit. */
export interface Criteria {
	/** `yyyymmdd` by the terminal's calendar, when it was charged; of an entry, when it was sold. */
	readonly date: number | null;
	readonly amountMinor: number | null;
	readonly trace: number | null;
	/** Digits at the end of the order number; letters and signs between them do not count. */
	readonly orderDigits: string | null;
	readonly lastFour: string | null;
}

export interface Found {
	/** The record that its slip is printed from. */
	readonly subject: number;
	readonly type: RecordBody<"intent">["type"] | "supplement";
	readonly amountMinor: number;
	readonly trace: number | null;
	readonly lastFour: string | null;
	readonly standing: Outcome | "open" | "supplement";
	readonly wallS: number;
	readonly zoneMinutes: number;
}

export const noCriteria: Criteria = Object.freeze({
	date: null,
	amountMinor: null,
	trace: null,
	orderDigits: null,
	lastFour: null,
});

/** Hits shown at once. */
export const SEARCH_PAGE = 4;
/** Records looked at in one step: a search must not keep the terminal from selling. */
const STEP_RECORDS = 64;
/** Outcomes kept for intents that lie before them. */
const OUTCOMES_MAX = 64;

const kinds: ReadonlySet<number> = new Set([
	recordKinds.intent.number,
	recordKinds.outcome.number,
	recordKinds.supplement.number,
]);

export interface SearchOptions {
	readonly core: Core;
	/** Oldest record that the journal holds. */
	readonly first: () => number;
}

/** Looks through the journal from its head back, a portion in each step and a page of hits at a time. */
export class Search implements Part {
	readonly #core: Core;
	readonly #first: () => number;
	#criteria: Criteria = noCriteria;
	#page: readonly Found[] = [];
	/** Hits of the portion read last for which the page had no room. */
	#waiting: readonly Found[] = [];
	#outcomes = new Map<number, RecordBody<"outcome">>();
	/** The next record to look at; 0 when all is read. */
	#next = 0;
	#isReading = false;

	constructor({ core, first }: SearchOptions) {
		this.#core = core;
		this.#first = first;
	}

	get page(): readonly Found[] {
		return this.#page;
	}

	get isReading(): boolean {
		return this.#isReading;
	}

	/** True while older records have not been looked at. */
	get hasMore(): boolean {
		return this.#next > 0 || this.#waiting.length > 0;
	}

	/** What of it is on the screen, to know when to draw anew. */
	get seen(): string {
		return `${this.#isReading} ${this.#next} ${this.#page.length}`;
	}

	/** Begins at the newest record. */
	begin(criteria: Criteria): void {
		this.#criteria = criteria;
		this.#outcomes = new Map();
		this.#waiting = [];
		this.#next = this.#core.state.sequence;
		this.#more();
	}

	/** Goes on to the hits before those of the page. Without more it stays on its page. */
	more(): void {
		if (this.hasMore) this.#more();
	}

	step(): number {
		if (!this.#isReading) return Number.POSITIVE_INFINITY;
		this.#read();
		return this.#isReading ? 0 : Number.POSITIVE_INFINITY;
	}

	#more(): void {
		this.#page = this.#waiting.slice(0, SEARCH_PAGE);
		this.#waiting = this.#waiting.slice(SEARCH_PAGE);
		this.#isReading = this.#page.length < SEARCH_PAGE && this.#next > 0;
	}

	#read(): void {
		const oldest = this.#first();
		const from = Math.max(oldest, this.#next - STEP_RECORDS + 1);
		const records: (readonly [number, AnyRecord])[] = [];
		this.#core.skim(from, this.#next, {
			kinds,
			checksAll: true,
			recordsMax: STEP_RECORDS,
			visit: (sequence, record) => records.push([sequence, decodeRecord(record)]),
			onMissing: () => {},
		});
		const hits: Found[] = [];
		for (const [sequence, record] of records.reverse()) {
			const found = this.#take(sequence, record);
			if (found !== undefined && this.#fits(found, record)) hits.push(found);
		}
		this.#next = from > oldest ? from - 1 : 0;
		const all = [...this.#page, ...hits];
		this.#page = all.slice(0, SEARCH_PAGE);
		this.#waiting = all.slice(SEARCH_PAGE);
		this.#isReading = this.#page.length < SEARCH_PAGE && this.#next > 0;
	}

	#take(subject: number, { kind, body, stamp }: AnyRecord): Found | undefined {
		const { wallS, zoneMinutes } = stamp;
		if (kind === "supplement") {
			const { amountMinor, trace, lastFour } = body;
			const facts = { amountMinor, trace, lastFour, wallS, zoneMinutes };
			return { subject, type: kind, standing: kind, ...facts };
		}
		if (kind === "outcome") {
			if (this.#outcomes.size >= OUTCOMES_MAX) this.#outcomes.clear();
			const counts = body.source !== "contradicting" && !this.#outcomes.has(body.transaction);
			if (counts) this.#outcomes.set(body.transaction, body);
		}
		if (kind !== "intent") return undefined;
		const outcome = this.#outcomes.get(subject);
		this.#outcomes.delete(subject);
		const { type, amountMinor, trace } = body;
		const standing = outcome?.outcome ?? "open";
		const lastFour = outcome?.lastFour ?? null;
		return { subject, type, amountMinor, trace, lastFour, standing, wallS, zoneMinutes };
	}

	#fits({ amountMinor, trace, lastFour, wallS, zoneMinutes }: Found, record: AnyRecord): boolean {
		const wanted = this.#criteria;
		const isSupplement = record.kind === "supplement";
		const date = isSupplement ? record.body.soldDate : businessDateAt(wallS, zoneMinutes, 0);
		const order = record.kind === "intent" ? record.body.order : null;
		return (
			(wanted.date === null || wanted.date === date) &&
			(wanted.amountMinor === null || wanted.amountMinor === amountMinor) &&
			(wanted.trace === null || wanted.trace === trace) &&
			(wanted.lastFour === null || wanted.lastFour === lastFour) &&
			(wanted.orderDigits === null || digitsOf(order).endsWith(wanted.orderDigits))
		);
	}
}

function digitsOf(order: string | null): string {
	return order === null ? "" : order.replace(/\D/g, "");
}
