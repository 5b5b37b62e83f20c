import test from "ava";
import { formatListSeal } from "../../../protocol/paper-seal.ts";
import { DEMO_DATE } from "../../_helper/demo-shop.ts";
import { setUpFace } from "./_setup.ts";

test("the terminals say who has settled, printed and spoken", async (t) => {
	const { get } = await setUpFace(t);
	t.like(await get("/api/terminals"), {
		terminals: [
			{
				terminal: "till-0001",
				contact: "online",
				complete: true,
				unsettledCount: 0,
				printsOwed: 0,
			},
			{
				terminal: "till-0002",
				contact: "offline",
				complete: false,
				dayState: "open",
				unsettledCount: 6,
				unsettled: [{ currency: "CNY", text: "1121.30" }],
				printsOwed: 2,
			},
			{ terminal: "till-0003", contact: "never", businessDate: null, dayState: "none" },
		],
	});
});

test("a terminal stands anew once its journal has moved", async (t) => {
	const { get, store } = await setUpFace(t);
	await get("/api/terminals");
	await store.rebuildBook("till-0001");
	t.like(await get("/api/terminals"), { terminals: [{ terminal: "till-0001", complete: true }] });
});

test("a day that lacks something says what, in types with counts and money", async (t) => {
	const { get } = await setUpFace(t);
	t.like(await get("/api/terminals/till-0002/days/latest"), {
		businessDate: DEMO_DATE,
		state: "open",
		closeS: null,
		zoneMinutes: 480,
		complete: false,
		missing: [
			{ type: "notClosed" },
			{ type: "unsettled", count: 6, amount: { text: "1121.30" } },
			{ type: "unknownOutcome", count: 1, amount: { text: "450.00" } },
			{ type: "printOwed", count: 2, document: "slip" },
			{ type: "listMissing", count: 6 },
		],
	});
});

test("a complete day has its totals, settlements, prints and timeline", async (t) => {
	const { get } = await setUpFace(t);
	t.like(await get("/api/terminals/till-0001/days/2026-11-20"), {
		complete: true,
		missing: [],
		totals: [{ group: "domestic", debitCount: 12, net: { text: "5380.14" } }],
		settlements: [{ batch: 7, ended: true, verdicts: [{ group: "domestic", verdict: "agreed" }] }],
		timeline: [
			{ kind: "start" },
			{ kind: "dayOpen" },
			{ kind: "shiftOpen", facts: { shift: 1, operator: "01" } },
			{ kind: "settleEnd", facts: { batch: 7 } },
			{ kind: "shiftClose" },
			{ kind: "dayClose" },
		],
		gaps: [],
	});
	t.like(await get("/api/terminals/till-0001/days"), {
		days: [{ businessDate: DEMO_DATE, complete: true, missingCount: 0 }],
	});
});

test("transactions say how they ended and whether they are settled", async (t) => {
	const { source } = await setUpFace(t);
	const { transactions } = await source.day("till-0001", DEMO_DATE);
	t.is(transactions.length, 13);
	t.like(transactions[0], { amount: { text: "12.80" }, standing: "approved", settled: true });
	t.like(transactions[12], { standing: "declined", response: "51", late: false });
});

test("slip and list are pictures in the language asked for", async (t) => {
	const { server } = await setUpFace(t);
	const slip = await server.inject("/api/terminals/till-0001/slips/1/4?language=en");
	t.is(slip.headers["content-type"], "image/svg+xml; charset=utf-8");
	t.regex(slip.body, /SALES SLIP/);
	t.regex(slip.body, /\*\*\*\* 1148/);
	const list = await server.inject("/api/terminals/till-0002/days/latest/list.svg");
	t.regex(list.body, /营业日未结束/);
	t.regex(list.body, /CNY 1121\.30/);
});

test("a day is exported as CSV that spreadsheets read as UTF-8", async (t) => {
	const { server } = await setUpFace(t);
	const answer = await server.inject("/api/terminals/till-0001/days/latest/transactions.csv");
	const lines = answer.body.split("\r\n");
	t.is(answer.headers["content-type"], "text/csv; charset=utf-8; header=present");
	t.is(lines.length, 15);
	t.regex(lines[1] ?? "", /^till-0001,2026-11-20,1,4,2026-11-20 09:07:21,sale,card,12\.80,CNY,/);
});

test("records of a range come with chain and content", async (t) => {
	const { get, store } = await setUpFace(t);
	const [last] = await store.listStreams("till-0001");
	const range = `from=4&to=${last?.watermark}`;
	t.like(await get(`/api/terminals/till-0001/records/1?${range}`), {
		records: [{ sequence: 4, kind: "intent", body: { type: "sale", amountMinor: 1_280 } }],
	});
});

for (const [what, url, status, code] of [
	["an unknown terminal", "/api/terminals/till-9999/days/latest", 404, "TERMINAL_UNKNOWN"],
	["a date without a day", "/api/terminals/till-0001/days/2026-01-01", 404, "NOT_FOUND"],
	["a terminal without a day", "/api/terminals/till-0003/days/latest", 404, "NOT_FOUND"],
	["no date at all", "/api/terminals/till-0001/days/tomorrow", 400, "USAGE"],
	["a record that is no transaction", "/api/terminals/till-0001/slips/1/2", 404, "NOT_FOUND"],
	["a language that is not known", "/api/terminals/till-0001/slips/1/4?language=fr", 400, "USAGE"],
	["a range that is none", "/api/terminals/till-0001/records/1?from=a&to=2", 400, "USAGE"],
	["no route", "/api/nothing", 404, "NOT_FOUND"],
] as const) {
	test(`${what} is answered with a code of the error table`, async (t) => {
		const { server } = await setUpFace(t);
		const answer = await server.inject(url);
		t.is(answer.statusCode, status);
		t.like(answer.json(), { code });
	});
}

test("a paper list is compared by the text of its QR code", async (t) => {
	const { server } = await setUpFace(t);
	const ask = (text: string) =>
		server.inject({
			method: "POST",
			url: "/api/lists/check",
			headers: { host: "localhost" },
			payload: { text },
		});
	const hash = "00".repeat(32);
	const seal = {
		...{ terminal: "till-0001", epoch: 1, subject: 1, first: 1, last: 9_999, rowCount: 7 },
		...{ netMinor: 900, currency: "CNY", hash, head: null },
	};
	const answer = await ask(formatListSeal(seal));
	t.is(answer.statusCode, 200, answer.body);
	t.like(answer.json(), {
		verdict: "incomplete",
		signature: "none",
		head: "none",
		paper: { rowCount: 7, net: { text: "9.00" } },
		missing: [{ to: 9_999 }],
	});
	t.is((await ask("hello")).statusCode, 422);
	t.is((await ask(formatListSeal({ ...seal, terminal: "till-0099" }))).statusCode, 404);
	t.is((await ask(formatListSeal({ ...seal, epoch: 7 }))).statusCode, 404);
});
