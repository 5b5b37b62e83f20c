import test from "ava";
import { HOLDS_MAX, OPEN_TIPS_MAX } from "../../../../protocol/limits.ts";
import { chen, lin, openShop, type Shop } from "../../../_helper/shop.ts";

const codes = (shop: Shop) => shop.app.refused.map(({ code }) => code);
const types = (shop: Shop) => shop.day.blockers("day").map(({ type }) => type);
const noted = (shop: Shop) =>
	shop.app.received.flatMap(({ type, body }) =>
		type === "noted" ? [`${body.told} ${body.taken}`] : [],
	);

function hold(shop: Shop, amountMinor = 300_00): number {
	return shop.sell(amountMinor, { type: "preAuthorisation" });
}

function withTip(shop: Shop, amountMinor = 100_00): number {
	const sale = shop.sell(amountMinor);
	shop.app.tell("tipOpen", { transaction: sale });
	shop.pump();
	return sale;
}

test("a pre-authorisation blocks the close by itself until it is completed, in no total before", (t) => {
	const shop = openShop({ settings: [{ name: "slipPerSale", value: false }] });
	const transaction = hold(shop);
	shop.app.tell("holdExpiry", { transaction, expiryS: 1_800_000_000 });
	shop.pump();
	t.deepEqual(shop.state.holds, [
		{ transaction, amountMinor: 300_00, trace: 1, expiryS: 1_800_000_000 },
	]);
	t.like(shop.day.blockers("day"), [
		{ type: "openPreAuthorisation", subject: transaction, amountMinor: 300_00 },
	]);
	t.deepEqual(shop.state.batch.groups, []);
	shop.sell(280_00, { type: "completion", original: transaction });
	t.deepEqual(shop.state.holds, []);
	t.like(shop.state.batch.groups, [{ debitCount: 1, debitMinor: 280_00 }]);
	shop.sell(280_00, { type: "completion", original: transaction });
	t.deepEqual(codes(shop), ["holdUnknown"]);
});

test("the application is asked to end it, once at a time; a cancellation moves no money", (t) => {
	const shop = openShop();
	const transaction = hold(shop);
	shop.app.fates.push("hang");
	shop.day.finishHold(transaction, "cancel");
	shop.pump();
	t.like(shop.records("intent").at(-1)?.body, { type: "cancellation", original: transaction });
	t.throws(() => shop.day.finishHold(transaction, "complete"), { message: /still running/ });
	t.throws(() => shop.day.giveUp(transaction, chen, "lapsed"), { message: /still running/ });
	shop.sell(300_00, { type: "completion", original: transaction });
	t.deepEqual(codes(shop), ["transactionRunning"]);
	shop.app.wake(shop.state.open[0]?.transaction ?? 0);
	shop.wait(10);
	t.deepEqual(shop.state.holds, []);
	t.deepEqual(shop.state.batch.groups, []);
	t.throws(() => shop.day.finishHold(transaction, "complete"), { message: /holds nothing/ });
});

test("a declined completion leaves it open", (t) => {
	const shop = openShop();
	const transaction = hold(shop);
	shop.app.fates.push("decline");
	shop.day.finishHold(transaction, "complete");
	shop.pump();
	t.like(shop.state.holds, [{ transaction }]);
});

test("an operator leaves it open by name; a manager ends what has lapsed; the close names what is left", (t) => {
	const shop = openShop({ settings: [{ name: "slipPerSale", value: false }] });
	const first = hold(shop);
	const second = hold(shop);
	t.throws(() => shop.day.giveUp(second, lin, "lapsed"), { message: /more rights/ });
	t.throws(() => shop.day.giveUp(second, chen, " "), { message: /reason/ });
	shop.day.giveUp(second, chen, "lapsed");
	const [standing] = shop.day.blockers("day");
	if (standing !== undefined) shop.day.override(standing, lin, "left open");
	t.deepEqual(shop.day.close("day", lin), { closed: true, exceptions: 1 });
	t.deepEqual(shop.state.carried, [{ blocker: "openPreAuthorisation", count: 1 }]);
	shop.day.openShift("lin");
	t.like(shop.day.close("day", lin), { closed: false });
	t.like(shop.state.holds, [{ transaction: first }]);
});

test("a bounded number holds money, those whose outcome is open included", (t) => {
	const shop = openShop();
	shop.app.fates.push("hang");
	for (let one = 0; one <= HOLDS_MAX; one++) hold(shop, 1_00 + one);
	t.deepEqual(codes(shop), ["tooManyHolds"]);
	t.is(shop.state.holds.length, HOLDS_MAX - 1);
	shop.sell(1_00);
	t.is(codes(shop).length, 1);
});

test("a pre-authorisation older than the ring is completed by what the state has kept", (t) => {
	const shop = openShop();
	const transaction = hold(shop);
	shop.journal.destroy(transaction);
	shop.sell(300_00, { type: "completion", originalTrace: 1 });
	t.deepEqual(codes(shop), []);
	t.deepEqual(shop.state.holds, []);
});

test("an expiry of what holds nothing is not taken", (t) => {
	const shop = openShop();
	const sale = shop.sell(1_00);
	shop.app.tell("holdExpiry", { transaction: sale, expiryS: 1 });
	shop.pump();
	t.deepEqual(noted(shop), ["holdExpiry false"]);
	t.deepEqual(shop.records("holdExpiry"), []);
});

test("a sale that waits for a tip stops settlement and close; the tip is a charge of its own", (t) => {
	const shop = openShop({ settings: [{ name: "slipPerSale", value: false }] });
	const sale = withTip(shop);
	shop.app.tell("tipOpen", { transaction: sale });
	shop.pump();
	t.is(shop.records("tipOpen").length, 1);
	t.deepEqual(types(shop), ["openTip", "unsettledBatch"]);
	t.throws(() => shop.day.settle("operator"), { message: /wait for a tip/ });
	shop.sell(101_00, { type: "tip", original: sale });
	shop.sell(12_00, { type: "tip", original: sale });
	t.deepEqual(codes(shop), ["originalAmount"]);
	t.deepEqual(shop.state.tips, []);
	t.like(shop.state.batch.groups, [{ debitCount: 2, debitMinor: 112_00 }]);
	shop.sell(12_00, { type: "tip", original: sale });
	t.is(codes(shop).at(-1), "tipNotOpen");
	shop.sell(100_00, { type: "void", original: sale });
	t.is(codes(shop).at(-1), "tipFirst");
	const tip = shop.records("intent").find(({ body }) => body.type === "tip")?.sequence ?? 0;
	shop.sell(12_00, { type: "void", original: tip });
	shop.sell(100_00, { type: "void", original: sale });
	t.is(codes(shop).length, 3);
	t.true(shop.day.settle("operator"));
	shop.pump();
	t.is(shop.state.settlements.length, 1);
});

test("no tip: the operator or the application says so, and it is not opened again", (t) => {
	const shop = openShop();
	const one = withTip(shop);
	const other = withTip(shop);
	shop.day.declareNoTip(one, lin);
	shop.app.tell("tipNone", { transaction: other });
	shop.app.tell("tipNone", { transaction: other });
	shop.app.tell("tipOpen", { transaction: one });
	shop.pump();
	t.deepEqual(
		shop.records("tipNone").map(({ body }) => body),
		[
			{ transaction: one, by: "lin" },
			{ transaction: other, by: null },
		],
	);
	t.deepEqual(noted(shop).slice(2), [
		"tipOpen false",
		"tipNone true",
		"tipNone true",
		"tipOpen false",
	]);
	t.throws(() => shop.day.declareNoTip(one, lin), { message: /does not wait/ });
	t.true(shop.day.settle("operator"));
});

test("a manager settles without deciding; the sale still waits, and one more stops the next", (t) => {
	const shop = openShop();
	const sale = withTip(shop);
	const [standing] = shop.day.blockers("day");
	if (standing !== undefined) shop.day.override(standing, chen, "guests still there");
	t.true(shop.day.settle("operator"));
	shop.pump();
	t.deepEqual(shop.state.tips, [sale]);
	withTip(shop);
	t.throws(() => shop.day.settle("operator"), { message: /wait for a tip/ });
});

test("automatic settlement waits for people to decide, and goes on once they have", (t) => {
	const shop = openShop({ at: "2026-11-21T22:50:00" });
	const sale = withTip(shop);
	shop.wait(20 * 60);
	t.deepEqual(shop.records("settleBegin"), []);
	shop.day.declareNoTip(sale, lin);
	shop.wait(10 * 60);
	t.is(shop.records("settleBegin").length, 1);
});

test("what was declined, voided, settled or is no sale waits for no tip, and so many wait at most", (t) => {
	const shop = openShop();
	shop.app.fates.push("decline");
	withTip(shop);
	const voided = shop.sell(5_00);
	shop.sell(5_00, { type: "void", original: voided });
	shop.app.tell("tipOpen", { transaction: voided });
	shop.app.tell("tipOpen", { transaction: 99_999 });
	shop.app.tell("tipOpen", { transaction: hold(shop) });
	const settled = shop.sell(6_00);
	shop.day.settle("operator");
	shop.pump();
	shop.app.tell("tipOpen", { transaction: settled });
	shop.pump();
	t.deepEqual(noted(shop), Array(5).fill("tipOpen false"));
	for (let sale = 0; sale <= OPEN_TIPS_MAX; sale++) {
		shop.print();
		withTip(shop, 1_00 + sale);
	}
	t.is(shop.state.tips.length, OPEN_TIPS_MAX);
	t.is(noted(shop).at(-1), "tipOpen false");
});

test("a void or a reversal of the sale ends the wait", (t) => {
	const shop = openShop();
	const sale = withTip(shop);
	shop.sell(100_00, { type: "void", original: sale });
	shop.app.fates.push("hang");
	const running = withTip(shop, 7_00);
	shop.wait(130);
	t.deepEqual(shop.state.tips, [running]);
	shop.day.retryReversal(running);
	shop.pump();
	t.deepEqual(shop.state.tips, []);
});

test("what is approved off line owes its slip, is in no total and blocks until it is delivered", (t) => {
	const shop = openShop();
	shop.app.delivery = "noLine";
	shop.app.fates.push("offline");
	const sale = shop.sell(40_00);
	t.like(shop.state.open, [{ transaction: sale, phase: "offline" }]);
	t.like(shop.state.debts, [{ document: "slip", subject: sale }]);
	t.deepEqual(shop.state.batch.groups, []);
	t.deepEqual(types(shop), ["offlineTransaction", "printDebt"]);
	t.deepEqual(noted(shop), ["offlineApproved true"]);
	t.deepEqual(shop.day.notices(), []);
	shop.boot();
	shop.wait(300);
	t.like(shop.state.open, [{ phase: "offline" }]);
	shop.app.delivery = "paid";
	shop.wait(70);
	t.deepEqual(shop.state.open, []);
	t.like(shop.state.batch.groups, [{ debitCount: 1, debitMinor: 40_00 }]);
	t.is(shop.state.debts.length, 1);
});

test("a settlement delivers first, and goes without what the acquirer does not take in time", (t) => {
	const shop = openShop();
	shop.app.fates.push("offline", "offline");
	shop.app.delivery = "noLine";
	shop.sell(40_00);
	shop.wait(200);
	shop.app.delivery = "paid";
	t.true(shop.day.settle("operator"));
	shop.pump();
	t.like(shop.state.settlements, [{ agreed: true }]);
	t.like(shop.records("settleBegin")[0]?.body, { groups: [{ debitMinor: 40_00 }] });

	shop.app.delivery = "noLine";
	shop.sell(50_00);
	shop.sell(60_00);
	shop.wait(200);
	t.true(shop.day.settle("operator"));
	shop.pump();
	t.like(shop.notice("settlement"), { phase: "delivering" });
	t.is(shop.state.settlements.length, 1);
	shop.wait(31);
	t.like(shop.state.settlements.at(-1), { agreed: true });
	t.like(shop.records("settleBegin")[1]?.body, { groups: [{ debitMinor: 60_00 }] });
	t.true(types(shop).includes("offlineTransaction"));
});

test("money that the acquirer refuses at delivery is a task until a manager writes it off", (t) => {
	const shop = openShop({ settings: [{ name: "slipPerSale", value: false }] });
	shop.app.fates.push("offline");
	shop.app.delivery = "refused";
	const sale = shop.sell(40_00);
	shop.wait(10);
	t.like(shop.state.open, [{ transaction: sale, phase: "unpaid" }]);
	t.like(shop.day.blockers("day"), [
		{ type: "offlineTransaction", subject: sale, remedies: ["giveUp"] },
	]);
	t.like(shop.notice("transaction"), { phase: "unpaid", transaction: sale });
	t.throws(() => shop.day.retryReversal(sale), { message: /nothing to reverse/ });
	const before = shop.state.sequence;
	shop.app.tell("outcome", { ...declined, transaction: sale });
	shop.pump();
	t.is(shop.state.sequence, before);
	shop.day.giveUp(sale, chen, "customer not found");
	t.deepEqual(shop.state.open, []);
	t.deepEqual(shop.day.close("day", lin), { closed: true, exceptions: 0 });
});

test("a refused delivery that goes through after all is money like any other", (t) => {
	const shop = openShop({ settings: [{ name: "slipPerSale", value: false }] });
	shop.app.fates.push("offline");
	shop.app.delivery = "refused";
	const sale = shop.sell(40_00);
	shop.wait(10);
	shop.app.tell("outcome", { ...declined, outcome: "approved", transaction: sale });
	shop.pump();
	t.deepEqual(shop.state.open, []);
	t.like(shop.state.batch.groups, [{ debitMinor: 40_00 }]);
});

test("nothing that has an end is approved off line afterwards, and no card number is kept", (t) => {
	const shop = openShop();
	const sale = shop.sell(40_00);
	const { outcome: _outcome, source: _source, ...facts } = declined;
	shop.app.tell("offlineApproved", { ...facts, transaction: sale });
	shop.pump();
	t.deepEqual(noted(shop), ["offlineApproved false"]);
	shop.app.fates.push("hang");
	const running = shop.sell(41_00);
	const scheme = "4111111111111111";
	shop.app.tell("offlineApproved", { ...facts, transaction: running, scheme });
	shop.app.tell("offlineApproved", { ...facts, transaction: running, scheme });
	shop.pump();
	t.deepEqual(
		shop.records("offlineApproval").map(({ body }) => body.scheme),
		["*1111"],
	);
	t.deepEqual(noted(shop).slice(1), ["offlineApproved true", "offlineApproved true"]);
});

const declined = {
	outcome: "declined",
	source: "app",
	group: "domestic",
	scheme: "CUP",
	reference: null,
	authorisation: null,
	response: "51",
	lastFour: "4242",
} as const;
