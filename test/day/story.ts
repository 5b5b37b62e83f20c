import { SeededEntropy } from "../emulator/random.ts";
import { Attempts, goHome, printList, settle } from "./evening.ts";
import type { Entry } from "./ledger.ts";
import { cutNetwork, cutPower, type PowerCut, restoreNetwork } from "./mishap.ts";
import type { Step } from "./plan.ts";
import { decline, drawSale, sell, sellUnknown, sendCardNumber, takeBack } from "./sales.ts";
import type { Shop } from "./shop.ts";

/** What a day has left behind in the memory of those who lived through it. */
export interface Told {
	readonly attempts: Attempts;
	readonly unknown: Entry | undefined;
	readonly declined: Entry | undefined;
	readonly withCardNumber: Entry | undefined;
	readonly powerCut: PowerCut | undefined;
	/** What was alive in the engine while it still asked for its code; undefined on Node. */
	readonly heapBytes: number | undefined;
}

/** Plays a day from enrolment to the last light. Throws `ASSERTION` when the terminal gets stuck. */
export async function playDay(shop: Shop): Promise<Told> {
	const { world, machine, plan } = shop;
	const heap = await machine.measureHeap();
	await shop.enrol();
	await shop.press("menu", "1", ...digitsOf(plan.operator), "ok");
	const trade = new Trade(shop);
	for (const step of plan.steps) {
		await world.advance(step.afterMs);
		await trade.act(step);
	}
	await settle(shop, trade.attempts, plan.settlement);
	await printList(shop, trade.attempts, plan.paperOutPermille);
	await goHome(shop);
	return {
		attempts: trade.attempts,
		unknown: trade.unknown,
		declined: trade.declined,
		withCardNumber: trade.withCardNumber,
		powerCut: trade.powerCut,
		heapBytes: heap?.deviceBytesMax,
	};
}

type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";

function digitsOf(text: string): readonly Digit[] {
	const digits: readonly Digit[] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];
	return [...text].flatMap((char) => digits.filter((digit) => digit === char));
}

/** The hours in which the shop is open. */
class Trade {
	readonly attempts = new Attempts();
	unknown: Entry | undefined;
	declined: Entry | undefined;
	withCardNumber: Entry | undefined;
	powerCut: PowerCut | undefined;
	readonly #shop: Shop;
	readonly #dice: SeededEntropy;
	#number = 0;
	#isOnline = true;

	constructor(shop: Shop) {
		this.#shop = shop;
		this.#dice = new SeededEntropy(`closeout trade ${shop.plan.seed}`);
	}

	async act(step: Step): Promise<void> {
		const shop = this.#shop;
		const next = () => this.#nextSale();
		switch (step.kind) {
			case "sale":
				await sell(shop, next(), this.#isOnline);
				break;
			case "refund":
			case "void":
				await takeBack(shop, this.#dice, step.kind);
				break;
			case "decline":
				this.declined = await decline(shop, next());
				break;
			case "cardNumber":
				this.withCardNumber = await sendCardNumber(shop, next());
				break;
			case "unknown":
				this.unknown = await sellUnknown(shop, next(), step, () =>
					this.attempts.tryClose(shop, "unknownOutcome"),
				);
				break;
			case "powerCut":
				this.powerCut = await cutPower(shop, step, next);
				break;
			case "networkDown":
				this.#isOnline = false;
				await cutNetwork(shop);
				break;
			case "networkUp":
				this.#isOnline = true;
				await restoreNetwork(shop);
				break;
		}
	}

	#nextSale() {
		this.#number += 1;
		return drawSale(this.#dice, this.#number);
	}
}
