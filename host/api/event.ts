import type { ServerResponse } from "node:http";
import type { FastifyPluginAsync } from "fastify";
import type { Change } from "../ingest/changes.ts";
import type { ApiOptions } from "./options.ts";

/** Changes of one moment are told together, so that a busy fleet does not flood a page. */
const GATHER_MS = 250;
/** Shorter than the idle limit of usual proxies. */
const HEARTBEAT_MS = 15_000;
/** A page that reads slower than this many bytes behind is dropped; it comes again and asks anew. */
const BACKLOG_BYTES_MAX = 65_536;

/** Tells pages that are open what changed: `changed` events with the terminals they are about. */
export const eventRoutes: FastifyPluginAsync<ApiOptions> = async (server, { source }) => {
	const pages = new Set<EventStream>();
	const end = source.onChange((change) => {
		for (const page of pages) page.add(change);
	});
	server.addHook("preClose", async () => {
		end();
		for (const page of [...pages]) page.close();
	});
	server.get(
		"/events",
		{ schema: { summary: "Live changes as server-sent events" } },
		(_request, reply) => {
			reply.hijack();
			const page = new EventStream(reply.raw, () => pages.delete(page));
			pages.add(page);
		},
	);
};

/** One page that listens. */
class EventStream {
	readonly #response: ServerResponse;
	readonly #terminals = new Set<string>();
	readonly #heartbeat: NodeJS.Timeout;
	#gathering: NodeJS.Timeout | undefined;

	constructor(response: ServerResponse, ended: () => void) {
		this.#response = response;
		response.writeHead(200, {
			"content-type": "text/event-stream; charset=utf-8",
			"cache-control": "no-cache",
			"x-accel-buffering": "no",
		});
		response.on("close", () => {
			clearInterval(this.#heartbeat);
			clearTimeout(this.#gathering);
			ended();
		});
		this.#heartbeat = setInterval(() => this.#write(": still here\n\n"), HEARTBEAT_MS);
		this.#write("retry: 2000\nevent: hello\ndata: {}\n\n");
	}

	add(change: Change): void {
		if ("terminal" in change) this.#terminals.add(change.terminal);
		this.#gathering ??= setTimeout(() => this.#tell(), GATHER_MS);
	}

	close(): void {
		this.#response.end();
	}

	#tell(): void {
		this.#gathering = undefined;
		const data = JSON.stringify({ terminals: [...this.#terminals] });
		this.#terminals.clear();
		this.#write(`event: changed\ndata: ${data}\n\n`);
	}

	#write(text: string): void {
		this.#response.write(text);
		if (this.#response.writableLength > BACKLOG_BYTES_MAX) this.#response.destroy();
	}
}
