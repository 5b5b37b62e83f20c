import { PRINT_DEBTS_MAX } from "../../../protocol/limits.ts";
import type { Core } from "../core.ts";
import type { Actor, ListChoice } from "../part.ts";
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

	/** Owes a list of a day, shift or batch, or of a part of it. Returns the print debt. Throws `REFUSED`. */
	list(choice: ListChoice, by: Actor): number {
		const { subject } = choice;
		const kind = subject > 0 ? this.#core.recordAt(subject)?.kind : undefined;
		const isPeriod = kind === "dayOpen" || kind === "shiftOpen" || kind === "settleBegin";
		refuseUnless(isPeriod, "subjectUnknown");
		refuseUnless(this.#core.state.debts.length < PRINT_DEBTS_MAX, "tooManyPrints");
		const asked = this.#core.record("listAsked", { ...choice, by: by.name });
		const owed = { document: "selectedList", subject: asked, copy: 0, reason: null } as const;
		return this.#core.record("printDue", { ...owed, by: by.name });
	}

	/** Owes a test slip. Returns the print debt. Throws `REFUSED`. */
	test(by: Actor): number {
		const { debts, sequence } = this.#core.state;
		refuseUnless(debts.length < PRINT_DEBTS_MAX, "tooManyPrints");
		const owed = { document: "testSlip", subject: sequence, copy: 0, reason: null } as const;
		return this.#core.record("printDue", { ...owed, by: by.name });
	}
}
