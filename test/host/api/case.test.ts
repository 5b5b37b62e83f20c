import test from "ava";
import { fieldOf } from "../../emulator/json.ts";
import { clearingFile, type Face, setUpFace } from "./_setup.ts";

/** One sale that the acquirer forgot; the path of its case. */
async function forgotten(face: Face): Promise<string> {
	const { csv } = await clearingFile(face.store, { remove: 1, double: 0, change: 0 });
	const answer = await face.server.inject({
		method: "POST",
		url: "/api/statements?name=clearing.csv",
		headers: { "content-type": "application/octet-stream" },
		payload: csv,
	});
	if (answer.statusCode !== 200) throw new Error(answer.body);
	await face.source.reconcile({});
	const [one] = await face.source.cases.list({ reason: "missing-at-acquirer" });
	return `/api/cases/${encodeURIComponent(one?.id ?? "")}`;
}

function post({ server }: Face, url: string, payload: object) {
	return server.inject({ method: "POST", url, payload });
}

const by = "Li Wei";

test("a case is claimed, answered and resolved, and says who did what and why", async (t) => {
	const face = await setUpFace(t);
	const path = await forgotten(face);
	t.like(await face.get(path), {
		reason: "missing-at-acquirer",
		state: "found",
		present: true,
		deadline: { date: 2026_12_11, rule: "authorisation" },
		deadlineRule: { days: 21 },
	});
	for (const state of ["claimed", "answered", "resolved"]) {
		const moved = await post(face, `${path}/state`, { state, by, text: `${state} by mail` });
		t.is(moved.statusCode, 200, moved.body);
	}
	await post(face, `${path}/assignee`, { assignee: "Chen Jing", by });
	await post(face, `${path}/comments`, { by, text: "paid on Friday" });
	const told = await face.get(path);
	t.like(told, { state: "resolved", assignee: "Chen Jing" });
	const steps = fieldOf(told, "steps");
	const said = (Array.isArray(steps) ? steps : []).map((step) => [
		fieldOf(step, "type"),
		fieldOf(step, "text"),
	]);
	t.deepEqual(said, [
		["state", ""],
		["state", "claimed by mail"],
		["state", "answered by mail"],
		["state", "resolved by mail"],
		["assign", ""],
		["comment", "paid on Friday"],
	]);
	t.deepEqual(await face.get("/api/cases?state=open&reason=missing-at-acquirer"), { cases: [] });
	t.like(await face.get("/api/cases?state=resolved&reason=missing-at-acquirer"), {
		cases: [{ state: "resolved" }],
	});
});

test("what is not allowed, not there, without a reason or with a card number is refused", async (t) => {
	const face = await setUpFace(t);
	const path = await forgotten(face);
	const move = { state: "claimed", by, text: "why" };
	t.is((await post(face, `${path}/state`, { ...move, state: "answered" })).statusCode, 409);
	t.is((await post(face, `${path}/state`, { ...move, text: " " })).statusCode, 400);
	t.is((await post(face, `${path}/state`, { ...move, state: "found" })).statusCode, 400);
	t.is((await post(face, "/api/cases/nothing/state", move)).statusCode, 404);
	const card = await post(face, `${path}/comments`, { by, text: "card 4111 1111 1111 1111" });
	t.is(card.statusCode, 409);
	t.false(card.body.includes("1111"));
	t.is((await face.server.inject("/api/cases?date=2026-13-01")).statusCode, 400);
	t.like(await face.get(path), { state: "found", steps: { length: 1 } });
});

test("a file comes back as it was, and is never a page of the host", async (t) => {
	const face = await setUpFace(t);
	const path = await forgotten(face);
	const send = (payload: string | Buffer, name = "答复.html") =>
		face.server.inject({
			method: "POST",
			url: `${path}/attachments?${new URLSearchParams({ name, by })}`,
			headers: { "content-type": "text/html" },
			payload,
		});
	const sent = await send("<script>1</script>");
	t.is(sent.statusCode, 200, sent.body);
	const got = await face.server.inject(`${path}/attachments/1`);
	t.is(got.body, "<script>1</script>");
	t.is(got.headers["content-type"], "application/octet-stream");
	t.regex(String(got.headers["content-disposition"]), /^attachment; filename\*=UTF-8''%E7/);
	t.is((await face.server.inject(`${path}/attachments/2`)).statusCode, 404);
	t.is((await send("card 4111111111111111", "a.txt")).statusCode, 409);
	t.is((await send("", "b.txt")).statusCode, 400);
	t.is((await send(Buffer.alloc(5 * 1024 * 1024 + 1), "c.bin")).statusCode, 413);
	t.like(await face.get(path), { attachments: { length: 1 } });
});

test("the routes are described", async (t) => {
	const face = await setUpFace(t);
	const paths = Object.keys(Object(fieldOf(await face.get("/api/openapi.json"), "paths")));
	t.is(paths.filter((path) => path.startsWith("/api/cases")).length, 8);
});
