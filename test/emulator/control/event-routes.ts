import type { FastifyInstance } from "fastify";
import type { Static } from "typebox";
import type { WorldEvent } from "../event.ts";
import { eventsQuery } from "./schema.ts";
import type { Routes } from "./server.ts";

const QUEUE_MAX = 10_000;

/** What happens, as server-sent events. A watcher that falls behind too far is let go and comes back by itself. */
export const eventRoutes: Routes = (app, { world }) => {
	const streams = new Set<EventStream>();
	closeWith(app, streams);
	app.get<{ Querystring: Static<typeof eventsQuery> }>(
		"/v1/events",
		{ sse: "only", schema: { querystring: eventsQuery } },
		async ({ query }, reply) => {
			const stream = new EventStream();
			streams.add(stream);
			const { terminal } = query;
			const forget = world.events.listen((event) => {
				if (terminal === undefined || !("terminal" in event) || event.terminal === terminal) {
					stream.push(event);
				}
			});
			reply.sse.onClose(() => stream.end());
			try {
				await reply.sse.send({ event: "hello", data: { terminals: ids(world) } });
				await reply.sse.send(stream.messages());
			} finally {
				forget();
				streams.delete(stream);
			}
		},
	);
};

function ids({ machines }: { readonly machines: readonly { settings: { id: string } }[] }) {
	return machines.map(({ settings }) => settings.id);
}

function closeWith(app: FastifyInstance, streams: ReadonlySet<EventStream>): void {
	app.addHook("preClose", async () => {
		for (const stream of streams) stream.end();
	});
}

/** A queue between the world, which does not wait, and one watcher. */
class EventStream {
	#queue: WorldEvent[] = [];
	#isOver = false;
	#wake: () => void = () => {};

	push(event: WorldEvent): void {
		this.#queue.push(event);
		if (this.#queue.length > QUEUE_MAX) this.end();
		this.#wake();
	}

	end(): void {
		this.#isOver = true;
		this.#wake();
	}

	async *messages() {
		while (!this.#isOver) {
			const events = this.#queue;
			this.#queue = [];
			for (const event of events) yield { event: event.type, data: event };
			if (this.#queue.length > 0) continue;
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
				if (this.#isOver) resolve();
			});
		}
	}
}
