import { once } from "node:events";
import { createServer } from "node:http";
import { buffer } from "node:stream/consumers";
import type { ExecutionContext } from "ava";

export interface SunkRequest {
	readonly method: string;
	readonly path: string;
	readonly headers: Readonly<Record<string, string | undefined>>;
	readonly body: string;
}

export interface HttpSink {
	readonly url: string;
	readonly requests: SunkRequest[];
	/** What is answered from now on. */
	answer: { status: number; body: string };
}

/** A server on this machine that keeps what it is sent. */
export async function httpSink(t: ExecutionContext, body = "ok"): Promise<HttpSink> {
	const requests: SunkRequest[] = [];
	const server = createServer(async (request, response) => {
		const { method = "", url = "", headers } = request;
		const flat = Object.entries(headers).map(([name, value]) => [name, [value].flat().join()]);
		const sunk = { method, path: url, headers: Object.fromEntries(flat) };
		requests.push({ ...sunk, body: (await buffer(request)).toString("utf8") });
		response.writeHead(sink.answer.status).end(sink.answer.body);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	t.teardown(() => {
		server.closeAllConnections();
		server.close();
	});
	const address = server.address();
	const port = typeof address === "object" && address !== null ? address.port : 0;
	const sink: HttpSink = {
		url: `http://127.0.0.1:${port}`,
		requests,
		answer: { status: 200, body },
	};
	return sink;
}
