import type { FastifyPluginAsync } from "fastify";
import { Type } from "typebox";
import { terminalParams, typed } from "./route.ts";
import type { ServiceDesk } from "./service.ts";

const person = Type.String({ minLength: 1, maxLength: 64 });

const request = Type.Object({
	terminal: Type.String(),
	epoch: Type.Integer(),
	/** Number of the request. */
	asked: Type.Integer(),
	askedS: Type.Integer(),
	document: Type.String(),
	subject: Type.Integer(),
	copy: Type.Integer(),
	by: Type.String(),
	reason: Type.String(),
});

/** Copies that terminals ask for: allowed or refused by the office, and one-time codes where a terminal is off line. */
export const reprintRoutes: FastifyPluginAsync<{ readonly desk: ServiceDesk }> = async (
	server,
	{ desk },
) => {
	const routes = typed(server);
	routes.get(
		"/reprints",
		{
			schema: {
				summary: "Copies that wait for an answer, the newest first",
				querystring: Type.Object({ terminal: Type.Optional(Type.String({ maxLength: 32 })) }),
				response: { 200: Type.Object({ requests: Type.Array(request) }) },
			},
		},
		async ({ query }) => ({ requests: [...(await desk.reprintsAsked(query))] }),
	);
	routes.post(
		"/terminals/:terminal/reprints/:asked",
		{
			schema: {
				summary: "Allows or refuses a copy; the terminal journals it before it prints",
				params: Type.Object({
					...terminalParams.properties,
					asked: Type.Integer({ minimum: 1 }),
				}),
				body: Type.Object({ by: person, accepted: Type.Boolean() }),
				response: { 202: Type.Object({ sent: Type.Boolean() }) },
			},
		},
		async ({ params, body }, reply) => {
			await desk.answerReprint({ ...params, ...body });
			return reply.status(202).send({ sent: true });
		},
	);
	routes.post(
		"/terminals/:terminal/reprint-code",
		{
			schema: {
				summary: "The one-time code for the digits on a terminal's screen; who approves is kept",
				params: terminalParams,
				body: Type.Object({ challenge: Type.String({ maxLength: 32 }), by: person }),
				response: {
					200: Type.Object({ terminal: Type.String(), code: Type.String(), by: Type.String() }),
				},
			},
		},
		async ({ params, body }) => {
			const question = { ...params, ...body, purpose: "reprint" } as const;
			const { terminal, response, by } = await desk.answerChallenge(question);
			return { terminal, code: response, by };
		},
	);
};
