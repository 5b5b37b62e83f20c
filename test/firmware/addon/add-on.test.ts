import test from "ava";
import { AddOn } from "../../../firmware/addon/add-on.ts";
import { refusals } from "../../../firmware/core/day/refusal.ts";
import { ToyAcquirer } from "../../../firmware/example/toy-acquirer.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import { decodeAppMessage, encodeCoreMessage } from "../../../protocol/payment-app.ts";
import { Desk } from "./_desk.ts";

const sale = {
	type: "sale",
	method: "card",
	amountMinor: 500,
	currency: "CNY",
	trace: 1,
	operator: "01",
} as const;

const nothingKnown = {
	group: "domestic",
	scheme: "UNIONPAY",
	reference: null,
	authorisation: null,
	response: null,
	lastFour: null,
} as const;

/** The application's end alone, the terminal played by the test. */
function alone() {
	const clock = { nowMs: 0, woken: 0 };
	const acquirer = new ToyAcquirer();
	const log: string[] = [];
	const addOn = new AddOn({
		acquirer,
		wake: () => {
			clock.woken += 1;
		},
		monotonicMs: () => clock.nowMs,
		requestBase: 7_000,
		log: { write: (_level, code, detail) => log.push(`${code} ${detail}`) },
	});
	const read = () => {
		const bytes = addOn.read();
		return bytes && decodeAppMessage(bytes);
	};
	return { addOn, acquirer, clock, log, read };
}

test("a request is told again each second until it is answered, under the same number", async (t) => {
	const { addOn, clock, read } = alone();
	const asked = addOn.intend(sale);
	t.is(clock.woken, 1);
	t.like(read(), { type: "intent", body: { request: 7_001, amountMinor: 500 } });
	t.is(read(), undefined);
	clock.nowMs = 999;
	t.is(read(), undefined);
	clock.nowMs = 1_000;
	t.like(read(), { type: "intent", body: { request: 7_001 } });
	addOn.write(encodeCoreMessage("proceed", { request: 7_001, transaction: 12 }));
	clock.nowMs = 5_000;
	t.is(read(), undefined);
	t.deepEqual(await asked, { granted: true, transaction: 12 });
});

test("an outcome is told until it is recorded, and the latest one counts", async (t) => {
	const { addOn, clock, read } = alone();
	const unknown = addOn.conclude(12, { ...nothingKnown, outcome: "unknown" });
	t.like(read(), { type: "outcome", body: { transaction: 12, outcome: "unknown" } });
	const approved = addOn.conclude(12, { ...nothingKnown, outcome: "approved" });
	clock.nowMs = 60_000;
	t.like(read(), { type: "outcome", body: { transaction: 12, outcome: "approved" } });
	t.is(read(), undefined);
	addOn.write(encodeCoreMessage("recorded", { transaction: 12 }));
	await Promise.all([unknown, approved]);
	clock.nowMs = 90_000;
	t.is(read(), undefined);
});

test("what cannot be said is refused at once, and nothing is told", async (t) => {
	const { addOn, read } = alone();
	await t.throwsAsync(addOn.intend({ ...sale, currency: "yuan" }), { code: "SCHEMA" });
	await t.throwsAsync(
		addOn.conclude(1, { ...nothingKnown, outcome: "approved", scheme: "x".repeat(40) }),
		{
			code: "SCHEMA",
		},
	);
	t.is(read(), undefined);
	const waiting = Array.from({ length: 64 }, () => addOn.intend(sale));
	await t.throwsAsync(addOn.close("day", "01"), { code: "LIMIT" });
	t.is(waiting.length, 64);
});

test("an acquirer that cannot say, or has a fault, leaves the terminal to ask again", async (t) => {
	const { addOn, acquirer, log, read } = alone();
	const enquire = acquirer.enquire;
	acquirer.enquire = () => {
		throw new CloseoutError("ENGINE", "no line");
	};
	const question = encodeCoreMessage("enquire", { transaction: 99, trace: null, attempt: 1 });
	addOn.write(question);
	for (let turn = 0; turn < 8; turn++) await Promise.resolve();
	t.is(read(), undefined);
	t.deepEqual(log, ["ACQUIRER enquire: CloseoutError: no line"]);
	acquirer.enquire = enquire;
	addOn.write(question);
	for (let turn = 0; turn < 8; turn++) await Promise.resolve();
	t.like(read(), {
		type: "outcome",
		body: { transaction: 99, outcome: "declined", source: "enquiry" },
	});
});

test("a charge whose application stopped in the middle is asked for at the next start and ends", async (t) => {
	const desk = new Desk();
	await desk.open();
	await desk.done(desk.addOn.openShift("01"));
	const permission = await desk.done(desk.addOn.intend(sale));
	t.true(permission.granted);
	if (!permission.granted) return;
	desk.acquirer.authorise(permission.transaction, sale);
	desk.bench.powerOff();
	desk.bench.powerOn();
	await desk.pass(1_000);
	t.like(desk.summary, { open: 1 });
	for (let second = 0; second < 120; second++) await desk.pass(1_000);
	t.like(desk.summary, { open: 0, unsettled: { count: 1, amountMinor: 500 } });
});

test("a wish that is repeated is done once, and a card number is no operator", async (t) => {
	const desk = new Desk();
	await desk.open();
	t.deepEqual(await desk.done(desk.addOn.openShift("01")), { done: true });
	t.like(await desk.done(desk.addOn.openShift("02")), { done: false, code: "shiftOpen" });
	t.deepEqual(await desk.done(desk.addOn.close("day", "01")), { done: true });
	t.like(await desk.done(desk.addOn.openShift("4111111111111111")), {
		done: false,
		code: "cardNumber",
		reason: refusals.cardNumber,
	});
	const state: unknown = desk.bench.terminal?.query({ what: "state" });
	t.like(state, { lastShift: 1 });
});

test("nothing to settle is said, and is no refusal", async (t) => {
	const desk = new Desk();
	await desk.open();
	await desk.done(desk.addOn.openShift("01"));
	t.deepEqual(await desk.done(desk.addOn.settle("01")), { done: false, blockers: [] });
});

test("who has ended the subscription hears no more", async (t) => {
	const desk = new Desk();
	let heard = 0;
	const end = desk.addOn.subscribe(() => {
		heard += 1;
	});
	await desk.open();
	const before = heard;
	end();
	await desk.done(desk.addOn.openShift("01"));
	t.true(before > 1);
	t.is(heard, before);
});

test("a storage that fails in the middle of a request loses no answer and no money", async (t) => {
	for (let at = 25; at < 70; at += 3) {
		const desk = new Desk({ failures: [{ operation: "write", at }] });
		await desk.open();
		let taken = 0;
		for (const amountMinor of [100, 200, 300]) {
			// A charge that was journalled when the write failed may have been ended as never made by then.
			const isSold = await desk.done(desk.cafe.sell(amountMinor));
			if (isSold) taken += amountMinor;
			else t.is(desk.lines.at(-1), `! ${refusals.requestEnded}`, `write ${at}`);
		}
		t.like(desk.summary, { unsettled: { amountMinor: taken }, open: 0 }, `write ${at}`);
		t.true(taken >= 300, `write ${at}`);
	}
});
