import test from "ava";
import { openShop } from "../../../_helper/shop.ts";

test("a journal with only its reserve left takes no new sale, but settles and closes", (t) => {
	const shop = openShop();
	shop.sell(1_00);
	shop.figures = { ...shop.figures, heldPercent: 100, isFull: true, heldBy: "host", watermark: 3 };
	shop.sell(1_00);
	t.deepEqual(
		shop.app.refused.map(({ code }) => code),
		["journalFull"],
	);
	shop.day.settle("operator");
	shop.pump();
	t.true(shop.state.settlements[0]?.agreed);
	shop.print();
	t.deepEqual(
		shop.day.blockers("day").map(({ type }) => type),
		["journalNearlyFull"],
	);
});

test("a full journal that the host has is no blocker: it will be reclaimed", (t) => {
	const shop = openShop();
	shop.figures = { ...shop.figures, usedPercent: 97, heldPercent: 97 };
	t.deepEqual(shop.day.blockers("day"), []);
});

test("records that wait for the host longer than allowed block the close, also after a restart", (t) => {
	const shop = openShop();
	shop.figures = { ...shop.figures, watermark: 2 };
	shop.clock.pass(48 * 3_600_000);
	t.deepEqual(shop.day.blockers("day"), []);
	shop.clock.pass(1_000);
	shop.boot();
	t.like(shop.day.blockers("day")[0], { type: "hostNotReached", remedies: ["connect"] });
});
