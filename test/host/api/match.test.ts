import test from "ava";
import { clearingFile, type Face, setUpFace } from "./_setup.ts";

async function imported(face: Face): Promise<string> {
	const { csv, planted } = await clearingFile(face.store, { remove: 0, double: 0, change: 1 });
	const answer = await face.server.inject({
		method: "POST",
		url: "/api/statements?name=clearing.csv",
		headers: { "content-type": "application/octet-stream" },
		payload: csv,
	});
	if (answer.statusCode !== 200) throw new Error(answer.body);
	return planted[0]?.row.reference ?? "";
}

function post({ server }: Face, payload: object) {
	return server.inject({ method: "POST", url: "/api/matches", payload });
}

test("a row is explained over the API, and what a person decides about it is kept", async (t) => {
	const face = await setUpFace(t);
	const reference = await imported(face);
	const told: unknown = await face.get(`/api/matches?id=${reference}`);
	t.like(told, {
		id: reference,
		decided: [
			{ type: "matched", name: "exact", whyZhCn: "终端、营业日、类型和参考号相同" },
			{ type: "different", name: "amount" },
		],
		manual: [],
	});
	const rows = JSON.stringify(told).match(/(terminal|acquirer):[^"]+/g) ?? [];
	const decision = { type: "match", rows: [...new Set(rows)], by: "Li Wei", why: "slip seen" };
	const kept = await post(face, decision);
	t.is(kept.statusCode, 200, kept.body);
	t.like(await face.get(`/api/matches?id=${reference}`), {
		decided: [{ type: "matched", name: "manual" }],
		manual: [{ number: 1, by: "Li Wei" }],
	});
});

test("a decision without a reason, or about a row that is not there, is refused", async (t) => {
	const face = await setUpFace(t);
	await imported(face);
	const rows = ["bank:a:1:sale", "bank:b:1:sale"];
	t.is((await post(face, { type: "match", rows, by: "Li Wei", why: "" })).statusCode, 400);
	t.is((await post(face, { type: "match", rows, by: "Li Wei", why: "x" })).statusCode, 404);
	const card = { type: "match", rows, by: "Li Wei", why: "card 4111 1111 1111 1111" };
	const refused = await post(face, card);
	t.is(refused.statusCode, 409, refused.body);
	t.false(refused.body.includes("1111"));
	t.is((await face.server.inject("/api/matches?id=nothing")).statusCode, 404);
});
