import type { Key } from "../../firmware/core/port.ts";
import { Random } from "../_helper/random.ts";
import { instrumentOf } from "../emulator/payment/sale.ts";
import type { Bench } from "../firmware/terminal/_bench.ts";

const schemes = ["UNIONPAY", "VISA", "WECHAT", "MASTERCARD", "ALIPAY"];

/**
 * The working life of a terminal: enrolment and formatting; a short day; then a full day of sales with a slip
 * each, declines, refunds, voids, outcomes that stay unknown, a power cut, a batch that does not agree and is
 * uploaded row by row, its list, and the close; and a third day, for which room is made. Ends shut down in order.
 */
export function workDay(bench: Bench, sales: number): void {
	bench.powerOn();
	bench.enrol();
	shift(bench, Math.ceil(sales / 20), 5);
	nextMorning(bench);
	bench.acquirer.plan("settle", "disagree", 1, 0);
	shift(bench, sales, 7);
	nextMorning(bench);
	shift(bench, Math.ceil(sales / 20), 11);
	nextMorning(bench);
	shift(bench, Math.ceil(sales / 2), 13);
	bench.terminal?.close();
}

function shift(bench: Bench, sales: number, seed: number): void {
	const random = new Random(seed);
	goHome(bench);
	bench.press("menu", "1");
	bench.type("01");
	bench.press("ok");
	for (let sale = 1; sale <= sales; sale++) {
		if (sale % 23 === 11) bench.acquirer.plan("authorise", "decline", 1, 0);
		if (sale % 41 === 17) bench.acquirer.plan("authorise", "loseAnswer", 1, 0);
		const amountMinor = 100 + random.below(50_000);
		const scheme = schemes[random.below(schemes.length)] ?? "UNIONPAY";
		const { trace } = bench.sell(amountMinor, scheme);
		bench.advance(sale % 41 === 17 ? 60_000 : 5_000);
		if (sale % 10 === 3) undo(bench, "void", amountMinor, scheme, trace);
		if (sale % 10 === 8) undo(bench, "refund", amountMinor, scheme, trace);
		if (sale === Math.ceil(sales / 2)) cutPower(bench, random);
	}
	for (const choice of ["2", "3", "4"] as const satisfies Key[]) {
		goHome(bench);
		bench.press("menu", choice);
		if (choice !== "2") bench.press("ok");
		bench.advance(choice === "2" ? 60_000 + sales * 2_000 : 60_000);
	}
}

/** Leaves whatever is on the screen. */
function goHome(bench: Bench): void {
	for (let key = 0; key < 20 && bench.screen.name !== "home"; key++) bench.press("cancel");
	if (bench.screen.name !== "home") throw new RangeError(`stuck at ${bench.screen.name}`);
}

function undo(
	bench: Bench,
	type: "void" | "refund",
	amountMinor: number,
	scheme: string,
	originalTrace: number,
): void {
	const method = "card";
	const instrument = instrumentOf(scheme, "1234");
	const sale = { type, method, amountMinor, currency: "CNY", instrument, originalTrace } as const;
	bench.app.begin({ ...sale, order: null }, "01");
	bench.settle();
	bench.advance(5_000);
}

/** In the middle of a charge, so that its outcome is unknown after the start and is enquired. */
function cutPower(bench: Bench, random: Random): void {
	bench.sell(1 + random.below(9_999));
	bench.powerOff();
	bench.advance(1_000);
	bench.powerOn();
	bench.advance(120_000);
}

function nextMorning(bench: Bench): void {
	bench.advance(12 * 3_600_000);
}
