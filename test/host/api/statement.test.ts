import test from "ava";
import { clearingFile, type Face, setUpFace } from "./_setup.ts";

async function upload({ server }: Face, csv: string, query = "") {
	const answer = await server.inject({
		method: "POST",
		url: `/api/statements?name=clearing.csv${query}`,
		headers: { "content-type": "application/octet-stream" },
		payload: csv,
	});
	const body: unknown = answer.json();
	return { status: answer.statusCode, body };
}

async function reconcile({ server }: Face, asked: object = {}) {
	const answer = await server.inject({ method: "POST", url: "/api/reconcile", payload: asked });
	const body: unknown = answer.json();
	return { status: answer.statusCode, body };
}

test("a statement is looked at first, and nothing is kept", async (t) => {
	const face = await setUpFace(t);
	const { csv } = await clearingFile(face.store);
	const { status, body } = await upload(face, csv, "&dryRun=true");
	t.is(status, 200);
	t.like(body, {
		stored: false,
		leftOut: [],
		blocked: null,
		statements: [
			{
				statement: { name: "clearing.csv", format: "acquirer-csv", leg: "acquirer", rows: 18 },
				findings: [],
				preview: [{ line: 2, kind: "sale", terminal: "till-0001", amount: { text: "12.80" } }],
			},
		],
	});
	t.deepEqual(await face.get("/api/statements"), { statements: [] });
});

test("one wrong line and nothing is imported; the answer names file and line", async (t) => {
	const face = await setUpFace(t);
	const { csv } = await clearingFile(face.store);
	const { status, body } = await upload(face, csv.replace(",171.18,", ",171.1x,"));
	t.is(status, 422);
	t.deepEqual(body, {
		code: "STATEMENT_ROW",
		message: 'clearing.csv:4: amount: "171.1x" is not a decimal amount',
	});
	t.deepEqual(await face.get("/api/statements"), { statements: [] });
	t.is((await upload(face, csv.split("TOTAL")[0] ?? "")).status, 422);
	t.is((await upload(face, "what is this")).status, 422);
	t.deepEqual(await face.get("/api/statements"), { statements: [] });
});

test("the same file is refused the second time, under any name", async (t) => {
	const face = await setUpFace(t);
	const { csv } = await clearingFile(face.store);
	t.is((await upload(face, csv)).status, 200);
	t.like(await upload(face, csv), { status: 409, body: { code: "REFUSED" } });
	t.like(await upload(face, csv, "&dryRun=true"), { status: 409 });
	t.like(await face.get("/api/statements"), {
		statements: [{ name: "clearing.csv", rows: 18, first: 2026_11_20, last: 2026_11_20 }],
	});
});

test("exactly what was planted comes out, with the journal record behind it", async (t) => {
	const face = await setUpFace(t);
	const { csv, planted } = await clearingFile(face.store, { remove: 2, double: 2, change: 2 });
	await upload(face, csv);
	const reasons = { removed: "missing-at-acquirer", doubled: "duplicate", changed: "amount" };
	// The sale whose outcome the terminal never learnt is one as well, without a reference.
	const expected = planted.map(({ action, row }) => `${reasons[action]} ${row.reference}`);
	expected.push("status ");
	t.like(await reconcile(face), { status: 200, body: { legs: ["terminal", "acquirer"] } });
	const differences = await face.source.differences({});
	t.deepEqual(
		differences.map(({ reason, reference }) => `${reason} ${reference}`).sort(),
		expected.sort(),
	);
	const changed = differences.find(({ reason }) => reason === "amount");
	const record = changed?.evidence.find(({ leg }) => leg === "terminal")?.record;
	t.like(record, { terminal: changed?.terminal, epoch: 1 });
	const csvAnswer = await face.server.inject("/api/differences.csv");
	t.is(csvAnswer.body.split("\r\n").length, 9);
});

test("a second comparison gives the same differences, and those that are gone go", async (t) => {
	const face = await setUpFace(t);
	const spoilt = await clearingFile(face.store, { remove: 1, double: 0, change: 0 });
	await upload(face, spoilt.csv);
	await reconcile(face);
	const before = await face.source.differences({});
	await reconcile(face);
	t.deepEqual(await face.source.differences({}), before);
	const [lost] = spoilt.planted;
	const { csv } = await clearingFile(face.store);
	const late = csv
		.split("\r\n")
		.filter((line) => line.includes(lost?.row.reference ?? "") || line.startsWith("acquirer,"));
	const amount = late[1]?.split(",")[9] ?? "";
	const second = await upload(face, `${late.join("\r\n")}\r\nTOTAL,1,${amount}\r\n`);
	t.is(second.status, 200);
	await reconcile(face);
	t.is(before.length, 2);
	t.deepEqual(
		(await face.source.differences({})).map(({ reason }) => reason),
		["status"],
	);
});

test("a comparison can be asked for one date and one terminal", async (t) => {
	const face = await setUpFace(t);
	await upload(face, (await clearingFile(face.store, { remove: 0, double: 0, change: 6 })).csv);
	const one = await face.source.reconcile({ terminal: "till-0002" });
	const all = await face.source.reconcile({ businessDate: 2026_11_20 });
	t.true(one.differences.length > 0 && one.differences.length < all.differences.length);
	t.true(one.differences.every(({ terminal }) => terminal === "till-0002"));
});

test("without a statement there is nothing to compare with", async (t) => {
	t.like(await reconcile(await setUpFace(t)), { status: 404, body: { code: "NOT_FOUND" } });
});

test("an upload without a body or with a wrong format says so", async (t) => {
	const face = await setUpFace(t);
	const empty = await face.server.inject({ method: "POST", url: "/api/statements?name=a.csv" });
	t.is(empty.statusCode, 400);
	const { csv } = await clearingFile(face.store);
	t.like(await upload(face, csv, "&format=xls"), { status: 400, body: { code: "USAGE" } });
	t.like(await upload(face, csv, "&format=camt.053"), { status: 422 });
});
