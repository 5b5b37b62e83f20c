import type { GroupTotals, OpenTransaction } from "../../firmware/core/state/state.ts";
import { entersTotals } from "../../firmware/core/state/totals.ts";
import type { CoreBody } from "../../protocol/payment-app.ts";

type Charge = {
	readonly transaction: number;
	readonly type: OpenTransaction["type"];
	readonly amountMinor: number;
	readonly group: GroupTotals["group"];
	status: "approved" | "declined" | "reversed";
	settled: boolean;
};
type Verdicts = readonly {
	group: GroupTotals["group"];
	verdict: "agreed" | "notAgreed" | "cannotConfirm";
}[];

interface Batch {
	readonly groups: readonly GroupTotals[];
	verdict: "agreed" | "notAgreed";
	readonly details: Set<number>;
}

/**
 * An acquirer with books of its own: it agrees when its totals are the terminal's. It outlives power cuts of the
 * terminal, and counts what reached it.
 */
export class FakeAcquirer {
	readonly charges = new Map<number, Charge>();
	readonly batches = new Map<number, Batch>();
	/** Money in its books that the terminal does not have. */
	phantomMinor = 0;
	/** What it says after the details: the phantom stays, or is found to be its own mistake. */
	yieldsToDetails = false;
	cannotConfirm = false;
	settleCount = 0;
	duplicateDetails = 0;

	charge(asked: Omit<Charge, "status" | "settled">, approved: boolean): Charge {
		const known = this.charges.get(asked.transaction);
		if (known !== undefined) return known;
		const charge: Charge = { ...asked, status: approved ? "approved" : "declined", settled: false };
		this.charges.set(asked.transaction, charge);
		return charge;
	}

	reverse(transaction: number): "reversed" | "refused" {
		const charge = this.charges.get(transaction);
		if (charge?.settled === true) return "refused";
		if (charge !== undefined) charge.status = "reversed";
		return "reversed";
	}

	settle({ settlement, groups }: CoreBody<"settle">): Verdicts {
		this.settleCount += 1;
		const known = this.batches.get(settlement);
		if (known !== undefined) return this.#verdicts(known);
		const own = this.#totals();
		const agreed = this.phantomMinor === 0 && sameTotals(own, groups);
		const batch: Batch = { groups, verdict: agreed ? "agreed" : "notAgreed", details: new Set() };
		this.batches.set(settlement, batch);
		if (agreed) for (const charge of this.charges.values()) charge.settled = true;
		return this.#verdicts(batch);
	}

	/** Undefined when it has never seen this settlement. */
	stateOf(settlement: number): Verdicts | undefined {
		const batch = this.batches.get(settlement);
		return batch && this.#verdicts(batch);
	}

	upload({ settlement, transaction }: CoreBody<"upload">): void {
		const details = this.batches.get(settlement)?.details;
		if (details?.has(transaction)) this.duplicateDetails += 1;
		details?.add(transaction);
	}

	endUpload({ settlement }: CoreBody<"uploadEnd">): Verdicts {
		const batch = this.batches.get(settlement);
		if (batch === undefined) return [];
		if (this.yieldsToDetails) {
			this.phantomMinor = 0;
			batch.verdict = "agreed";
		}
		for (const transaction of batch.details) {
			const charge = this.charges.get(transaction);
			if (charge !== undefined) charge.settled = true;
		}
		return this.#verdicts(batch);
	}

	#verdicts({ groups, verdict }: Batch): Verdicts {
		return groups.map(({ group }) => ({
			group,
			verdict: this.cannotConfirm ? "cannotConfirm" : verdict,
		}));
	}

	#totals(): Map<string, string> {
		const totals = new Map<string, number[]>();
		for (const { type, amountMinor, group, status, settled } of this.charges.values()) {
			if (settled || status !== "approved" || !entersTotals(type)) continue;
			const own = totals.get(group) ?? [0, 0, 0, 0, 0, 0];
			const place = type === "refund" ? 2 : type === "void" ? 4 : 0;
			own[place] = (own[place] ?? 0) + 1;
			own[place + 1] = (own[place + 1] ?? 0) + amountMinor;
			totals.set(group, own);
		}
		return new Map([...totals].map(([group, own]) => [group, own.join()]));
	}
}

function sameTotals(own: Map<string, string>, groups: readonly GroupTotals[]): boolean {
	return (
		own.size === groups.length &&
		groups.every(
			({ group, debitCount, debitMinor, creditCount, creditMinor, voidCount, voidMinor }) =>
				own.get(group) ===
				[debitCount, debitMinor, creditCount, creditMinor, voidCount, voidMinor].join(),
		)
	);
}
