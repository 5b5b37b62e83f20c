import test from "ava";
import { openShop, type Shop } from "../../../_helper/shop.ts";

const codes = (shop: Shop) => shop.app.refused.map(({ code }) => code);

test("money that was taken after a decline is kept apart and stands in the way of the close", (t) => {
	const shop = openShop();
	shop.app.fates.push("decline");
	const transaction = shop.sell(20_00);
	const declined = shop.records("outcome")[0]?.body;
	if (declined === undefined) return t.fail("no outcome");
	const approved = { ...declined, outcome: "approved", source: "late" } as const;
	shop.app.tell("outcome", approved);
	shop.app.tell("outcome", approved);
	shop.app.tell("outcome", declined);
	shop.pump();
	t.deepEqual(
		shop.records("outcome").map(({ body }) => body.source),
		["app", "contradicting"],
	);
	t.deepEqual(shop.state.batch.groups, []);
	t.like(shop.day.blockers("shift")[0], { type: "refundOwed", subject: transaction });
	shop.day.retryReversal(transaction);
	shop.pump();
	t.deepEqual(shop.state.open, []);
});

test("money that came late is given back by a refund when its reversal is refused", (t) => {
	const shop = openShop();
	shop.app.fates.push("decline");
	const transaction = shop.sell(20_00);
	const declined = shop.records("outcome")[0]?.body;
	if (declined === undefined) return t.fail("no outcome");
	shop.app.tell("outcome", { ...declined, outcome: "approved" });
	shop.app.reversalFaults.push("refused");
	shop.pump();
	shop.day.retryReversal(transaction);
	shop.pump();
	t.is(shop.state.open[0]?.phase, "late");
	shop.sell(19_00, { type: "refund", original: transaction });
	t.deepEqual(codes(shop), ["originalAmount"]);
	shop.app.fates.push("loseAnswer");
	shop.sell(20_00, { type: "refund", original: transaction });
	t.throws(() => shop.day.retryReversal(transaction), { message: /refund of it is still running/ });
	shop.wait(10);
	t.deepEqual(shop.state.open, []);
	t.is(shop.app.received.filter(({ type }) => type === "reverse").length, 1);
});

test("a decline after an approval is kept as evidence and changes nothing", (t) => {
	const shop = openShop();
	shop.sell(20_00);
	const approved = shop.records("outcome")[0]?.body;
	if (approved === undefined) return t.fail("no outcome");
	const before = shop.state.batch;
	shop.app.tell("outcome", { ...approved, outcome: "declined" });
	shop.app.tell("outcome", { ...approved, outcome: "declined" });
	shop.pump();
	t.is(shop.records("outcome").length, 2);
	t.deepEqual(shop.state.batch, before);
});

test("a reversal is tried three times at once, then by the sweep, and is never dropped", (t) => {
	const shop = openShop();
	shop.app.fates.push("hang");
	const transaction = shop.sell(20_00);
	shop.wait(121);
	shop.app.reversalFaults.push(...Array<"noAnswer">(6).fill("noAnswer"));
	shop.day.retryReversal(transaction);
	shop.pump();
	const sent = () => shop.app.received.filter(({ type }) => type === "reverse").length;
	t.is(sent(), 3);
	t.like(shop.day.blockers("day")[0], { type: "pendingReversal", subject: transaction });
	shop.sell(1_00);
	t.deepEqual(codes(shop), [], "a reversal without an end does not stop the shop");
	shop.wait(180);
	t.is(sent(), 6);
	const records = shop.records("reversal").length;
	shop.wait(60);
	t.deepEqual(shop.state.open, []);
	t.is(shop.records("reversal").length, records + 1, "the sweep fills no journal");
});

test("a reversal that nobody answers goes on with the sweep", (t) => {
	const shop = openShop();
	shop.app.fates.push("hang");
	const transaction = shop.sell(20_00);
	shop.wait(121);
	shop.app.reversalFaults.push(...Array<"silent">(5).fill("silent"));
	shop.day.retryReversal(transaction);
	shop.wait(3 * 30 + 60 - 1);
	t.is(shop.app.received.filter(({ type }) => type === "reverse").length, 4);
	shop.wait(121);
	t.deepEqual(shop.state.open, []);
});

test("while a reversal is tried at once nothing else is sold", (t) => {
	const shop = openShop();
	shop.app.fates.push("hang");
	const transaction = shop.sell(20_00);
	shop.wait(121);
	shop.app.reversalFaults.push("silent");
	shop.day.retryReversal(transaction);
	shop.sell(1_00);
	t.deepEqual(codes(shop), ["reversalRunning"]);
});

test("a payment that lands while it is taken back enters no total", (t) => {
	const shop = openShop();
	shop.app.fates.push("hang");
	const transaction = shop.sell(20_00);
	shop.wait(121);
	shop.app.reversalFaults.push("silent");
	shop.day.retryReversal(transaction);
	shop.app.wake(transaction);
	shop.day.enquire(transaction);
	shop.pump();
	t.is(shop.state.open[0]?.phase, "late");
	t.is(
		shop.records("outcome").at(-1)?.body.source,
		"contradicting",
		"lists leave it out by this mark",
	);
	t.deepEqual(shop.state.batch.groups, []);
	shop.wait(60);
	t.deepEqual(shop.state.open, [], "the reversal that is under way goes on");
});

test("a reversal that the application made by itself is kept, and pursued until it is through", (t) => {
	const shop = openShop();
	shop.app.fates.push("hang");
	const transaction = shop.sell(20_00);
	shop.wait(121);
	shop.app.reversalFaults.push("silent");
	shop.app.tell("reversalResult", { transaction, attempt: 1, result: "noAnswer" });
	shop.pump();
	t.like(shop.state.open[0], { phase: "reversing", reversalAttempts: 2 });
	shop.wait(60);
	t.deepEqual(shop.state.open, []);
});

test("a reversal of what was approved is evidence and changes no total", (t) => {
	const shop = openShop();
	const transaction = shop.sell(20_00);
	const before = shop.state.batch;
	for (let told = 0; told < 2; told++) {
		shop.app.tell("reversalResult", { transaction, attempt: 1, result: "reversed" });
	}
	shop.pump();
	t.is(shop.records("reversal").length, 1);
	t.deepEqual(shop.state.batch, before);
});

test("only what has no outcome can be reversed, and not while it runs", (t) => {
	const shop = openShop();
	const approved = shop.sell(1_00);
	shop.app.fates.push("hang");
	const running = shop.sell(2_00);
	t.throws(() => shop.day.retryReversal(approved), { message: /no open transaction/ });
	t.throws(() => shop.day.enquire(approved), { message: /no open transaction/ });
	t.throws(() => shop.day.retryReversal(running), { message: /still running/ });
});
