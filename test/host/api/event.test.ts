import test from "ava";
import { startApi } from "../../../host/api/server.ts";
import { StoreSource } from "../../../host/api/store-source.ts";
import { startTestHost } from "../../_helper/hosts.ts";

/** Lines of a stream, until one of them is wanted. */
async function readUntil(body: ReadableStream<Uint8Array>, wanted: RegExp): Promise<string> {
	let text = "";
	for await (const piece of body) {
		text += new TextDecoder().decode(piece);
		if (wanted.test(text)) return text;
	}
	return text;
}

test("a page that listens is told of a terminal that sends records", async (t) => {
	const { host, enrolled } = await startTestHost(t);
	const nowS = () => 0;
	const { store, onChange } = host;
	const source = new StoreSource({ store, nowS, zoneMinutes: () => 0, onChange });
	const api = await startApi({ source, nowS, port: 0 });
	t.teardown(api.close);
	const response = await fetch(`${api.url}/api/events`);
	t.is(response.headers.get("content-type"), "text/event-stream; charset=utf-8");
	const { body } = response;
	if (body === null) return t.fail("no body");
	await enrolled("till-0001");
	const text = await readUntil(body, /"till-0001"/);
	t.regex(text, /^retry: 2000\nevent: hello\n/);
	t.regex(text, /event: changed\ndata: \{"terminals":\["till-0001"\]\}\n\n/);
});

test("closing the pages ends the streams of those who listen", async (t) => {
	const { host } = await startTestHost(t);
	const source = new StoreSource({ store: host.store, nowS: () => 0, zoneMinutes: () => 0 });
	const api = await startApi({ source, nowS: () => 0, port: 0 });
	const { body } = await fetch(`${api.url}/api/events`);
	if (body === null) return t.fail("no body");
	const all = readUntil(body, /never/);
	await api.close();
	t.regex(await all, /event: hello/);
});
