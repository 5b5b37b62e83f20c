import { PRINT_DEBTS_MAX } from "../../../protocol/limits.ts";
import type { Core } from "../core.ts";
import type { Actor } from "../part.ts";
import { refuseUnless } from "./refusal.ts";

export interface ReportsOptions {
	readonly core: Core;
}

/** What a person wants on paper between closes. Nothing is closed, counted or settled by it. */
export class Reports {
	readonly #core: Core;

	constructor({ core }: ReportsOptions) {
		this.#core = core;
	}

	/** Owes the X report of the open day. Returns the print debt. Throws `REFUSED` while no day is open. */
	interim(by: Actor): number {
		const { day, debts } = this.#core.state;
		refuseUnless(day !== null, "dayNotOpen");
		refuseUnless(debts.length < PRINT_DEBTS_MAX, "tooManyPrints");
		const owed = { document: "interimReport", subject: day.first, copy: 0, reason: null } as const;
		return this.#core.record("printDue", { ...owed, by: by.name });
	}
}
