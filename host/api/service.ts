import { Readable } from "node:stream";
import type { FastifyPluginAsync } from "fastify";
import { Type } from "typebox";
import { encodePullFrame } from "../../protocol/pull-frame.ts";
import { releasePurpose } from "../../protocol/record.ts";
import type { PullRange } from "../ingest/pulls.ts";
import type { ReleaseQuestion, ReleaseResult } from "../service/release.ts";
import type { ReprintDecision } from "../service/reprint.ts";
import type { ServiceAnswer, ServiceQuestion } from "../service/response.ts";
import type { ReprintAsked } from "../store/reprint.ts";
import { terminalParams, typed } from "./route.ts";

/** What the host does for technicians. */
export interface ServiceDesk {
	answerChallenge(question: ServiceQuestion): Promise<ServiceAnswer>;
	reprintsAsked(filter: { readonly terminal?: string }): Promise<readonly ReprintAsked[]>;
	answerReprint(decision: ReprintDecision): Promise<void>;
	askRelease(question: ReleaseQuestion): Promise<ReleaseResult>;
	pull(terminal: string, range: PullRange): AsyncGenerator<Uint8Array, void>;
}

const answer = Type.Object({
	terminal: Type.String(),
	epoch: Type.Integer(),
	challenge: Type.String(),
	response: Type.String(),
	by: Type.String(),
	atS: Type.Integer(),
});

const sequence = Type.Integer({ minimum: 0, maximum: 999_999_999_999 });

/** The response to a technician's challenge, and records out of a terminal's own journal. */
export const serviceRoutes: FastifyPluginAsync<{ readonly desk: ServiceDesk }> = async (
	server,
	{ desk },
) => {
	const routes = typed(server);
	routes.post(
		"/terminals/:terminal/service-response",
		{
			schema: {
				summary: "The response to a technician's challenge; who asks is kept",
				params: terminalParams,
				body: Type.Object({
					challenge: Type.String({ maxLength: 32 }),
					by: Type.String({ maxLength: 64 }),
				}),
				response: { 200: answer },
			},
		},
		async ({ params, body }) => desk.answerChallenge({ ...params, ...body }),
	);
	routes.post(
		"/terminals/:terminal/release",
		{
			schema: {
				summary: "May the terminal be updated, wiped or signed out? Waits for its answer",
				params: terminalParams,
				body: Type.Object({ purpose: Type.Enum([...releasePurpose.names]) }),
				response: {
					200: Type.Object({
						terminal: Type.String(),
						purpose: Type.String(),
						accepted: Type.Boolean(),
						reasons: Type.Array(Type.String()),
					}),
				},
			},
		},
		async ({ params, body }) => {
			const { reasons, ...answered } = await desk.askRelease({ ...params, ...body });
			return { ...answered, reasons: [...reasons] };
		},
	);
	routes.post(
		"/terminals/:terminal/pull",
		{
			schema: {
				summary:
					"Records out of the terminal's own journal: frames of protocol/README.md, section 7",
				params: terminalParams,
				body: Type.Object({ from: Type.Optional(sequence), to: Type.Optional(sequence) }),
			},
		},
		async ({ params, body }, reply) => {
			const messages = desk.pull(params.terminal, body);
			// What is refused is refused before anything is sent, so that it has a status of its own.
			const first = await messages.next();
			const frames = Readable.from(framed(first, messages), { objectMode: false });
			return reply.type("application/octet-stream").send(frames);
		},
	);
};

async function* framed(
	first: IteratorResult<Uint8Array, void>,
	messages: AsyncGenerator<Uint8Array, void>,
): AsyncGenerator<Uint8Array, void> {
	try {
		if (first.done !== true) yield encodePullFrame(first.value);
		for await (const message of messages) yield encodePullFrame(message);
	} finally {
		await messages.return();
	}
}
