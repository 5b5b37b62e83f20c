import test from "ava";
import { refusals } from "../../../firmware/core/day/refusal.ts";
import { Desk } from "./_desk.ts";

test("the example sells, is refused at closing, settles and closes", async (t) => {
	const desk = new Desk();
	await desk.open();
	for (const amountMinor of [1_280, 2_050, 330]) {
		t.true(await desk.done(desk.cafe.sell(amountMinor)));
	}
	t.like(desk.summary, {
		phase: "running",
		shift: { shift: 1, operator: "01" },
		unsettled: { count: 3, amountMinor: 3_660 },
		open: 0,
	});
	t.false(await desk.done(desk.cafe.closeShift()));
	t.is(desk.lines.at(-1), "! unsettledBatch 3");
	t.true(await desk.done(desk.cafe.settle()));
	await desk.pass(30_000);
	t.like(desk.summary, { unsettled: { count: 0, amountMinor: 0 }, settling: false, prints: 0 });
	t.true(desk.printed > 1_000);
	t.true(await desk.done(desk.cafe.closeShift()));
	t.like(desk.summary, { shift: null });
});

test("the example is told why it may not sell", async (t) => {
	const desk = new Desk();
	desk.bench.powerOn();
	await desk.pass(1_000);
	t.deepEqual(desk.summary, { phase: "enrolling" });
	t.false(await desk.done(desk.cafe.sell(1_000)));
	t.is(desk.lines.at(-1), `! ${refusals.notEnrolled}`);
	t.false(await desk.done(desk.cafe.closeShift()));
	t.is(desk.lines.at(-1), `! ${refusals.notEnrolled}`);
});
