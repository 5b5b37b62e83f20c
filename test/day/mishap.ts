import { CloseoutError } from "../../protocol/error.ts";
import type { SaleRequest } from "../emulator/payment/sale.ts";
import type { Entry } from "./ledger.ts";
import type { Step } from "./plan.ts";
import type { Shop } from "./shop.ts";

/** What goes wrong around the till: its power and its network. */

/** Sales until the cut comes; one sale writes more than a thousand bytes. */
const SALES_UNTIL_CUT_MAX = 20;

export interface PowerCut {
	/** The sale in which it happened. */
	readonly entry: Entry;
	/** What was alive in the engine just before; undefined on Node. */
	readonly heapBytes: number | undefined;
	readonly reason: string;
}

/** The power goes after so many written bytes, in the middle of a write, and comes back after a while. */
export async function cutPower(
	shop: Shop,
	{ afterBytes, darkMs }: Step & { readonly kind: "powerCut" },
	nextSale: () => SaleRequest,
): Promise<PowerCut> {
	const { world, machine } = shop;
	let reason = "";
	const stop = machine.events.listen((event) => {
		if (event.type === "power" && !event.on) reason = event.reason;
	});
	const before = machine.front.screens.last;
	const heap = await machine.measureHeap();
	machine.cutAfter(afterBytes);
	let entry: Entry | undefined;
	for (let count = 0; machine.powered && count < SALES_UNTIL_CUT_MAX; count++) {
		entry = await shop.pay(nextSale());
	}
	stop();
	if (entry === undefined || machine.powered) {
		throw new CloseoutError("ASSERTION", `no cut after ${afterBytes} bytes; the power is still on`);
	}
	await world.advance(darkMs);
	await world.act(() => machine.powerOn());
	await shop.until("the end of what the power cut has left open", () => shop.isAtRest());
	shop.look(entry, before);
	return { entry, heapBytes: heap?.deviceBytesMax, reason };
}

export async function cutNetwork(shop: Shop): Promise<void> {
	await shop.world.act(() => shop.machine.setNetwork({ state: "down" }));
	await shop.world.advance(0);
}

/** The network comes back; returns when the host has everything that was done in the meantime. */
export async function restoreNetwork(shop: Shop): Promise<void> {
	await shop.world.act(() => shop.machine.setNetwork({ state: "up" }));
	await shop.until("the delivery of what was held back", () => shop.isDelivered());
}
