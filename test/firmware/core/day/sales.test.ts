import test from "ava";
import { CloseoutError } from "../../../../protocol/error.ts";
import { OPEN_SALES_MAX, PRINT_DEBTS_SELLING_MAX } from "../../../../protocol/limits.ts";
import { openShop, Shop } from "../../../_helper/shop.ts";

const codes = (shop: Shop) => shop.app.refused.map(({ code }) => code);

test("a sale is journalled before it is charged, and its slip is owed with its outcome", (t) => {
	const shop = openShop();
	const transaction = shop.sell(12_50);
	t.is(shop.core.recordAt(transaction)?.kind, "intent");
	t.deepEqual(
		shop.state.batch.groups.map(({ group, debitCount, debitMinor }) => [
			group,
			debitCount,
			debitMinor,
		]),
		[["domestic", 1, 12_50]],
	);
	t.like(shop.state.debts[0], { document: "slip", subject: transaction, copy: 0 });
	t.deepEqual(shop.state.open, []);
});

test("nothing is sold before a shift is open", (t) => {
	const shop = new Shop();
	shop.boot();
	shop.sell(5_00);
	t.deepEqual(codes(shop), ["shiftNotOpen"]);
	t.is(shop.records("intent").length, 0);
});

test("amount, currency and card numbers in an order are checked before anything is journalled", (t) => {
	const shop = openShop();
	shop.sell(0);
	shop.sell(5_00, { currency: "USD" });
	shop.sell(5_00, { order: "4111 1111 1111 1111" });
	t.deepEqual(codes(shop), ["amountZero", "currency", "cardNumber"]);
	t.is(shop.records("intent").length, 0);
});

test("a repeated request is the same charge, also after a power cut", (t) => {
	const shop = openShop();
	shop.app.fates.push("hang");
	const transaction = shop.sell(8_00, { request: 7 });
	shop.app.ask({ request: 7, amountMinor: 8_00 });
	shop.pump();
	shop.boot();
	shop.app.ask({ request: 7, amountMinor: 8_00 });
	shop.pump();
	const answers = shop.app.received.flatMap(({ type, body }) =>
		type === "proceed" ? [body.transaction] : [],
	);
	t.deepEqual(answers, [transaction, transaction, transaction]);
	t.is(shop.records("intent").length, 1);
});

test("a request number that belongs to another charge is refused while that one is open", (t) => {
	const shop = openShop();
	shop.app.fates.push("hang");
	shop.sell(8_00, { request: 7 });
	shop.app.ask({ request: 7, amountMinor: 9_00 });
	shop.pump();
	t.deepEqual(codes(shop), ["requestTaken"]);
});

test("a late repeat of a charge that has ended never charges again", (t) => {
	const shop = openShop();
	shop.sell(8_00, { request: 7, trace: 70 });
	shop.app.ask({ request: 7, trace: 70, amountMinor: 8_00 });
	shop.pump();
	t.deepEqual(codes(shop), ["requestEnded"]);
	shop.app.ask({ request: 7, trace: 71, amountMinor: 8_00 });
	shop.pump();
	t.is(
		shop.records("intent").length,
		2,
		"an application that counts from one again has another trace",
	);
});

test("a lost answer is found by the first enquiry", (t) => {
	const shop = openShop();
	shop.app.fates.push("loseAnswer");
	const transaction = shop.sell(20_00);
	t.is(shop.state.open[0]?.phase, "inFlight");
	shop.wait(5);
	t.deepEqual(shop.state.open, []);
	t.like(shop.records("outcome")[0]?.body, { transaction, outcome: "approved", source: "enquiry" });
});

test("without any answer a card is unknown after 120 s and then asked after each minute", (t) => {
	const shop = openShop();
	shop.app.fates.push("hang");
	const transaction = shop.sell(20_00);
	shop.wait(119);
	t.is(shop.state.open[0]?.phase, "inFlight");
	shop.wait(1);
	t.is(shop.state.open[0]?.phase, "unknown");
	const enquiries = () => shop.app.received.filter(({ type }) => type === "enquire").length;
	const before = enquiries();
	shop.wait(300);
	t.is(enquiries() - before, 5);
	shop.app.wake(transaction);
	shop.wait(60);
	t.is(shop.state.batch.groups[0]?.debitMinor, 20_00);
});

test("a QR order is unknown after 45 s", (t) => {
	const shop = openShop();
	shop.app.fates.push("hang");
	shop.sell(20_00, { method: "qr" });
	shop.wait(44);
	t.is(shop.state.open[0]?.phase, "inFlight");
	shop.wait(1);
	t.like(shop.records("outcome")[0]?.body, {
		outcome: "unknown",
		source: "timeout",
		group: "wallet",
	});
});

test("a charge that ran when the power went is unknown and enquired at once", (t) => {
	const shop = openShop();
	shop.app.fates.push("loseAnswer");
	shop.sell(20_00);
	shop.boot();
	const sources = shop.records("outcome").map(({ body }) => body.source);
	t.deepEqual(sources, ["restart", "enquiry"]);
	t.deepEqual(shop.state.open, []);
});

test("an outcome that is told again is acknowledged and not recorded again", (t) => {
	const shop = openShop();
	shop.sell(20_00);
	const body = shop.records("outcome")[0]?.body;
	if (body === undefined) return t.fail("no outcome");
	for (let repeat = 0; repeat < 3; repeat++) shop.app.tell("outcome", body);
	shop.pump();
	t.is(shop.records("outcome").length, 1);
	t.is(shop.app.received.filter(({ type }) => type === "recorded").length, 4);
});

test("a sale of the batch is voided by its trace number, once", (t) => {
	const shop = openShop();
	const transaction = shop.sell(20_00, { trace: 41 });
	shop.sell(20_00, { type: "void", trace: 42, originalTrace: 41 });
	shop.sell(20_00, { type: "void", trace: 43, originalTrace: 41 });
	t.is(shop.records("intent")[1]?.body.original, transaction);
	t.deepEqual(codes(shop), ["originalVoided"]);
	t.like(shop.state.batch.groups[0], { debitMinor: 20_00, voidCount: 1, voidMinor: 20_00 });
});

test("a void needs a known original of the same amount in the open batch", (t) => {
	const shop = openShop();
	shop.app.fates.push("approve", "decline", "hang");
	shop.sell(20_00, { trace: 41 });
	shop.sell(20_00, { trace: 42 });
	shop.sell(20_00, { trace: 43 });
	shop.sell(20_00, { type: "void", originalTrace: 99 });
	shop.sell(19_00, { type: "void", originalTrace: 41 });
	shop.sell(20_00, { type: "void", originalTrace: 42 });
	shop.sell(20_00, { type: "void", originalTrace: 43 });
	shop.sell(20_00, { type: "void" });
	t.deepEqual(codes(shop), [
		"originalUnknown",
		"originalAmount",
		"originalNotApproved",
		"originalOpen",
		"originalMissing",
	]);
});

test("after settlement a void is refused and a refund of the original is taken, up to its amount", (t) => {
	const shop = openShop();
	shop.sell(20_00, { trace: 41 });
	shop.day.settle("operator");
	shop.pump();
	shop.sell(20_00, { type: "void", originalTrace: 41 });
	shop.sell(15_00, { type: "refund", originalTrace: 41 });
	shop.sell(6_00, { type: "refund", originalTrace: 41 });
	shop.sell(5_00, { type: "refund", originalTrace: 41 });
	shop.sell(1_00, { type: "refund", originalTrace: 41 });
	t.deepEqual(codes(shop), ["originalSettled", "originalAmount", "nothingToRefund"]);
	t.like(shop.state.batch.groups[0], { creditCount: 2, creditMinor: 20_00 });
});

test("new sales are refused while too many have no end", (t) => {
	const shop = openShop();
	for (let sale = 0; sale <= OPEN_SALES_MAX; sale++) {
		shop.app.fates.push("hang");
		shop.sell(1_00);
	}
	t.deepEqual(codes(shop), ["tooManyOpen"]);
	t.is(shop.state.open.length, OPEN_SALES_MAX);
});

test("without paper selling stops before the list of debts is full", (t) => {
	const shop = openShop();
	for (let sale = 0; sale <= PRINT_DEBTS_SELLING_MAX; sale++) shop.sell(1_00);
	t.deepEqual(codes(shop), ["tooManyPrints"]);
	t.is(shop.state.debts.length, PRINT_DEBTS_SELLING_MAX);
});

test("an outcome whose reference looks like a card number is kept without it", (t) => {
	const shop = openShop();
	shop.app.fates.push("hang");
	const transaction = shop.sell(20_00);
	const body = {
		transaction,
		outcome: "approved",
		source: "app",
		group: "domestic",
		scheme: "CUP",
	} as const;
	const facts = { authorisation: null, response: "00", lastFour: "1111" };
	shop.app.tell("outcome", { ...body, ...facts, reference: "4111111111111111" });
	shop.pump();
	t.is(shop.records("outcome")[0]?.body.reference, "*1111");
});

test("an outcome of a transaction that never was is not acknowledged", (t) => {
	const shop = openShop();
	const facts = {
		scheme: "",
		reference: null,
		authorisation: null,
		response: null,
		lastFour: null,
	};
	const body = { outcome: "approved", source: "app", group: "domestic", ...facts } as const;
	shop.app.tell("outcome", { ...body, transaction: 900 });
	shop.app.tell("outcome", { ...body, transaction: 1 });
	shop.pump();
	t.is(shop.records("outcome").length, 0);
	t.false(shop.app.received.some(({ type }) => type === "recorded"));
});

test("an outcome whose intent the media lost is kept as evidence", (t) => {
	const shop = openShop();
	shop.app.fates.push("hang");
	const transaction = shop.sell(20_00);
	const reply = shop.app.received.length;
	shop.journal.destroy(transaction);
	shop.boot();
	shop.app.wake(transaction);
	const facts = {
		scheme: "",
		reference: null,
		authorisation: null,
		response: null,
		lastFour: null,
	};
	const body = {
		transaction,
		outcome: "approved",
		source: "app",
		group: "domestic",
		...facts,
	} as const;
	shop.app.tell("outcome", body);
	shop.app.tell("outcome", body);
	shop.pump();
	const evidence = shop
		.records("outcome")
		.filter((record) => record.body.transaction === transaction);
	t.deepEqual(
		evidence.map((record) => record.body.source),
		["contradicting"],
	);
	t.is(shop.app.received.slice(reply).filter(({ type }) => type === "recorded").length, 2);
});

test("a full journal refuses the sale with the reason", (t) => {
	const shop = openShop();
	shop.journal.append = () => {
		throw new CloseoutError("MEDIA_FULL", "journal: full of records that are not acknowledged");
	};
	shop.sell(1_00);
	t.deepEqual(codes(shop), ["journalFull"]);
});

test("with the strict profile nothing is sold while yesterday is open", (t) => {
	const shop = openShop({ settings: [{ name: "sellBeforeCatchUp", value: false }] });
	shop.sell(1_00);
	shop.wait(24 * 3600);
	shop.sell(1_00);
	t.deepEqual(codes(shop), ["catchUpFirst"]);
});
