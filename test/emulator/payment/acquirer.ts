import type {
	groupTotals,
	schemeGroup,
	transactionType,
	verdict,
} from "../../../protocol/record.ts";
import type { Infer } from "../../../protocol/schema.ts";

export type TransactionType = Infer<typeof transactionType>;
export type SchemeGroup = Infer<typeof schemeGroup>;
export type Totals = Infer<typeof groupTotals>;
export type GroupVerdict = { readonly group: SchemeGroup; readonly verdict: Infer<typeof verdict> };

export const operations = ["authorise", "enquire", "reverse", "settle", "upload"] as const;
export type Operation = (typeof operations)[number];

/**
 * How the acquirer treats a request. `timeout`: it never arrives. `loseAnswer`: it is carried out and the answer
 * is lost. `offline`: it is not reached, the application approves by itself and delivers when it is asked what became
 * of it. `late`: the answer comes after a delay. `landLater`: the
 * money is taken only after a delay, whatever was said or undone before. `disagree`: the acquirer has lost one transaction of the batch.
 */
export const behaviours = [
	"normal",
	"decline",
	"timeout",
	"loseAnswer",
	"late",
	"landLater",
	"offline",
	"disagree",
	"cannotConfirm",
] as const;
export type Behaviour = (typeof behaviours)[number];

/** A card or wallet as the acquirer sees it. */
export interface Instrument {
	readonly group: SchemeGroup;
	readonly scheme: string;
	readonly lastFour: string | null;
}

export interface Booking {
	readonly terminal: string;
	/** The terminal's own id of the transaction: trace numbers wrap, this does not. */
	readonly transaction: number;
	readonly type: TransactionType;
	readonly amountMinor: number;
	readonly currency: string;
	readonly trace: number | null;
	/** Trace number of what a void or refund refers to; null when the acquirer was not told. */
	readonly originalTrace: number | null;
	readonly reference: string;
	readonly authorisation: string;
	readonly instrument: Instrument;
	readonly wallMs: number;
	readonly businessDate: number;
	status: "approved" | "reversed";
	/** Batch it was settled in; null while it is open. */
	batch: number | null;
	/** True when the acquirer lost it: it is missing from totals until a batch upload brings it back. */
	lost: boolean;
}

export interface SettlementBooking {
	readonly terminal: string;
	readonly settlement: number;
	readonly batch: number;
	readonly verdicts: readonly GroupVerdict[];
	readonly totals: readonly Totals[];
	uploaded: number;
}

/** Everything the acquirer keeps on disk. */
export interface AcquirerBooks {
	readonly bookings: Booking[];
	readonly settlements: SettlementBooking[];
	counter: number;
}

/** How requests to come are treated. */
export interface Plan {
	readonly operation: Operation;
	readonly behaviour: Behaviour;
	/** For this terminal only; for all when left out. */
	readonly terminal?: string;
	/** Requests left that it applies to. */
	times: number;
	readonly delayMs: number;
}

/**
 * The acquirer's own books, kept apart from anything the terminal believes. It answers at once; delays, lost
 * answers and silence are made by the line in between, see `payment-app.ts`.
 */
export class Acquirer {
	readonly books: AcquirerBooks;
	#plans: Plan[] = [];

	constructor(books: AcquirerBooks = { bookings: [], settlements: [], counter: 0 }) {
		this.books = books;
	}

	/** Plans that still apply, in the order in which they were made. */
	get plans(): readonly Plan[] {
		return this.#plans;
	}

	/** The next `times` requests of this operation are treated so. */
	plan(
		operation: Operation,
		behaviour: Behaviour,
		times: number,
		delayMs: number,
		terminal?: string,
	): void {
		const whose = terminal === undefined ? {} : { terminal };
		this.#plans.push({ operation, behaviour, times, delayMs, ...whose });
	}

	/** Everything is treated as usual again. */
	forgetPlans(): void {
		this.#plans = [];
	}

	/** What happens to the request that comes now. */
	next(
		operation: Operation,
		terminal: string,
	): { readonly behaviour: Behaviour; readonly delayMs: number } {
		const plan = this.#plans.find(
			(known) => known.operation === operation && (known.terminal ?? terminal) === terminal,
		);
		if (plan === undefined) return { behaviour: "normal", delayMs: 0 };
		plan.times -= 1;
		if (plan.times <= 0) this.#plans = this.#plans.filter((known) => known !== plan);
		return plan;
	}

	authorise(
		request: Omit<Booking, "reference" | "authorisation" | "status" | "batch" | "lost">,
	): Booking {
		const known = this.find(request.terminal, request.transaction);
		if (known !== undefined) return known;
		this.books.counter += 1;
		const counter = this.books.counter;
		const booking: Booking = {
			...request,
			reference: String(100_000_000_000 + counter),
			authorisation: String(counter % 1_000_000).padStart(6, "0"),
			status: "approved",
			batch: null,
			lost: false,
		};
		this.books.bookings.push(booking);
		return booking;
	}

	find(terminal: string, transaction: number): Booking | undefined {
		return this.books.bookings.find(
			(booking) => booking.terminal === terminal && booking.transaction === transaction,
		);
	}

	/** Undoes a charge; one that never arrived counts as undone. */
	reverse(terminal: string, transaction: number): void {
		const booking = this.find(terminal, transaction);
		if (booking !== undefined) booking.status = "reversed";
	}

	/** Loses the newest open booking of a terminal, as happens when a front end and a clearing file disagree. */
	loseOne(terminal: string): void {
		const booking = this.#open(terminal).at(-1);
		if (booking !== undefined) booking.lost = true;
	}

	/** Compares totals and books the settlement; a repeat with the same id gets the same answer. */
	settle(
		terminal: string,
		settlement: number,
		batch: number,
		claimed: readonly Totals[],
	): readonly GroupVerdict[] {
		const known = this.settlement(terminal, settlement);
		if (known !== undefined) return known.verdicts;
		const verdicts = compare(claimed, totalsOf(this.#open(terminal)));
		this.books.settlements.push({
			terminal,
			settlement,
			batch,
			verdicts,
			totals: claimed,
			uploaded: 0,
		});
		if (verdicts.every(({ verdict }) => verdict === "agreed")) this.#close(terminal, batch);
		return verdicts;
	}

	settlement(terminal: string, settlement: number): SettlementBooking | undefined {
		return this.books.settlements.find(
			(known) => known.terminal === terminal && known.settlement === settlement,
		);
	}

	/** One detail of a batch upload brings a lost booking back; an unknown one is booked from the detail. */
	upload(detail: Omit<Booking, "status" | "batch" | "lost">, settlement: number): void {
		const known = this.find(detail.terminal, detail.transaction);
		if (known === undefined)
			this.books.bookings.push({ ...detail, status: "approved", batch: null, lost: false });
		else known.lost = false;
		const booked = this.settlement(detail.terminal, settlement);
		if (booked !== undefined) booked.uploaded += 1;
	}

	endUpload(terminal: string, settlement: number): readonly GroupVerdict[] {
		const booked = this.settlement(terminal, settlement);
		if (booked === undefined) return [];
		const open = this.#open(terminal);
		if (open.length === 0) return booked.totals.map(({ group }) => ({ group, verdict: "agreed" }));
		const verdicts = compare(booked.totals, totalsOf(open));
		this.#close(terminal, booked.batch);
		return verdicts;
	}

	#open(terminal: string): Booking[] {
		return this.books.bookings.filter(
			(booking) => booking.terminal === terminal && booking.batch === null && isSettled(booking),
		);
	}

	#close(terminal: string, batch: number): void {
		for (const booking of this.#open(terminal)) booking.batch = batch;
	}
}

function isSettled({ status, lost, type }: Booking): boolean {
	const movesMoney = type !== "preAuthorisation" && type !== "cancellation";
	return status === "approved" && !lost && movesMoney;
}

function totalsOf(bookings: readonly Booking[]): Map<SchemeGroup, Totals> {
	const totals = new Map<SchemeGroup, Totals>();
	for (const { type, amountMinor, instrument } of bookings) {
		const { group } = instrument;
		const before = totals.get(group) ?? zero(group);
		const side = type === "refund" ? "credit" : type === "void" ? "void" : "debit";
		totals.set(group, {
			...before,
			[`${side}Count`]: before[`${side}Count`] + 1,
			[`${side}Minor`]: before[`${side}Minor`] + amountMinor,
		});
	}
	return totals;
}

function zero(group: SchemeGroup): Totals {
	return {
		group,
		debitCount: 0,
		debitMinor: 0,
		creditCount: 0,
		creditMinor: 0,
		voidCount: 0,
		voidMinor: 0,
	};
}

function compare(
	claimed: readonly Totals[],
	own: ReadonlyMap<SchemeGroup, Totals>,
): readonly GroupVerdict[] {
	const groups = new Set([...claimed.map(({ group }) => group), ...own.keys()]);
	return [...groups].map((group) => {
		const left = claimed.find((totals) => totals.group === group) ?? zero(group);
		const right = own.get(group) ?? zero(group);
		const equal =
			left.debitCount === right.debitCount &&
			left.debitMinor === right.debitMinor &&
			left.creditCount === right.creditCount &&
			left.creditMinor === right.creditMinor &&
			left.voidCount === right.voidCount &&
			left.voidMinor === right.voidMinor;
		return { group, verdict: equal ? "agreed" : "notAgreed" };
	});
}
