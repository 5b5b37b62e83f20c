import type { SaleRequest, SaleStatus } from "../emulator/payment/sale.ts";

/** One thing that was asked of the payment application, with what people saw of it. */
export interface Entry {
	readonly sale: SaleRequest;
	readonly status: SaleStatus;
	/** The screen said that it was approved. */
	shownApproved: boolean;
	/** The firmware told the application that the approval is recorded. */
	recorded: boolean;
	/** Set for a sale that nothing disturbed: computrons from the first wish to pay to the last acknowledgement. */
	computrons?: number;
}

/** What the shop itself would have written down of its day, apart from any terminal. */
export class Ledger {
	readonly entries: Entry[] = [];
	readonly #voided = new Set<number>();
	readonly #refunded = new Set<number>();

	add(sale: SaleRequest, status: SaleStatus): Entry {
		const entry: Entry = { sale, status, shownApproved: false, recorded: false };
		this.entries.push(entry);
		return entry;
	}

	/** Sales for which money was taken and that nobody has touched since, oldest first. */
	get untouched(): readonly Entry[] {
		return this.entries.filter(
			({ sale, status }) =>
				sale.type === "sale" &&
				status.state === "approved" &&
				status.recorded &&
				!this.#voided.has(status.trace) &&
				!this.#refunded.has(status.trace),
		);
	}

	/** Sales that the bank owes: approved and not voided. */
	get owed(): readonly Entry[] {
		return this.entries.filter(
			({ sale, status }) =>
				sale.type === "sale" && status.state === "approved" && !this.#voided.has(status.trace),
		);
	}

	takeBack(original: Entry, how: "refund" | "void"): void {
		(how === "void" ? this.#voided : this.#refunded).add(original.status.trace);
	}

	count(type: SaleRequest["type"], state: SaleStatus["state"]): number {
		return this.entries.filter(({ sale, status }) => sale.type === type && status.state === state)
			.length;
	}
}
