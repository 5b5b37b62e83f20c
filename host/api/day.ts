import type { FastifyPluginAsync } from "fastify";
import { Type } from "typebox";
import { formatDate } from "../../protocol/time.ts";
import { dayCsv } from "../report/csv.ts";
import { dailyList } from "../report/list.ts";
import { slipSvg } from "../report/picture.ts";
import { paperText } from "../report/text.ts";
import type { ApiOptions } from "./options.ts";
import {
	csvType,
	dateOf,
	languageOf,
	paperQuery,
	svgType,
	terminalParams,
	typed,
} from "./route.ts";
import { dayView } from "./view.ts";

/** One business date of a terminal: as data, as the daily list, as CSV. */
export const dayRoutes: FastifyPluginAsync<ApiOptions> = async (server, { source, language }) => {
	const routes = typed(server);
	const params = Type.Object({
		...terminalParams.properties,
		date: Type.String({ description: "yyyy-mm-dd, or latest" }),
	});
	const read = ({ terminal, date }: Type.Static<typeof params>) =>
		source.day(terminal, date === "latest" ? undefined : dateOf(date));
	routes.get(
		"/terminals/:terminal/days/:date",
		{
			schema: {
				summary: "A business date: complete, or what is missing",
				params,
				response: { 200: dayView },
			},
		},
		({ params: asked }) => read(asked),
	);
	routes.get(
		"/terminals/:terminal/days/:date/list.svg",
		{ schema: { summary: "The daily list as a picture", params, querystring: paperQuery } },
		async ({ params: asked, query }, reply) => {
			const day = await read(asked);
			const text = paperText(languageOf(query.language, language));
			const title = `${text.list.title} ${day.terminal} ${formatDate(day.businessDate)}`;
			const columns = query.columns ?? 32;
			return reply.type(svgType).send(slipSvg(dailyList(day, text), { columns, title }));
		},
	);
	routes.get(
		"/terminals/:terminal/days/:date/transactions.csv",
		{ schema: { summary: "The transactions as CSV", params } },
		async ({ params: asked }, reply) => {
			const day = await read(asked);
			const name = `${day.terminal}-${formatDate(day.businessDate)}.csv`;
			reply.header("content-disposition", `attachment; filename="${name}"`);
			return reply.type(csvType).send(dayCsv(day));
		},
	);
};
