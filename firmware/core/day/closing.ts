import type { RecordBody } from "../../../protocol/record.ts";
import { businessDateAt } from "../../../protocol/time.ts";
import type { Core, Entry } from "../core.ts";
import type { Actor, Blocker, CloseResult, CloseScope } from "../part.ts";
import type { OpenDay } from "../state/state.ts";
import { blockerRules, exceptionsOf, isLifted, standingBlockers } from "./blocker.ts";
import { nextApproved } from "./ledger.ts";
import { type Owed, owe } from "./owed.ts";
import { refuseUnless } from "./refusal.ts";
import { mayAct } from "./right.ts";

export interface ClosingOptions {
	readonly core: Core;
	/** Blockers that others see: a journal that is nearly full, a host that is not reached. */
	readonly others: () => readonly Blocker[];
}

/**
 * Opens and closes shifts and days. Both are ranges of sequence numbers that end with their close record; a
 * charge in the second of closing has a later number and so belongs to the next. Closing is refused while a
 * blocker stands, and yet never impossible: a manager may close with exceptions from every state.
 */
export class Closing {
	readonly #core: Core;
	readonly #others: () => readonly Blocker[];

	constructor({ core, others }: ClosingOptions) {
		this.#core = core;
		this.#others = others;
	}

	/** Opens a shift, and a day before it when none is open. Throws `REFUSED` while a shift is open. */
	openShift(operator: string): void {
		const { state } = this.#core;
		refuseUnless(state.shift === null, "shiftOpen");
		const shift: Entry = ["shiftOpen", { shift: state.lastShift + 1, operator }];
		if (state.day !== null) {
			this.#core.recordGroup([shift]);
			return;
		}
		const day = {
			day: state.lastDay + 1,
			businessDate: this.#businessDate(),
			carried: state.carried,
		};
		this.#core.recordGroup([["dayOpen", day], shift]);
	}

	/** The same for a shift and a day: a day's close also closes the shift that is open. */
	blockers(_scope: CloseScope): readonly Blocker[] {
		const order = Object.keys(blockerRules);
		const place = ({ type }: Blocker) => order.indexOf(type);
		return [...standingBlockers(this.#core.state), ...this.#others()].sort(
			(one, other) => place(one) - place(other),
		);
	}

	/** Closes when every blocker is lifted; those that still stand are then exceptions of the close. */
	close(scope: CloseScope, by: Actor): CloseResult {
		this.#checkOpen(scope);
		const blockers = this.blockers(scope);
		const left = blockers.filter((blocker) => !isLifted(this.#core.state, blocker));
		if (left.length > 0) return { closed: false, blockers: left };
		return this.#close(scope, by, blockers, []);
	}

	/**
	 * Closes whatever stands. Throws `REFUSED` without the rights for it or without a reason; each blocker that
	 * was not lifted yet gets an override with this reason in the same group.
	 */
	closeWithExceptions(scope: CloseScope, by: Actor, reason: string): CloseResult {
		this.#checkOpen(scope);
		refuseUnless(mayAct(by.role, "manager"), "roleTooLow");
		refuseUnless(reason.trim() !== "", "reasonMissing");
		const blockers = this.blockers(scope);
		for (const { overrideBy } of blockers) refuseUnless(mayAct(by.role, overrideBy), "roleTooLow");
		const left = blockers.filter((blocker) => !isLifted(this.#core.state, blocker));
		return this.#close(scope, by, blockers, overridesByType(left, by, reason));
	}

	/** Lifts one blocker until the shift ends or more of its kind comes. */
	override(blocker: Blocker, by: Actor, reason: string): void {
		const { type, subject } = blocker;
		const standing = this.blockers("day").find(
			(other) => other.type === type && other.subject === subject,
		);
		refuseUnless(standing !== undefined, "blockerUnknown");
		refuseUnless(mayAct(by.role, standing.overrideBy), "roleTooLow");
		refuseUnless(reason.trim() !== "", "reasonMissing");
		if (isLifted(this.#core.state, standing)) return;
		this.#core.record("override", { blocker: type, subject, by: by.name, role: by.role, reason });
	}

	#checkOpen(scope: CloseScope): void {
		const { day, shift } = this.#core.state;
		refuseUnless(scope === "day" ? day !== null : shift !== null, closedKey[scope]);
	}

	#close(
		scope: CloseScope,
		by: Actor,
		blockers: readonly Blocker[],
		overrides: readonly Entry[],
	): CloseResult {
		const { day, shift } = this.#core.state;
		const exceptions = exceptionsOf(blockers);
		const closes: Entry[] = [];
		if (shift !== null) {
			const { shift: number, first } = shift;
			closes.push(["shiftClose", { shift: number, operator: by.name, first, exceptions }]);
		}
		if (scope === "day" && day !== null) {
			const { day: number, businessDate, first } = day;
			closes.push(["dayClose", { day: number, businessDate, first, exceptions }]);
		}
		const papers = owe(this.#core, this.#papers(scope, exceptions.length > 0), by.name);
		this.#core.recordGroup([...overrides, ...papers, ...closes]);
		return { closed: true, exceptions: exceptions.length };
	}

	#papers(scope: CloseScope, withExceptions: boolean): readonly Owed[] {
		const { day, shift } = this.#core.state;
		const papers: Owed[] = [];
		if (scope === "day" && day !== null && this.#isListOwed(day)) {
			papers.push({ document: "dailyList", subject: day.first });
		}
		const subject = scope === "day" ? day?.first : shift?.first;
		if (withExceptions && subject !== undefined)
			papers.push({ document: "exceptionList", subject });
		return papers;
	}

	/** Some approval is on no list: one of the day, or one that arrived late, while no day was open. */
	#isListOwed({ first, lastApproved, listedTo }: OpenDay): boolean {
		if (lastApproved > listedTo) return true;
		const { days, settlements } = this.#core.state;
		const closed = days.at(-1)?.last ?? 0;
		const settled = settlements.at(-1)?.last ?? 0;
		const from = Math.max(closed, settled, listedTo) + 1;
		return nextApproved(this.#core, from, first - 1) !== undefined;
	}

	/** By the cut-over rule, and never earlier than a date that was used already: a clock may have been set back. */
	#businessDate(): number {
		const { wallS, zoneMinutes } = this.#core.stamp();
		const date = businessDateAt(wallS, zoneMinutes, this.#core.configuration.cutOverMinute);
		return Math.max(date, this.#core.state.days.at(-1)?.businessDate ?? 0);
	}
}

const closedKey = { shift: "shiftNotOpen", day: "dayNotOpen" } as const;

/** One override a type, so that the group stays within its bound; of a single subject when there is only one. */
function overridesByType(
	blockers: readonly Blocker[],
	by: Actor,
	reason: string,
): readonly Entry[] {
	const byType = new Map<Blocker["type"], readonly Blocker[]>();
	for (const blocker of blockers) {
		byType.set(blocker.type, [...(byType.get(blocker.type) ?? []), blocker]);
	}
	return [...byType].map(([blocker, several]) => {
		const subject = several.length === 1 ? (several[0]?.subject ?? null) : null;
		const body: RecordBody<"override"> = { blocker, subject, by: by.name, role: by.role, reason };
		return ["override", body];
	});
}
