import type { CoreBody } from "../../protocol/payment-app.ts";
import type { Acquirer, Charge, Result, Verdicts } from "../addon/acquirer.ts";

interface Booking {
	readonly charge: Charge;
	isSettled: boolean;
}

const BOOKINGS_MAX = 500;
const card = { group: "domestic", scheme: "UNIONPAY", lastFour: "1234" } as const;

/** An acquirer in memory that takes every card. An application has its own way to a real one here. */
export class ToyAcquirer implements Acquirer {
	readonly #bookings = new Map<number, Booking>();
	readonly #settlements = new Map<number, Verdicts>();

	authorise(transaction: number, charge: Charge): Result {
		if (this.#bookings.size >= BOOKINGS_MAX) return declined;
		this.#bookings.set(transaction, { charge, isSettled: false });
		return approved(transaction);
	}

	async enquire({ transaction }: CoreBody<"enquire">): Promise<Result> {
		return this.#bookings.has(transaction) ? approved(transaction) : declined;
	}

	async reverse({ transaction }: CoreBody<"reverse">): Promise<"reversed"> {
		this.#bookings.delete(transaction);
		return "reversed";
	}

	async settle({ settlement, groups }: CoreBody<"settle">): Promise<Verdicts> {
		const open = [...this.#bookings.values()].filter(({ isSettled }) => !isSettled);
		const booked = open.reduce((sum, { charge }) => sum + charge.amountMinor, 0);
		const verdicts = groups.map(({ group, debitMinor }) => {
			const isAgreed = group === card.group && debitMinor === booked;
			return { group, verdict: isAgreed ? ("agreed" as const) : ("notAgreed" as const) };
		});
		if (verdicts.every(({ verdict }) => verdict === "agreed")) {
			for (const booking of open) booking.isSettled = true;
			this.#settlements.set(settlement, verdicts);
		}
		return verdicts;
	}

	async enquireSettlement({ settlement }: CoreBody<"enquireSettlement">) {
		return this.#settlements.get(settlement);
	}

	async upload({ transaction }: CoreBody<"upload">): Promise<boolean> {
		const booking = this.#bookings.get(transaction);
		if (booking !== undefined) booking.isSettled = true;
		return booking !== undefined;
	}

	async endUpload(): Promise<Verdicts> {
		return [{ group: card.group, verdict: "agreed" }];
	}
}

const declined: Result = {
	...card,
	outcome: "declined",
	reference: null,
	authorisation: null,
	response: "51",
};

function approved(transaction: number): Result {
	const authorisation = String(transaction).padStart(6, "0").slice(-6);
	const reference = `TOY${authorisation}`;
	return { ...card, outcome: "approved", reference, authorisation, response: "00" };
}
