import test from "ava";
import { startApi } from "../../../host/api/server.ts";
import { setUpFace } from "./_setup.ts";

test("with a token nobody comes in without it", async (t) => {
	const { server } = await setUpFace(t, { token: "open sesame" });
	t.is((await server.inject("/api/terminals")).statusCode, 401);
	t.is((await server.inject("/")).statusCode, 401);
	const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
	const ask = (headers: Record<string, string>) =>
		server.inject({ url: "/api/terminals", headers: { host: "shop.example", ...headers } });
	t.is((await ask(bearer("open sesam"))).statusCode, 401);
	t.is((await ask(bearer("open sesame"))).statusCode, 200);
});

test("a browser opens the address with the token once and keeps a cookie without it", async (t) => {
	const { server } = await setUpFace(t, { token: "open sesame" });
	const answer = await server.inject("/?token=open%20sesame");
	t.is(answer.statusCode, 302);
	const cookie = String(answer.headers["set-cookie"]);
	t.regex(cookie, /; HttpOnly; SameSite=Strict/);
	t.false(cookie.includes("sesame"));
	const [pair = ""] = cookie.split(";");
	t.is((await server.inject({ url: "/", headers: { cookie: pair } })).statusCode, 200);
	t.is((await server.inject({ url: "/", headers: { cookie: `${pair}x` } })).statusCode, 401);
	t.is((await server.inject("/?token=wrong")).statusCode, 401);
});

test("pages of other sites cannot ask through the browser of this machine", async (t) => {
	const { server } = await setUpFace(t);
	const ask = (headers: Record<string, string>) =>
		server.inject({ url: "/api/terminals", headers });
	t.is((await ask({ host: "evil.example" })).statusCode, 403);
	t.is((await ask({ host: "localhost:8080", origin: "http://evil.example" })).statusCode, 403);
	t.is((await ask({ host: "localhost:8080", origin: "http://localhost:8080" })).statusCode, 200);
	t.is((await ask({ host: "127.0.0.1:8080" })).statusCode, 200);
	t.is((await ask({ host: "[::1]:8080" })).statusCode, 200);
});

test("an address that other machines reach is refused without a token", async (t) => {
	const { source } = await setUpFace(t);
	const options = { source, nowS: () => 0, port: 0, address: "0.0.0.0" };
	await t.throwsAsync(startApi(options), { message: /give a token/ });
});

test("a taken port is told as such", async (t) => {
	const { source } = await setUpFace(t);
	const first = await startApi({ source, nowS: () => 0, port: 0 });
	t.teardown(first.close);
	const port = Number(new URL(first.url).port);
	await t.throwsAsync(startApi({ source, nowS: () => 0, port }), { message: /another port/ });
});

test("every route with a schema is in the description", async (t) => {
	const { get } = await setUpFace(t);
	t.like(await get("/api/openapi.json"), {
		openapi: "3.1.0",
		paths: {
			"/api/terminals": { get: { summary: "Terminals with their state" } },
			"/api/terminals/{terminal}/days/{date}": {
				get: { parameters: [{ name: "terminal", in: "path", required: true }, { name: "date" }] },
			},
			"/api/statements": { get: { summary: "Statements that were imported" } },
		},
	});
});

test("the pages come with a policy that lets only their own scripts run", async (t) => {
	const { server } = await setUpFace(t);
	const page = await server.inject("/");
	t.regex(String(page.headers["content-security-policy"]), /script-src 'self' 'sha256-/);
	for (const path of ["main.js", "style.css", "lib/preact.mjs", "lib/hooks.mjs", "lib/htm.mjs"]) {
		t.is((await server.inject(`/${path}`)).statusCode, 200, path);
	}
	t.is((await server.inject("/../package.json")).statusCode, 404);
});
