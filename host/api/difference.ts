import type { FastifyPluginAsync } from "fastify";
import { Type } from "typebox";
import { differencesCsv } from "../report/csv.ts";
import type { ApiOptions } from "./options.ts";
import { csvType, dateOf, typed } from "./route.ts";
import type { DifferenceFilter } from "./source.ts";
import { differenceView, reconcileView } from "./view.ts";

const filter = Type.Object({
	date: Type.Optional(Type.String()),
	terminal: Type.Optional(Type.String({ maxLength: 32 })),
});

function filterOf({ date, terminal }: Type.Static<typeof filter>): DifferenceFilter {
	return {
		...(date === undefined || date === "" ? {} : { businessDate: dateOf(date) }),
		...(terminal === undefined || terminal === "" ? {} : { terminal }),
	};
}

/** What the books do not agree on. */
export const differenceRoutes: FastifyPluginAsync<ApiOptions> = async (server, { source }) => {
	const routes = typed(server);
	const list = Type.Object({ differences: Type.Array(differenceView) });
	routes.get(
		"/differences",
		{
			schema: {
				summary: "What the last comparison found",
				querystring: filter,
				response: { 200: list },
			},
		},
		async ({ query }) => ({ differences: [...(await source.differences(filterOf(query)))] }),
	);
	routes.get(
		"/differences.csv",
		{ schema: { summary: "The same as CSV", querystring: filter } },
		async ({ query }, reply) => {
			reply.header("content-disposition", 'attachment; filename="differences.csv"');
			const differences = await source.differences(filterOf(query));
			return reply.type(csvType).send(differencesCsv(differences));
		},
	);
	routes.post(
		"/reconcile",
		{
			schema: {
				summary: "Compare terminal, acquirer and bank",
				body: filter,
				response: { 200: reconcileView },
			},
		},
		({ body }) => source.reconcile(filterOf(body)),
	);
};
