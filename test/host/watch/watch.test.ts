import test, { type ExecutionContext } from "ava";
import type { AlertMessage, Channel } from "../../../host/alert/channel.ts";
import { defaultDeadlines } from "../../../host/core/default-deadlines.ts";
import type { WatchSettings } from "../../../host/watch/settings.ts";
import { lookOnce } from "../../../host/watch/watch.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import { DEMO_OPEN_S, fillDemoShop } from "../../_helper/demo-shop.ts";
import { openTestStore, type Place, storePlaces } from "../../_helper/stores.ts";

const settings: WatchSettings = {
	version: 1,
	language: "en",
	zoneMinutes: 480,
	rules: [
		{ name: "unsettled", type: "unsettled", severity: "warning", afterMinutes: 120 },
		{ name: "unprinted", type: "unprinted", severity: "notice", afterMinutes: 120 },
		{ name: "soon", type: "deadline", severity: "alarm", daysBefore: 2 },
	],
	ladder: [
		{ afterMinutes: 0, channels: ["ops"] },
		{ afterMinutes: 60, channels: ["boss"], severities: ["warning", "alarm"] },
	],
	channels: {},
};

async function setUp(t: ExecutionContext, place: Place, changed: Partial<WatchSettings> = {}) {
	const clock = { nowS: DEMO_OPEN_S + 6 * 3_600 };
	const location = await place.make(t);
	const store = await openTestStore(t, location, clock);
	await fillDemoShop(store);
	const sent: { readonly to: string; readonly message: AlertMessage }[] = [];
	const trouble = { isOn: false };
	const to = (name: string): [string, Channel] => [
		name,
		{
			send: async (message) => {
				if (trouble.isOn) throw new CloseoutError("CONNECTION", `${name}: no answer`);
				sent.push({ to: name, message });
			},
		},
	];
	const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
	const options = {
		store,
		tenant: "shop",
		settings: { ...settings, ...changed },
		channels: new Map([to("ops"), to("boss")]),
		deadlines: defaultDeadlines,
		nowS: () => clock.nowS,
		log,
	};
	const told = () =>
		sent.splice(0).map((one) => `${one.to} ${one.message.severity} ${one.message.text}`);
	return { store, clock, location, sent, told, trouble, options, look: () => lookOnce(options) };
}

function quiet(): void {}

for (const place of await storePlaces()) {
	test(`${place.name}: what is found is told once on each step, until somebody takes note`, async (t) => {
		const { store, clock, told, look } = await setUp(t, place);
		const first = await look();
		t.deepEqual(
			first.open.map(({ id }) => id),
			["unprinted~till-0002", "unsettled~till-0002~CNY"],
		);
		const [notice = "", warning = ""] = told().sort();
		t.regex(notice, /^ops notice till-0002 \(till-0002\): \d+ prints owed since 2026-11-20/);
		t.regex(
			warning,
			/^ops warning till-0002 \(till-0002\): 6 not settled, 1121\.30 CNY, the oldest/,
		);
		await look();
		t.deepEqual(told(), [], "the same look again tells nobody");
		clock.nowS += 3_600;
		await look();
		t.regex(told().join(), /^boss warning [^,]*not settled/);
		clock.nowS += 60;
		await store.acknowledgeAlert({
			...{ tenant: "shop", id: "unsettled~till-0002~CNY" },
			...{ by: "Li Wei", why: "settles tonight" },
		});
		await look();
		t.deepEqual(told(), []);
		t.like(
			(await store.listAlerts({ tenant: "shop" })).find(({ id }) => id.startsWith("unsettled")),
			{ acknowledgedBy: "Li Wei", acknowledgedS: clock.nowS, episode: 1 },
		);
		const unknown = { tenant: "shop", id: "nothing", by: "Li Wei", why: "x" };
		await t.throwsAsync(store.acknowledgeAlert(unknown), { code: "NOT_FOUND" });
	});

	test(`${place.name}: two hosts that look at once tell everything once`, async (t) => {
		const { store, clock, location, sent, options, look } = await setUp(t, place);
		// A thread that waits for SQLite's lock cannot be the one that gives it back.
		const isShared = place.name === "sqlite";
		const other = isShared ? store : await openTestStore(t, location, clock);
		await Promise.all([look(), lookOnce({ ...options, store: other })]);
		const findings = sent.flatMap(({ message }) => message.findings.map(({ id }) => id)).sort();
		t.deepEqual(findings, ["unprinted~till-0002", "unsettled~till-0002~CNY"]);
	});

	test(`${place.name}: what could not be sent is tried again, later and later, with the same id`, async (t) => {
		const { store, clock, sent, told, trouble, look } = await setUp(t, place);
		trouble.isOn = true;
		const failed = await look();
		t.deepEqual(failed.failures, ["ops: no answer", "ops: no answer"]);
		t.like((await store.listAlertSteps("shop"))[0], { state: "failed", detail: "ops: no answer" });
		trouble.isOn = false;
		clock.nowS += 119;
		await look();
		t.deepEqual(told(), []);
		clock.nowS += 1;
		await look();
		t.is(sent.length, 2);
		t.regex(sent[0]?.message.id ?? "", /^closeout-[0-9a-f]{32}$/);
		t.true(
			(await store.listAlertSteps("shop")).every(
				({ state, tries }) => state === "sent" && tries === 2,
			),
		);
	});

	test(`${place.name}: a message whose host died is sent by the next, and given up after ten tries`, async (t) => {
		const { store, clock } = await setUp(t, place);
		const step = { tenant: "shop", id: "a", episode: 1, step: 0, channel: "ops" };
		t.true(await store.beginStep(step));
		t.false(await store.beginStep(step));
		clock.nowS += 299;
		t.false(await store.beginStep(step));
		clock.nowS += 1;
		t.true(await store.beginStep(step));
		await store.endStep({ ...step, detail: "" });
		clock.nowS += 86_400;
		t.false(await store.beginStep(step), "what was sent is never sent again");
		const lost = { ...step, id: "b" };
		let tries = 0;
		for (let hour = 0; hour < 40; hour++) {
			if (await store.beginStep(lost)) {
				tries++;
				await store.endStep({ ...lost, detail: "no answer" });
			}
			clock.nowS += 3 * 3_600;
		}
		t.is(tries, 10);
	});

	test(`${place.name}: what is over ends, and is a new episode when it comes back`, async (t) => {
		const { store, clock, told, look, options } = await setUp(t, place);
		await look();
		told();
		clock.nowS += 60;
		const calm = { ...options, settings: { ...options.settings, rules: [] } };
		t.deepEqual((await lookOnce(calm)).open, []);
		t.deepEqual(await store.listAlerts({ tenant: "shop" }), []);
		t.is((await store.listAlerts({ tenant: "shop", all: true })).length, 2);
		clock.nowS += 60;
		const { open } = await look();
		t.deepEqual(
			open.map(({ episode, firstS }) => [episode, firstS]),
			[
				[2, clock.nowS],
				[2, clock.nowS],
			],
		);
		t.is(told().length, 2);
	});

	test(`${place.name}: money at risk and open cases are told before their deadline`, async (t) => {
		const { store, clock, told, look } = await setUp(t, place);
		clock.nowS = DEMO_OPEN_S + 5 * 86_400;
		const difference = {
			...{ id: "case-1", reason: "amount", leg: "acquirer", terminalId: "till-0001" },
			...{ businessDate: 2026_11_20, atStakeMinor: 4_200, currency: "CNY" },
		};
		const deadlines = new Map([["case-1", { date: 2026_11_27, rule: "claim" }]]);
		const run = { tenant: "shop", from: 2026_11_20, to: 2026_11_20 };
		await store.recordDifferences({ ...run, differences: [difference], deadlines });
		await look();
		const alarm = told().find((one) => one.startsWith("ops alarm")) ?? "";
		t.regex(alarm, /till-0001 \(till-0001\): 42\.00 CNY can be lost after 2026-11-27 \(case-1\)/);
		t.regex(alarm, /till-0002 .*: 1033\.30 CNY can be lost after 2026-11-27 \(unsettled~CUP~CNY\)/);
		const case1 = { tenant: "shop", id: "case-1", by: "Li Wei", text: "paid" };
		await store.moveCase({ ...case1, state: "resolved" });
		clock.nowS += 60;
		const { open } = await look();
		t.false(open.some(({ id }) => id.includes("case-1")));
	});

	test(`${place.name}: in quiet hours nobody is told, and once a day all is told together`, async (t) => {
		const { clock, told, look } = await setUp(t, place, {
			quiet: { from: "14:00", until: "17:00", except: ["alarm"] },
			digest: { at: "18:00", channels: ["boss"] },
			ladder: [{ afterMinutes: 0, channels: ["ops"] }],
		});
		await look();
		t.deepEqual(told(), [], "15:00 is quiet");
		clock.nowS += 2 * 3_600;
		await look();
		t.is(told().length, 2, "17:00 is not");
		clock.nowS += 3_600;
		await look();
		await look();
		const [digest = "", ...more] = told();
		t.deepEqual(more, []);
		t.regex(digest, /^boss warning .*prints owed[^\n]*\n.*not settled/);
		clock.nowS += 86_400;
		await look();
		t.is(told().filter((one) => one.startsWith("boss")).length, 1);
	});
}
