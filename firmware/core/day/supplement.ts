import { assert } from "../../../protocol/error.ts";
import { businessDateAt } from "../../../protocol/time.ts";
import type { Core, Entry } from "../core.ts";
import type { Actor, SupplementEntry } from "../part.ts";
import { owe } from "./owed.ts";
import { refuseUnless } from "./refusal.ts";
import { mayAct } from "./right.ts";

const DAY_SECONDS = 86_400;

/**
 * 补录: sales that were made on a backup terminal or by hand, entered so that no sale of the shop is unrecorded.
 * An entry needs a manager with a reason, is a record of its own kind, owes a slip that says what it is, and
 * stands in no total that the acquirer is to agree with.
 */
export class Supplements {
	readonly #core: Core;

	constructor({ core }: { readonly core: Core }) {
		this.#core = core;
	}

	/** Enters a sale into the open shift and returns its record. Throws `REFUSED`. */
	enter(entry: SupplementEntry, by: Actor, reason: string): number {
		const { state, configuration } = this.#core;
		refuseUnless(state.day !== null && state.shift !== null, "shiftNotOpen");
		refuseUnless(entry.amountMinor > 0, "amountZero");
		refuseUnless(this.#isPossibleDate(entry.soldDate), "supplementDate");
		checkApproval(by, reason);
		const { name, role } = by;
		const { currency } = configuration;
		const sequence = state.sequence + 1;
		const record: Entry = ["supplement", { ...entry, currency, by: name, role, reason }];
		const slip = owe(this.#core, [{ document: "slip", subject: sequence }], entry.operator);
		const first = this.#core.recordGroup([record, ...slip]);
		assert(first === sequence, `entry ${first} is the one that its slip names, ${sequence}`);
		return first;
	}

	/** Withdraws the newest entry of the open day that still counts and returns it. Throws `REFUSED`. */
	withdraw(by: Actor, reason: string): number {
		const found = newestSupplement(this.#core);
		refuseUnless(found !== undefined, "supplementUnknown");
		checkApproval(by, reason);
		const { supplement, amountMinor } = found;
		const { name, role } = by;
		const body = { supplement, amountMinor, by: name, role, reason };
		this.#core.record("supplementWithdrawn", body);
		return supplement;
	}

	#isPossibleDate(date: number): boolean {
		const { wallS, zoneMinutes } = this.#core.stamp();
		const { retentionDays } = this.#core.configuration;
		const oldest = businessDateAt(wallS - retentionDays * DAY_SECONDS, zoneMinutes, 0);
		return date <= businessDateAt(wallS, zoneMinutes, 0) && date >= oldest;
	}
}

export interface StandingSupplement {
	readonly supplement: number;
	readonly amountMinor: number;
}

/** The newest entry of the open day that was not withdrawn. */
export function newestSupplement(core: Core): StandingSupplement | undefined {
	const { day, supplements, sequence: head } = core.state;
	if (day === null || supplements.count === 0) return undefined;
	const standing: StandingSupplement[] = [];
	core.scan(day.first, head, (sequence, { kind, body }) => {
		if (kind === "supplement")
			standing.push({ supplement: sequence, amountMinor: body.amountMinor });
		if (kind === "supplementWithdrawn") {
			const place = standing.findIndex(({ supplement }) => supplement === body.supplement);
			if (place >= 0) standing.splice(place, 1);
		}
		return true;
	});
	return standing.at(-1);
}

/**
 * True when the journal of this day and the one before has a sale or an entry of the same amount and card: a person
 * who is about to enter it should look again.
 */
export function isRecordedAlready(core: Core, entry: SupplementEntry): boolean {
	const { day, days } = core.state;
	const from = days.at(-1)?.first ?? day?.first ?? 1;
	const amounts = new Map<number, number>();
	let found = false;
	core.scan(from, core.state.sequence, (sequence, { kind, body }) => {
		if (kind === "intent") {
			if (body.amountMinor === entry.amountMinor) amounts.set(sequence, body.amountMinor);
		} else if (kind === "outcome") {
			const fits = amounts.has(body.transaction) && body.outcome === "approved";
			found ||= fits && body.lastFour === entry.lastFour;
		} else if (kind === "supplement") {
			found ||= body.amountMinor === entry.amountMinor && body.lastFour === entry.lastFour;
		}
		return !found;
	});
	return found;
}

function checkApproval(by: Actor, reason: string): void {
	refuseUnless(mayAct(by.role, "manager"), "roleTooLow");
	refuseUnless(reason.trim() !== "", "reasonMissing");
}
