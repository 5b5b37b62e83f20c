import test, { type ExecutionContext } from "ava";
import type { DifferenceKeys } from "../../../host/store/case.ts";
import { openTestStore, type Place, storePlaces } from "../../_helper/stores.ts";

const DATE = 2026_11_20;
const run = { tenant: "shop", from: DATE, to: DATE };

function difference(id: string, atStakeMinor = 100): DifferenceKeys {
	const place = { terminalId: "till-0001", businessDate: DATE };
	return { id, reason: "missing-at-bank", leg: "bank", ...place, atStakeMinor, currency: "CNY" };
}

async function setUp(t: ExecutionContext, place: Place) {
	const clock = { nowS: 1_795_305_600 };
	const store = await openTestStore(t, await place.make(t), clock);
	const compare = (...differences: readonly DifferenceKeys[]) =>
		store.recordDifferences({ ...run, differences });
	const historyOf = async (id: string) => {
		const { steps } = await store.getCase({ tenant: "shop", id });
		return steps.map(({ number, by, state }) => `${number} ${by} ${state}`);
	};
	return { store, clock, compare, historyOf };
}

const deed = { tenant: "shop", id: "a", by: "Li Wei", text: "mail of 20 November" };

for (const place of await storePlaces()) {
	test(`${place.name}: a run opens a case once, whoever runs it again`, async (t) => {
		const { store, compare, historyOf } = await setUp(t, place);
		t.deepEqual(await compare(difference("a"), difference("b", 900)), { opened: 2, gone: 0 });
		t.deepEqual(await compare(difference("a", 200), difference("b", 900)), { opened: 0, gone: 0 });
		const cases = await store.listCases({ tenant: "shop" });
		t.deepEqual(
			cases.map(({ id, state, atStakeMinor }) => [id, state, atStakeMinor]),
			[
				["b", "found", 900],
				["a", "found", 200],
			],
		);
		t.deepEqual(await historyOf("a"), ["1 system found"]);
	});

	test(`${place.name}: the late row resolves a case by itself, even one that is claimed`, async (t) => {
		const { store, clock, compare, historyOf } = await setUp(t, place);
		await compare(difference("a"));
		clock.nowS += 60;
		await store.moveCase({ ...deed, state: "claimed" });
		t.deepEqual(await compare(), { opened: 0, gone: 1 });
		t.deepEqual(await compare(), { opened: 0, gone: 0 });
		t.like(await store.getCase({ tenant: "shop", id: "a" }), {
			state: "resolved",
			isPresent: false,
			changedS: clock.nowS,
		});
		t.deepEqual(await compare(difference("a")), { opened: 1, gone: 0 });
		const history = ["1 system found", "2 Li Wei claimed", "3 system resolved", "4 system found"];
		t.deepEqual(await historyOf("a"), history);
	});

	test(`${place.name}: what a person has ended stays ended while it is still found`, async (t) => {
		const { store, compare, historyOf } = await setUp(t, place);
		await compare(difference("a"));
		await store.moveCase({ ...deed, state: "written-off" });
		t.deepEqual(await compare(difference("a")), { opened: 0, gone: 0 });
		await compare();
		t.deepEqual(await compare(difference("a")), { opened: 0, gone: 0 });
		t.deepEqual(await historyOf("a"), ["1 system found", "2 Li Wei written-off"]);
	});

	test(`${place.name}: a move that the state does not allow changes nothing`, async (t) => {
		const { store, compare, historyOf } = await setUp(t, place);
		await compare(difference("a"));
		const move = store.moveCase({ ...deed, state: "answered" });
		const refused = await t.throwsAsync(move, { code: "REFUSED" });
		t.regex(refused.message, /is found and cannot become answered.*claimed, resolved, written-off/);
		const unknown = store.moveCase({ ...deed, id: "b", state: "claimed" });
		await t.throwsAsync(unknown, { code: "NOT_FOUND" });
		t.deepEqual(await historyOf("a"), ["1 system found"]);
	});

	test(`${place.name}: of two who claim at once only one does`, async (t) => {
		const { store, compare, historyOf } = await setUp(t, place);
		await compare(difference("a"));
		const claims = ["Li Wei", "Chen Jing"].map((by) =>
			store.moveCase({ ...deed, by, state: "claimed" }),
		);
		const ended = await Promise.allSettled(claims);
		t.deepEqual(ended.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
		t.is((await historyOf("a")).length, 2);
	});

	test(`${place.name}: assignments, comments and files are steps, and are found again`, async (t) => {
		const { store, compare } = await setUp(t, place);
		await compare(difference("a"), difference("b"));
		await store.assignCase({ ...deed, text: "", assignee: "Chen Jing" });
		await store.commentCase({ ...deed, text: "called the bank" });
		const bytes = Uint8Array.of(0, 1, 254, 255);
		const file = { ...deed, text: "", name: "slip.png", digest: "d1", bytes };
		await store.attachToCase(file);
		await t.throwsAsync(store.attachToCase({ ...file, name: "again.png" }), { code: "REFUSED" });
		const { steps, attachments, assignee } = await store.getCase({ tenant: "shop", id: "a" });
		t.is(assignee, "Chen Jing");
		t.deepEqual(
			steps.map(({ type, text, about }) => [type, text, about]),
			[
				["state", "", ""],
				["assign", "", "Chen Jing"],
				["comment", "called the bank", ""],
				["attach", "", "slip.png"],
			],
		);
		t.like(attachments[0], { number: 1, name: "slip.png", size: 4, by: "Li Wei" });
		const read = await store.readAttachment({ tenant: "shop", id: "a", number: 1 });
		t.deepEqual(read.bytes, bytes);
		t.deepEqual(
			(await store.listCases({ tenant: "shop", assignee: "Chen Jing" })).map(({ id }) => id),
			["a"],
		);
	});

	test(`${place.name}: a case has at most 20 files`, async (t) => {
		const { store, compare } = await setUp(t, place);
		await compare(difference("a"));
		const attach = (number: number) => {
			const bytes = Uint8Array.of(number);
			return store.attachToCase({ ...deed, name: `${number}.png`, digest: `d${number}`, bytes });
		};
		for (let number = 1; number <= 20; number++) await attach(number);
		await t.throwsAsync(attach(21), { code: "LIMIT" });
	});

	test(`${place.name}: cases are found by state, reason, date and deadline`, async (t) => {
		const { store } = await setUp(t, place);
		const deadlines = new Map([["a", { date: 2026_11_27, rule: "unsettled" }]]);
		const differences = [difference("a"), { ...difference("b"), reason: "amount" }];
		await store.recordDifferences({ ...run, differences, deadlines });
		await store.moveCase({ ...deed, id: "b", state: "resolved" });
		const idsOf = async (filter: object) =>
			(await store.listCases({ tenant: "shop", ...filter })).map(({ id }) => id);
		t.deepEqual(await idsOf({ state: "open" }), ["a"]);
		t.deepEqual(await idsOf({ state: "resolved" }), ["b"]);
		t.deepEqual(await idsOf({ reason: "amount" }), ["b"]);
		t.deepEqual(await idsOf({ businessDate: DATE, terminal: "till-0001" }), ["a", "b"]);
		t.deepEqual(await idsOf({ dueBy: 2026_11_26 }), []);
		t.deepEqual(await idsOf({ dueBy: 2026_11_27 }), ["a"]);
		await store.recordDifferences({ ...run, differences });
		const { deadline } = await store.getCase({ tenant: "shop", id: "a" });
		t.deepEqual(deadline, { date: 2026_11_27, rule: "unsettled" });
	});
}
