import { CloseoutError } from "../../protocol/error.ts";
import { instrumentOf, type SaleRequest } from "../emulator/payment/sale.ts";
import type { SeededEntropy } from "../emulator/random.ts";
import type { Entry } from "./ledger.ts";
import { oneOf, type Step } from "./plan.ts";
import { CURRENCY, type Shop } from "./shop.ts";

/** The acts of the day in which a customer stands at the till. */

const schemes = ["UNIONPAY", "UNIONPAY", "VISA", "MASTERCARD", "WECHAT", "ALIPAY"] as const;
/** A card number from a scheme's test range, where no card number belongs. */
const ORDER_WITH_CARD_NUMBER = "TABLE 7 4111 1111 1111 1111";
/** An answer that is late comes after the enquiries have been answered. */
const LATE_MS = 300_000;
const ENOUGH_ENQUIRIES = 100;

/** A sale drawn from the dice: a card of some scheme, or an order paid by scanning. */
export function drawSale(dice: SeededEntropy, number: number): SaleRequest {
	const scheme = oneOf(dice, schemes);
	const isWallet = scheme === "WECHAT" || scheme === "ALIPAY";
	const isLarge = dice.below(12) === 0;
	const amountMinor = isLarge ? 100_000 + dice.below(4_900_000) : 100 + dice.below(60_000);
	const lastFour = isWallet ? null : String(dice.below(10_000)).padStart(4, "0");
	return {
		type: "sale",
		method: isWallet ? "qr" : "card",
		amountMinor,
		currency: CURRENCY,
		instrument: instrumentOf(scheme, lastFour),
		originalTrace: null,
		order: isWallet ? `ORDER-${number}` : null,
	};
}

/** An ordinary sale. Its cost is measured unless something else was going on at the time. */
export async function sell(shop: Shop, sale: SaleRequest, isMeasured: boolean): Promise<Entry> {
	const before = shop.machine.meter.report().step.computrons;
	const entry = await shop.pay(sale);
	const cost = shop.machine.meter.report().step.computrons - before;
	const isQuiet = isMeasured && entry.status.state === "approved" && (await shop.isDelivered());
	if (isQuiet) entry.computrons = cost;
	return entry;
}

/** Gives money back for a sale that nobody has touched: a part or all of it, or the whole sale by a void. */
export async function takeBack(
	shop: Shop,
	dice: SeededEntropy,
	how: "refund" | "void",
): Promise<Entry | undefined> {
	const { untouched } = shop.ledger;
	const original = untouched[dice.below(Math.max(1, untouched.length))];
	if (original === undefined) return undefined;
	const { sale, status } = original;
	const isPart = how === "refund" && dice.below(2) === 0;
	const entry = await shop.pay({
		...sale,
		type: how,
		amountMinor: isPart ? 1 + dice.below(sale.amountMinor) : sale.amountMinor,
		originalTrace: status.trace,
		order: null,
	});
	if (entry.status.state === "approved") shop.ledger.takeBack(original, how);
	return entry;
}

export async function decline(shop: Shop, sale: SaleRequest): Promise<Entry> {
	shop.world.acquirer.plan("authorise", "decline", 1, 0);
	return shop.pay(sale);
}

/** The till's software sends an order text with a card number in it; the terminal must not even journal it. */
export async function sendCardNumber(shop: Shop, sale: SaleRequest): Promise<Entry> {
	return shop.pay({ ...sale, order: ORDER_WITH_CARD_NUMBER });
}

/**
 * A sale of which nobody knows how it ended, until an enquiry is answered. `whileUnknown` happens in between.
 */
export async function sellUnknown(
	shop: Shop,
	sale: SaleRequest,
	{ how, enquiriesLost }: Step & { readonly kind: "unknown" },
	whileUnknown: () => Promise<void>,
): Promise<Entry> {
	const { acquirer } = shop.world;
	const before = shop.machine.front.screens.last;
	acquirer.plan("authorise", how, 1, LATE_MS);
	acquirer.plan("enquire", "timeout", ENOUGH_ENQUIRIES, 0);
	const entry = await shop.pay(sale);
	if (entry.status.state !== "unknown") {
		const message = `a sale that should be unknown is ${entry.status.state}`;
		throw new CloseoutError("ASSERTION", message);
	}
	await whileUnknown();
	acquirer.forgetPlans();
	if (enquiriesLost > 0) acquirer.plan("enquire", "timeout", enquiriesLost, 0);
	await shop.until("an answer to the enquiry", () => shop.isAtRest());
	if (how === "late") await shop.world.advance(2 * LATE_MS);
	shop.look(entry, before);
	return entry;
}
