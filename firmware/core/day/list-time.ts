import type { Core } from "../core.ts";
import type { Part } from "../part.ts";
import { lastTimeAt, untilNextMinute } from "./ladder.ts";
import { owe } from "./owed.ts";

export interface ListTimeOptions {
	readonly core: Core;
}

/** Owes the list of the business date at a set time, for approvals that no list after a settlement reaches. */
export class ListTime implements Part {
	readonly #core: Core;

	constructor({ core }: ListTimeOptions) {
		this.#core = core;
	}

	step(): number {
		const { day, clockTrusted } = this.#core.state;
		const { listMinute } = this.#core.configuration;
		if (listMinute < 0 || day === null || !clockTrusted)
			return untilNextMinute(this.#core.stamp().wallS);
		if (day.lastApproved <= day.listedTo) return untilNextMinute(this.#core.stamp().wallS);
		const { wallS, zoneMinutes } = this.#core.stamp();
		const dueS = lastTimeAt(listMinute, wallS, zoneMinutes);
		// A sale after the set time waits for the close; one before it, missed without power, is listed now.
		if (this.#wallOf(day.lastApproved) > dueS || this.#wallOf(day.listedTo) >= dueS)
			return untilNextMinute(this.#core.stamp().wallS);
		const by = this.#core.state.shift?.operator ?? "";
		const owed = owe(this.#core, [{ document: "dailyList", subject: day.first }], by);
		if (owed.length > 0) this.#core.recordGroup(owed);
		return untilNextMinute(this.#core.stamp().wallS);
	}

	#wallOf(sequence: number): number {
		return sequence === 0 ? 0 : (this.#core.recordAt(sequence)?.stamp.wallS ?? 0);
	}
}
