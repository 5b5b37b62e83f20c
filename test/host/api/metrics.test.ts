import { readFile } from "node:fs/promises";
import test from "ava";
import type { WatchFinding } from "../../../host/core/watch.ts";
import { setUpFace } from "./_setup.ts";

async function metricsOf(face: Awaited<ReturnType<typeof setUpFace>>) {
	const answer = await face.server.inject("/metrics");
	const samples = answer.body.split("\n").filter((line) => line.startsWith("closeout_"));
	const values = samples.map((line): [string, number] => {
		const at = line.lastIndexOf(" ");
		return [line.slice(0, at), Number(line.slice(at + 1))];
	});
	return { answer, values: new Map(values) };
}

test("metrics tell of terminals, cases and alerts as they are now", async (t) => {
	const face = await setUpFace(t);
	const { store } = face;
	const difference = {
		...{ id: "a", reason: "amount", leg: "acquirer", terminalId: "till-0001" },
		...{ businessDate: 2026_11_20, atStakeMinor: 4_200, currency: "CNY" },
	};
	const run = { tenant: "shop", from: 2026_11_20, to: 2026_11_20 };
	await store.recordDifferences({ ...run, differences: [difference] });
	const finding: WatchFinding = {
		id: "silent~till-0002",
		rule: "silent",
		type: "silent",
		severity: "alarm",
		terminal: "till-0002",
		name: "",
		about: "",
		count: 1,
		amountMinor: null,
		currency: null,
		deadline: null,
		sinceS: 0,
	};
	await store.takeFindings({ tenant: "shop", findings: [finding] });
	const { answer, values } = await metricsOf(face);
	t.regex(String(answer.headers["content-type"]), /^text\/plain; version=0\.0\.4/);
	t.is(values.get('closeout_terminal_online{terminal="till-0001"}'), 1);
	t.is(values.get('closeout_terminal_online{terminal="till-0002"}'), 0);
	t.is(
		values.get('closeout_terminal_unsettled_minor{terminal="till-0002",currency="CNY"}'),
		112_130,
	);
	t.is(values.get('closeout_cases_open{state="found",reason="amount"}'), 1);
	t.is(values.get('closeout_cases_at_stake_minor{currency="CNY"}'), 4_200);
	t.is(values.get('closeout_alerts_open{severity="alarm",acknowledged="false"}'), 1);
	await store.recordDifferences({ ...run, differences: [] });
	const later = await metricsOf(face);
	t.false(later.values.has('closeout_cases_open{state="found",reason="amount"}'));
	t.like(await face.get("/health"), { status: "ok", terminals: 3 });
});

test("who has no token gets no metrics, and a host without its database is not healthy", async (t) => {
	const face = await setUpFace(t, { token: "secret" });
	t.is((await face.server.inject("/metrics")).statusCode, 401);
	const headers = { authorization: "Bearer secret" };
	t.is((await face.server.inject({ url: "/metrics", headers })).statusCode, 200);
	await face.store.close();
	t.is((await face.server.inject({ url: "/health", headers })).statusCode, 500);
});

test("the dashboard asks for metrics that are there", async (t) => {
	const face = await setUpFace(t);
	const path = new URL("../../../host/metrics/dashboard.json", import.meta.url);
	const text = await readFile(path, "utf8");
	const asked = new Set(text.match(/closeout_[a-z_]+/g));
	t.true(asked.size > 6);
	const { body } = await face.server.inject("/metrics");
	for (const name of asked) t.true(body.includes(`# TYPE ${name} gauge`), name);
});
