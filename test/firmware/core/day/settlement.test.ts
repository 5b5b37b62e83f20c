import test from "ava";
import { openShop } from "../../../_helper/shop.ts";

test("a settlement that agrees ends with its slip and its list owed", (t) => {
	const shop = openShop();
	shop.sell(20_00);
	shop.sell(5_00, { method: "qr" });
	t.true(shop.day.settle("operator"));
	shop.pump();
	const settlement = shop.records("settleBegin")[0]?.sequence ?? 0;
	t.like(shop.state.settlements[0], { settlement, agreed: true });
	t.deepEqual(
		shop.state.debts.slice(-2).map(({ document, subject }) => [document, subject]),
		[
			["settlementSlip", settlement],
			["dailyList", settlement],
		],
	);
	t.deepEqual(shop.settlementTalk(), ["settle"]);
	t.like(shop.notice("settled"), { verdict: "agreed", settlement });
});

test("an empty batch is nothing to settle", (t) => {
	const shop = openShop();
	shop.app.fates.push("decline");
	shop.sell(20_00);
	t.false(shop.day.settle("operator"));
	shop.sell(1_00);
	shop.day.settle("operator");
	shop.pump();
	t.false(shop.day.settle("operator"));
	t.is(shop.records("settleBegin").length, 1);
});

test("a pre-authorisation is no money and so nothing to settle", (t) => {
	const shop = openShop();
	shop.sell(20_00, { type: "preAuthorisation" });
	t.false(shop.day.settle("operator"));
});

test("an answer that got lost is asked for, not sent for again", (t) => {
	const shop = openShop();
	shop.sell(20_00);
	shop.app.lineFaults.push("loseAnswer", "loseAnswer");
	shop.day.settle("operator");
	shop.wait(29);
	t.deepEqual(shop.settlementTalk(), ["settle"]);
	shop.wait(31);
	t.deepEqual(shop.settlementTalk(), ["settle", "enquireSettlement", "enquireSettlement"]);
	t.true(shop.state.settlements[0]?.agreed);
	t.is(shop.app.acquirer.settleCount, 1);
});

test("a request that never arrived is sent again under the same id", (t) => {
	const shop = openShop();
	shop.sell(20_00);
	shop.app.lineFaults.push("loseRequest");
	shop.day.settle("operator");
	shop.wait(30);
	t.deepEqual(shop.settlementTalk(), ["settle", "enquireSettlement", "settle"]);
	t.is(shop.records("settleBegin").length, 1);
	t.true(shop.state.settlements[0]?.agreed);
});

test("a stale 'never seen' does not lead to another sending", (t) => {
	const shop = openShop();
	shop.sell(20_00);
	shop.app.lineFaults.push("loseRequest", "none", "loseRequest");
	shop.day.settle("operator");
	shop.wait(30);
	const settlement = shop.state.settlement?.settlement ?? 0;
	shop.app.tell("settlementState", { settlement, known: false, verdicts: [] });
	shop.pump();
	t.deepEqual(shop.settlementTalk(), ["settle", "enquireSettlement", "settle"]);
});

test("after a power cut in between, the settlement is asked for first", (t) => {
	const shop = openShop();
	shop.sell(20_00);
	shop.app.lineFaults.push("loseAnswer");
	shop.day.settle("operator");
	shop.pump();
	shop.boot();
	t.deepEqual(shop.settlementTalk(), ["settle", "enquireSettlement"]);
	t.true(shop.state.settlements[0]?.agreed);
});

test("totals that do not agree send every detail up once and end with the verdict visible", (t) => {
	const shop = openShop();
	for (const amountMinor of [1_00, 2_00, 3_00]) shop.sell(amountMinor);
	shop.app.acquirer.phantomMinor = 9_00;
	shop.day.settle("operator");
	shop.pump();
	t.deepEqual(shop.settlementTalk(), ["settle", "upload", "upload", "upload", "uploadEnd"]);
	t.is(shop.records("uploadSent").length, 3);
	t.like(shop.state.settlements[0], { agreed: false });
	t.like(shop.notice("settled"), { verdict: "notAgreed" });
	t.like(shop.records("settleEnd")[0]?.body, { uploadedCount: 3 });
	const verdict = shop.records("settleVerdict")[0]?.sequence ?? 0;
	t.true(
		verdict < (shop.records("uploadSent")[0]?.sequence ?? 0),
		"journalled before what follows",
	);
});

test("details can settle the difference", (t) => {
	const shop = openShop();
	shop.sell(1_00);
	shop.app.acquirer.phantomMinor = 9_00;
	shop.app.acquirer.yieldsToDetails = true;
	shop.day.settle("operator");
	shop.pump();
	t.true(shop.state.settlements[0]?.agreed);
});

test("an upload that was cut off goes on with exactly the next detail", (t) => {
	const shop = openShop();
	for (const amountMinor of [1_00, 2_00, 3_00]) shop.sell(amountMinor);
	shop.app.acquirer.phantomMinor = 9_00;
	shop.day.settle("operator");
	shop.day.step();
	for (let heard = 0; heard < 2; heard++) {
		const message = shop.app.take();
		if (message !== undefined) shop.day.onMessage(message);
		shop.day.step();
	}
	t.is(shop.state.settlement?.uploadedCount, 1);
	t.like(shop.day.blockers("day")[0], { type: "uploadIncomplete" });
	shop.boot();
	t.is(shop.records("uploadSent").length, 3);
	t.deepEqual(
		shop.records("uploadSent").map(({ body }) => body.outcome),
		shop.records("outcome").map(({ sequence }) => sequence),
	);
});

test("an acquirer that cannot confirm keeps the settlement in doubt until it can", (t) => {
	const shop = openShop();
	shop.sell(1_00);
	shop.app.acquirer.cannotConfirm = true;
	shop.day.settle("operator");
	shop.wait(600);
	t.is(shop.state.settlement?.phase, "inDoubt");
	t.is(shop.records("settleVerdict").length, 1, "the same answer is recorded once");
	t.like(shop.day.blockers("day")[0], { type: "settlementInDoubt", amountMinor: 1_00 });
	shop.app.acquirer.cannotConfirm = false;
	shop.wait(60);
	t.true(shop.state.settlements[0]?.agreed);
	t.is(shop.app.acquirer.settleCount, 1);
});

test("a group without a verdict is not confirmed", (t) => {
	const shop = openShop();
	shop.sell(1_00);
	shop.sell(1_00, { method: "qr" });
	shop.app.lineFaults.push("loseAnswer");
	shop.day.settle("operator");
	shop.pump();
	const settlement = shop.state.settlement?.settlement ?? 0;
	shop.app.tell("settleResult", { settlement, verdicts: [{ group: "wallet", verdict: "agreed" }] });
	shop.pump();
	t.is(shop.state.settlement?.phase, "inDoubt");
});

test("settlement waits for the transaction in flight and leaves the unknown one out", (t) => {
	const shop = openShop();
	shop.sell(1_00);
	shop.app.fates.push("hang");
	shop.sell(2_00);
	shop.day.settle("operator");
	shop.pump();
	t.is(shop.state.settlement, null);
	t.like(shop.notice("settlement"), { phase: "waiting" });
	shop.wait(121);
	t.is(shop.records("settleBegin")[0]?.body.groups[0]?.debitMinor, 1_00);
});

test("a sale during a settlement belongs to the next batch", (t) => {
	const shop = openShop();
	shop.sell(1_00);
	shop.app.lineFaults.push("loseAnswer");
	shop.day.settle("operator");
	shop.pump();
	shop.sell(2_00);
	shop.wait(60);
	t.is(shop.state.settlements.length, 1);
	t.is(shop.state.batch.groups[0]?.debitMinor, 2_00);
	t.is(shop.state.batch.number, 2);
});

test("an acquirer that is silent for a day costs the journal few records", (t) => {
	const shop = openShop({ settings: [{ name: "autoSettleStartMinute", value: -1 }] });
	shop.sell(1_00);
	for (let message = 0; message < 5_000; message++) shop.app.lineFaults.push("loseAnswer");
	shop.day.settle("operator");
	shop.wait(86_400);
	t.is(shop.records("settleSent").length, 10);
	shop.app.lineFaults.length = 0;
	shop.wait(60);
	t.true(shop.state.settlements[0]?.agreed);
});

test("a detail whose intent the media lost is marked as not accepted and stops nothing", (t) => {
	const shop = openShop();
	const lost = shop.sell(1_00);
	shop.sell(2_00);
	shop.app.acquirer.phantomMinor = 9_00;
	shop.day.settle("operator");
	shop.journal.destroy(lost);
	shop.pump();
	t.deepEqual(
		shop.records("uploadSent").map(({ body }) => body.accepted),
		[false, true],
	);
	t.is(shop.state.settlement, null);
});

test("the screen can tell how far a settlement is", (t) => {
	const shop = openShop();
	shop.sell(1_00);
	shop.sell(2_00);
	shop.app.acquirer.phantomMinor = 9_00;
	shop.app.lineFaults.push("loseRequest");
	shop.day.settle("operator");
	shop.pump();
	t.like(shop.notice("settlement"), { phase: "sending", total: 2 });
	shop.clock.pass(30_000);
	shop.day.step();
	t.like(shop.notice("settlement"), { phase: "asking" });
	while (shop.state.settlement?.uploadedCount !== 1) {
		const message = shop.app.take();
		if (message !== undefined) shop.day.onMessage(message);
		shop.day.step();
	}
	t.like(shop.notice("settlement"), { phase: "uploading", done: 1, total: 2 });
});
