import { Readable } from "node:stream";
import type { FastifyPluginAsync } from "fastify";
import { Type } from "typebox";
import { CloseoutError } from "../../protocol/error.ts";
import type { ApiOptions } from "./options.ts";
import { typed } from "./route.ts";
import { badRowView, importView, statementView } from "./view.ts";

/** Statement files: what is here, and a new one as the body of a request. */
export const statementRoutes: FastifyPluginAsync<ApiOptions> = async (server, { source }) => {
	const routes = typed(server);
	// The body is handed on as it comes: a statement is never held in memory as a whole.
	server.removeAllContentTypeParsers();
	server.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
	const list = Type.Object({ statements: Type.Array(statementView) });
	routes.get(
		"/statements",
		{ schema: { summary: "Statements that were imported", response: { 200: list } } },
		async () => ({ statements: [...(await source.statements())] }),
	);
	const query = Type.Object({
		name: Type.String({ minLength: 1, maxLength: 200 }),
		format: Type.Optional(Type.String({ maxLength: 40 })),
		dryRun: Type.Optional(Type.Boolean()),
		skipBadRows: Type.Optional(Type.Boolean()),
		acceptTotals: Type.Optional(Type.Boolean()),
		overlap: Type.Optional(Type.Union([Type.Literal("merge"), Type.Literal("add")])),
	});
	const ofOne = Type.Object({ statement: Type.Optional(Type.String({ maxLength: 64 })) });
	const badRows = Type.Object({ badRows: Type.Array(badRowView) });
	routes.get(
		"/statements/bad-rows",
		{
			schema: {
				summary: "Lines that could not be read and are kept aside",
				querystring: ofOne,
				response: { 200: badRows },
			},
		},
		async ({ query: { statement } }) => ({ badRows: [...(await source.badRows(statement))] }),
	);
	routes.get(
		"/statements/bad-rows.csv",
		{ schema: { summary: "Those still open, as a CSV to correct and import", querystring: ofOne } },
		async ({ query: { statement } }, reply) => {
			const { csv } = await source.corrections(statement);
			reply.header("content-disposition", 'attachment; filename="bad-rows.csv"');
			return reply.type("text/csv; charset=utf-8").send(csv);
		},
	);
	routes.post(
		"/statements",
		{
			schema: {
				summary: "Import a statement file or an archive of them, or only look at it with dryRun",
				querystring: query,
				response: { 200: importView },
			},
		},
		({ query: asked, body }) => {
			if (!(body instanceof Readable)) {
				throw new CloseoutError("USAGE", "the request has no body; send the file as it is");
			}
			const name = asked.name.split(/[/\\]/).at(-1) ?? "";
			return source.importStatement({
				...asked,
				name: name === "" ? "statement" : name,
				bytes: body,
				dryRun: asked.dryRun ?? false,
			});
		},
	);
};
