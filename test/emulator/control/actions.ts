import type { Static } from "typebox";
import type { Key } from "../../../firmware/core/port.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import { normaliseEnrolmentCode } from "../../../protocol/key.ts";
import { parseAmount } from "../../../protocol/money.ts";
import { fieldOf } from "../json.ts";
import type { Machine } from "../machine.ts";
import type { Booking } from "../payment/acquirer.ts";
import { instrumentOf, type SaleRequest, type SaleStatus } from "../payment/payment-app.ts";
import { SeededEntropy } from "../random.ts";
import type { World } from "../world.ts";
import type { paymentBody } from "./schema.ts";

/** What people do at a terminal, from the first key to its end. */

const ENROL_LIMIT_MS = 20_000;
const PAYMENT_LIMIT_MS = 180_000;
const BUSY_LIMIT_MS = 60_000;
const DAY_MS = 86_400_000;
const CURRENCY = "CNY";
const OPERATOR = "01";

/** Types a code of the host on the keys and waits until the host has answered. Throws `REFUSED` when it does not. */
export async function enrol(world: World, machine: Machine, code: string): Promise<void> {
	const digits = normaliseEnrolmentCode(code);
	machine.requirePower();
	if (await isEnrolled(machine)) {
		throw new CloseoutError("REFUSED", `terminal ${machine.settings.id} is enrolled already`);
	}
	const keys: Key[] = [...digits].map(digitKey);
	await world.act(() => machine.press([...keys, "ok"]));
	if (!(await world.until(() => isEnrolled(machine), ENROL_LIMIT_MS))) {
		throw new CloseoutError(
			"REFUSED",
			`the host did not accept the code for ${machine.settings.id}; make a new one and switch the terminal off and on`,
		);
	}
	if (machine.screen?.language !== machine.settings.language) {
		await world.act(() => machine.press(["language"]));
	}
}

async function isEnrolled(machine: Machine): Promise<boolean> {
	if (!machine.powered) return false;
	const status = await machine.query({ what: "status" });
	return fieldOf(status, "enrolled") === true;
}

function digitKey(digit: string): Key {
	switch (digit) {
		case "1":
		case "2":
		case "3":
		case "4":
		case "5":
		case "6":
		case "7":
		case "8":
		case "9":
			return digit;
		default:
			return "0";
	}
}

export type PaymentOrder = Static<typeof paymentBody>;

/** Begins a payment and, when asked to, waits until the application knows how it ended. */
export async function pay(
	world: World,
	machine: Machine,
	order: PaymentOrder,
): Promise<SaleStatus> {
	const sale = saleOf(world, machine.settings.id, order);
	const operator = order.operator ?? (await operatorOf(machine));
	const status = await world.act(() => machine.pay(sale, operator));
	if (order.wait === true) {
		await world.until(() => isConcluded(status), order.waitMs ?? PAYMENT_LIMIT_MS);
	}
	return status;
}

/** The application has told an end, and the terminal has recorded it; unknown is an end for the time being. */
export function isConcluded({ state, recorded }: SaleStatus): boolean {
	if (state === "approved" || state === "declined") return recorded;
	return state === "refused" || state === "unknown" || state === "forgotten";
}

export interface BusyMorning {
	readonly approved: number;
	readonly declined: number;
	readonly unknown: number;
	readonly refused: number;
	/** The power went before these were known. */
	readonly forgotten: number;
	/** Payments begun to which the terminal gave no answer. */
	readonly stuck: number;
	readonly amountMinor: number;
}

const busySchemes = ["UNIONPAY", "WECHAT", "ALIPAY", "UNIONPAY", "VISA", "WECHAT", "MASTERCARD"];

/** Many sales, one after another as fast as virtual time goes. The same seed gives the same sales. */
export async function busyMorning(
	world: World,
	machine: Machine,
	count: number,
	seed: string,
): Promise<BusyMorning> {
	const dice = new SeededEntropy(`busy/${seed}`);
	const operator = await operatorOf(machine);
	const tally = {
		approved: 0,
		declined: 0,
		unknown: 0,
		refused: 0,
		forgotten: 0,
		stuck: 0,
		amountMinor: 0,
	};
	for (let index = 0; index < count && machine.powered; index++) {
		const scheme = busySchemes[dice.below(busySchemes.length)] ?? "UNIONPAY";
		const isWallet = scheme === "WECHAT" || scheme === "ALIPAY";
		const amountMinor = 100 * (1 + dice.below(300)) - dice.below(2) * 10;
		const lastFour = isWallet ? null : String(1_000 + dice.below(9_000));
		const sale: SaleRequest = {
			type: "sale",
			method: isWallet ? "qr" : "card",
			amountMinor,
			currency: CURRENCY,
			instrument: instrumentOf(scheme, lastFour),
			originalTrace: null,
			order: isWallet ? `ORDER-${seed}-${index + 1}`.slice(0, 32) : null,
		};
		const status = await world.act(() => machine.pay(sale, operator));
		const isOver = () => isConcluded(status) || !machine.powered;
		await world.hurry(isOver, BUSY_LIMIT_MS, 1_000 * (5 + dice.below(20)));
		const { state } = status;
		tally[state === "asking" || state === "charging" ? "stuck" : state] += 1;
		if (state === "approved") tally.amountMinor += amountMinor;
	}
	return tally;
}

/** Who has opened the shift, as the terminal itself says. */
async function operatorOf(machine: Machine): Promise<string> {
	const state = await machine.query({ what: "state" });
	const operator = fieldOf(fieldOf(state, "shift"), "operator");
	return typeof operator === "string" ? operator : OPERATOR;
}

function saleOf(world: World, terminal: string, order: PaymentOrder): SaleRequest {
	const { type = "sale", method = "card", currency = CURRENCY, originalTrace = null } = order;
	const original = world.acquirer.books.bookings.findLast(
		(booking) => booking.terminal === terminal && booking.trace === originalTrace,
	);
	const scheme =
		order.scheme ?? original?.instrument.scheme ?? (method === "qr" ? "WECHAT" : "UNIONPAY");
	const lastFour = order.lastFour ?? original?.instrument.lastFour ?? null;
	return {
		type,
		method,
		amountMinor: amountOf(order, currency, original),
		currency,
		instrument: instrumentOf(scheme.toUpperCase(), lastFour),
		originalTrace,
		order: order.order ?? null,
		presentCard: order.presentCard ?? false,
		expectTip: order.expectTip ?? false,
		...(order.holdDays === undefined ? {} : { holdMs: order.holdDays * DAY_MS }),
	};
}

/** The amount as given, or the whole amount of what is taken back. */
function amountOf(order: PaymentOrder, currency: string, original: Booking | undefined): number {
	if (order.amountMinor !== undefined) return order.amountMinor;
	if (order.amount !== undefined) return parseAmount(order.amount, currency);
	if (original !== undefined) return original.amountMinor;
	throw new CloseoutError(
		"USAGE",
		'the payment has no amount; give "amountMinor": 12345 or "amount": "123.45"',
	);
}
