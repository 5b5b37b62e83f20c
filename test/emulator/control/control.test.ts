import test, { type ExecutionContext } from "ava";
import type { FastifyInstance } from "fastify";
import { makeWorld } from "../_setup.ts";
import { fieldOf } from "../json.ts";
import type { World } from "../world.ts";
import { buildControl } from "./server.ts";

type Method = "GET" | "POST" | "PUT" | "DELETE";

interface Control {
	readonly world: World;
	readonly app: FastifyInstance;
	/** Calls and expects success; gives the body as JSON. */
	readonly call: (method: Method, url: string, body?: object) => Promise<unknown>;
	/** Calls and gives status and error code. */
	readonly fail: (
		method: Method,
		url: string,
		body?: object,
	) => Promise<readonly [number, unknown]>;
}

const till = "/v1/terminals/till-0001";

async function setUp(t: ExecutionContext): Promise<Control> {
	const world = makeWorld(t);
	const app = await buildControl({
		world,
		engine: "node",
		firmware: "closeout test",
		tenant: "demo",
		dashboardUrl: "http://localhost:8080/",
	});
	t.teardown(() => app.close());
	const inject = (method: Method, url: string, body?: object) =>
		app.inject({ method, url, ...(body === undefined ? {} : { payload: body }) });
	const control: Control = {
		world,
		app,
		call: async (method, url, body) => {
			const reply = await inject(method, url, body);
			t.true(reply.statusCode < 300, `${method} ${url}: ${reply.body}`);
			const isJson = String(reply.headers["content-type"]).startsWith("application/json");
			const parsed: unknown = isJson ? reply.json() : reply.body;
			return parsed;
		},
		fail: async (method, url, body) => {
			const reply = await inject(method, url, body);
			const parsed: unknown = reply.json();
			return [reply.statusCode, fieldOf(parsed, "code")];
		},
	};
	await control.call("POST", "/v1/terminals", {
		id: "till-0001",
		seed: "one",
		journalBytes: 65_536,
	});
	return control;
}

test("terminals are made, listed and taken away", async (t) => {
	const { call, fail } = await setUp(t);
	await call("POST", "/v1/terminals", { id: "till-0002", paperColumns: 48, language: "zh-CN" });
	const all = await call("GET", "/v1/terminals");
	t.like(all, [
		{ id: "till-0001", tenant: "demo", paperColumns: 32, powered: true },
		{ id: "till-0002", paperColumns: 48, zoneMinutes: 480 },
	]);
	t.deepEqual(await fail("POST", "/v1/terminals", { id: "till-0002" }), [409, "REFUSED"]);
	await call("DELETE", "/v1/terminals/till-0002");
	t.deepEqual(await fail("GET", "/v1/terminals/till-0002"), [404, "TERMINAL_UNKNOWN"]);
	t.like(await call("GET", "/v1"), { terminals: ["till-0001"], engine: "node" });
});

test("what is not understood is refused with the field", async (t) => {
	const { app, fail } = await setUp(t);
	t.deepEqual(await fail("POST", "/v1/terminals", { id: "X" }), [400, "USAGE"]);
	const odd = { id: "till-0003", configuration: { language: "fr" } };
	t.deepEqual(await fail("POST", "/v1/terminals", odd), [400, "USAGE"]);
	t.deepEqual(await fail("POST", `${till}/keys`, { keys: ["enter"] }), [400, "USAGE"]);
	t.deepEqual(await fail("POST", `${till}/payments`, {}), [400, "USAGE"]);
	t.deepEqual(await fail("GET", "/v1/nothing"), [404, "NOT_FOUND"]);
	t.deepEqual(await fail("GET", `${till}/vault`), [404, "NOT_FOUND"]);
	const reply = await app.inject({ method: "PUT", url: "/v1/clock", payload: { modus: "real" } });
	t.deepEqual(reply.json(), { code: "USAGE", message: "body must have required property 'mode'" });
});

test("a page of another name is turned away", async (t) => {
	const { app } = await setUp(t);
	const reply = await app.inject({ url: "/v1", headers: { host: "closeout.example:8081" } });
	t.is(reply.statusCode, 409);
});

test("keys are pressed and the screen and its history are read", async (t) => {
	const { call } = await setUp(t);
	t.like(await call("POST", `${till}/keys`, { keys: ["1", "ok"] }), {
		number: 3,
		screen: { name: "home", lines: [{ text: "2 records" }] },
	});
	t.like(await call("GET", `${till}/screens?since=1`), [{ number: 2 }, { number: 3 }]);
	t.like(await call("GET", `${till}/status`), { records: 2 });
});

test("a payment that is waited for is concluded, and is on paper and in the books", async (t) => {
	const { call } = await setUp(t);
	const sale = { amount: "123.45", lastFour: "1234", wait: true };
	const paid = await call("POST", `${till}/payments`, sale);
	t.like(paid, { state: "approved", recorded: true, concluded: true, trace: 1 });
	t.like(await call("GET", `${till}/payments/${fieldOf(paid, "request")}`), { state: "approved" });
	t.like(await call("GET", "/v1/acquirer/bookings"), [
		{ amountMinor: 12_345, instrument: { scheme: "UNIONPAY", lastFour: "1234" } },
	]);
	t.is(await call("GET", `${till}/paper/text`), "approved 1\n");
	t.like(await call("GET", `${till}/paper`), { entries: 1, bytes: 11 });
	t.regex(String(await call("GET", `${till}/paper/svg?from=0`)), /^<svg/);
});

test("a void takes amount and card from what it refers to", async (t) => {
	const { call } = await setUp(t);
	await call("POST", `${till}/payments`, { amountMinor: 500, scheme: "VISA", wait: true });
	await call("POST", `${till}/payments`, { type: "void", originalTrace: 1, wait: true });
	t.like(await call("GET", "/v1/acquirer/bookings"), [
		{ type: "sale" },
		{ type: "void", amountMinor: 500, originalTrace: 1, instrument: { scheme: "VISA" } },
	]);
});

test("the acquirer does as planned, for one terminal or for all", async (t) => {
	const { call } = await setUp(t);
	const plan = { operation: "authorise", behaviour: "decline" };
	await call("POST", "/v1/acquirer/plans", { ...plan, terminal: "till-0009" });
	await call("POST", "/v1/acquirer/plans", { ...plan, behaviour: "loseAnswer" });
	const pay = () => call("POST", `${till}/payments`, { amountMinor: 100, wait: true });
	t.like(await pay(), { state: "unknown", concluded: true });
	t.like(await pay(), { state: "approved" });
	t.like(await call("GET", "/v1/acquirer/plans"), [{ terminal: "till-0009", times: 1 }]);
	await call("DELETE", "/v1/acquirer/plans");
	t.deepEqual(await call("GET", "/v1/acquirer/plans"), []);
});

test("a busy morning is the same for the same seed", async (t) => {
	const { call, world } = await setUp(t);
	const tally = await call("POST", `${till}/busy-morning`, { count: 20, seed: "monday" });
	t.like(tally, { approved: 20, declined: 0, stuck: 0 });
	const { call: again } = await setUp(t);
	t.deepEqual(await again("POST", `${till}/busy-morning`, { count: 20, seed: "monday" }), tally);
	t.is(world.acquirer.books.bookings.length, 20);
});

test("a cut tears the write in progress, and the plug brings it back", async (t) => {
	const { call, fail } = await setUp(t);
	await call("POST", `${till}/power/cut`, { afterBytes: 8 });
	t.like(await call("POST", `${till}/keys`, { keys: ["1"] }), { screen: null });
	t.like(await call("GET", till), { powered: false });
	t.deepEqual(await fail("POST", `${till}/keys`, { keys: ["1"] }), [409, "REFUSED"]);
	await call("PUT", `${till}/power`, { on: true });
	t.like(await call("GET", `${till}/status`), { records: 1, torn: 1 });
	await call("PUT", `${till}/power`, { on: false });
	t.like(await call("GET", till), { powered: false });
});

test("the printer runs out of paper and cannot say how it is", async (t) => {
	const { call } = await setUp(t);
	await call("PUT", `${till}/printer`, { paper: "out", afterLines: 1 });
	await call("POST", `${till}/payments`, { amountMinor: 100, wait: true });
	await call("POST", `${till}/payments`, { amountMinor: 200, wait: true });
	t.like(await call("GET", `${till}/paper`), { entries: 1, printer: { paper: "out" } });
	await call("PUT", `${till}/printer`, { paper: "in" });
	t.like(await call("GET", `${till}/paper`), { entries: 2, printer: { paper: "ok" } });
	await call("PUT", `${till}/printer`, { canSay: false, online: false });
	t.like(await call("GET", till), { printer: { online: false, paper: "unknown" } });
});

test("time is moved by a duration or to an hour, and a terminal's own clock jumps", async (t) => {
	const { call, fail } = await setUp(t);
	t.like(await call("POST", "/v1/clock/advance", { ms: 90_000 }), {
		nowMs: 90_000,
		mode: "manual",
	});
	t.like(await call("POST", "/v1/clock/advance", { to: "22:00" }), { nowMs: 13 * 3_600_000 });
	t.like(await call("POST", "/v1/clock/advance", { to: "22:00" }), { nowMs: 37 * 3_600_000 });
	t.deepEqual(await fail("POST", "/v1/clock/advance", { ms: 1, to: "22:00" }), [400, "USAGE"]);
	await call("PUT", `${till}/clock`, { offsetMs: -60_000 });
	t.like(await call("GET", till), { clock: { offsetMs: -60_000 } });
});

test("the image comes out whole and meters count", async (t) => {
	const { app, call, world } = await setUp(t);
	const reply = await app.inject(`${till}/journal`);
	t.deepEqual(new Uint8Array(reply.rawPayload), world.machine("till-0001").parts.flash.image);
	t.like(await call("GET", `${till}/meters`), { start: { count: 1 }, lastComputrons: null });
});

test("files of acquirer and bank show what was settled, and what the bank got wrong", async (t) => {
	const { call, fail, world } = await setUp(t);
	for (const amountMinor of [100, 200, 300])
		await call("POST", `${till}/payments`, { amountMinor, wait: true });
	for (const booking of world.acquirer.books.bookings) booking.batch = 1;
	await call("POST", "/v1/bank/faults", { fault: "forget", trace: 1 });
	await call("POST", "/v1/bank/faults", { fault: "change", trace: 2, amountMinor: 190 });
	await call("POST", "/v1/bank/faults", { fault: "double", trace: 3 });
	t.deepEqual(await fail("POST", "/v1/bank/faults", { fault: "double", trace: 9 }), [
		404,
		"NOT_FOUND",
	]);
	t.like(await call("GET", "/v1/bank/entries?date=20260303"), [
		{ amountMinor: 190 },
		{ amountMinor: 300 },
		{ amountMinor: 300 },
	]);
	t.deepEqual(await call("GET", "/v1/bank/entries?date=20260302"), []);
	const csv = String(await call("GET", "/v1/acquirer/file?date=20260302"));
	t.regex(csv, /TOTAL,3,6\.00\r\n$/);
	t.regex(String(await call("GET", "/v1/bank/statement")), /<Amt Ccy="CNY">7\.90<\/Amt>/);
});

test("events stream to whoever listens", async (t) => {
	const { app, call } = await setUp(t);
	const address = await app.listen({ port: 0, host: "127.0.0.1" });
	const stop = new AbortController();
	t.teardown(() => stop.abort());
	const reply = await fetch(`${address}/v1/events?terminal=till-0001`, {
		headers: { accept: "text/event-stream" },
		signal: stop.signal,
	});
	const reader = reply.body?.pipeThrough(new TextDecoderStream()).getReader();
	let seen = (await reader?.read())?.value ?? "";
	await call("POST", `${till}/payments`, { amountMinor: 100, wait: true });
	await call("PUT", `${till}/power`, { on: false });
	while (!seen.includes("event: power")) seen += (await reader?.read())?.value ?? "";
	const kinds = new Set([...seen.matchAll(/event: (\w+)/g)].map(([, kind]) => kind));
	t.deepEqual([...kinds].sort(), ["clock", "hello", "paper", "payment", "power", "screen"]);
});
