import type { FastifyPluginAsync } from "fastify";
import { Type } from "typebox";
import { ATTACHMENT_BYTES_MAX, CASE_TEXT_MAX, PERSON_MAX } from "../case/desk.ts";
import { caseStates, movedStates } from "../core/case.ts";
import { differenceReasons } from "../core/difference.ts";
import type { CaseFilter } from "../store/case-reading.ts";
import { caseOf, caseView, wholeCaseOf, wholeCaseView } from "./case-view.ts";
import type { ApiOptions } from "./options.ts";
import { dateOf, typed } from "./route.ts";

const filter = Type.Object({
	state: Type.Optional(Type.Enum([...caseStates, "open"])),
	terminal: Type.Optional(Type.String({ maxLength: 32 })),
	date: Type.Optional(Type.String({ maxLength: 10 })),
	reason: Type.Optional(Type.Enum([...differenceReasons])),
	assignee: Type.Optional(Type.String({ maxLength: PERSON_MAX })),
	dueBy: Type.Optional(Type.String({ maxLength: 10 })),
});

function filterOf(asked: Type.Static<typeof filter>): Omit<CaseFilter, "tenant"> {
	const { date, dueBy, ...same } = asked;
	return {
		...same,
		...(date === undefined ? {} : { businessDate: dateOf(date) }),
		...(dueBy === undefined ? {} : { dueBy: dateOf(dueBy) }),
	};
}

const params = Type.Object({ id: Type.String({ maxLength: 400 }) });
const person = Type.String({ minLength: 1, maxLength: PERSON_MAX });
const text = Type.String({ maxLength: CASE_TEXT_MAX });
const response = { 200: wholeCaseView };

/** 差错单: differences under work, and what people do with them. */
export const caseRoutes: FastifyPluginAsync<ApiOptions> = async (server, { source }) => {
	const routes = typed(server);
	const { cases } = source;
	const list = Type.Object({ cases: Type.Array(caseView) });
	routes.get(
		"/cases",
		{
			schema: {
				summary: "Cases, those with the most at stake first",
				querystring: filter,
				response: { 200: list },
			},
		},
		async ({ query }) => ({ cases: (await cases.list(filterOf(query))).map(caseOf) }),
	);
	routes.get(
		"/cases/:id",
		{ schema: { summary: "One case with its history", params, response } },
		async ({ params: { id } }) => wholeCaseOf(await cases.get(id)),
	);
	routes.get(
		"/cases/:id/evidence",
		{ schema: { summary: "The evidence of a case as one file to check off line", params } },
		async ({ params: { id } }, reply) => {
			const bytes = await source.evidence(id);
			reply.header("content-disposition", 'attachment; filename="evidence.zip"');
			return reply.type("application/zip").send(Buffer.from(bytes));
		},
	);
	const move = Type.Object({ state: Type.Enum([...movedStates]), by: person, text });
	routes.post(
		"/cases/:id/state",
		{ schema: { summary: "Move a case on, with a reason", params, body: move, response } },
		async ({ params: { id }, body }) => wholeCaseOf(await cases.move({ id, ...body })),
	);
	const assign = Type.Object({
		assignee: Type.String({ maxLength: PERSON_MAX }),
		by: person,
		text: Type.Optional(text),
	});
	routes.post(
		"/cases/:id/assignee",
		{
			schema: { summary: "Give a case to somebody, or to nobody", params, body: assign, response },
		},
		async ({ params: { id }, body }) =>
			wholeCaseOf(await cases.assign({ id, ...body, text: body.text ?? "" })),
	);
	routes.post(
		"/cases/:id/comments",
		{
			schema: {
				summary: "Say something about a case",
				params,
				body: Type.Object({ by: person, text }),
				response,
			},
		},
		async ({ params: { id }, body }) => wholeCaseOf(await cases.comment({ id, ...body })),
	);
	await server.register(attachmentRoutes, { source });
};

const attachmentRoutes: FastifyPluginAsync<Pick<ApiOptions, "source">> = async (
	server,
	{ source },
) => {
	const routes = typed(server);
	const { cases } = source;
	server.removeAllContentTypeParsers();
	server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) =>
		done(null, body),
	);
	const named = Type.Object({
		name: Type.String({ minLength: 1, maxLength: 200 }),
		by: person,
		text: Type.Optional(text),
	});
	routes.post(
		"/cases/:id/attachments",
		{
			bodyLimit: ATTACHMENT_BYTES_MAX,
			schema: {
				summary: "Put a file to a case, as the body",
				params,
				querystring: named,
				response,
			},
		},
		async ({ params: { id }, query, body }) => {
			const bytes = body instanceof Uint8Array ? new Uint8Array(body) : new Uint8Array();
			return wholeCaseOf(await cases.attach({ id, ...query, text: query.text ?? "", bytes }));
		},
	);
	const one = Type.Object({ ...params.properties, number: Type.Integer({ minimum: 1 }) });
	routes.get(
		"/cases/:id/attachments/:number",
		{ schema: { summary: "A file of a case", params: one } },
		async ({ params: { id, number } }, reply) => {
			const { name, bytes } = await cases.attachment(id, number);
			const quoted = encodeURIComponent(name);
			reply.header("content-disposition", `attachment; filename*=UTF-8''${quoted}`);
			// A picture of a stranger must not run as a page of ours.
			return reply.type("application/octet-stream").send(Buffer.from(bytes));
		},
	);
};
