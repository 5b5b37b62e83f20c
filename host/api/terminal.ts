import type { FastifyPluginAsync } from "fastify";
import { Type } from "typebox";
import { slipSvg } from "../report/picture.ts";
import { transactionSlip } from "../report/slip.ts";
import { paperText } from "../report/text.ts";
import type { ApiOptions } from "./options.ts";
import { languageOf, paperQuery, svgType, terminalParams, typed } from "./route.ts";
import { dayItem, recordView, terminalView } from "./view.ts";

/** Records that one request may ask for. */
const RECORDS_MAX = 1_000;

/** Terminals, their days, their records, and the slip of one transaction. */
export const terminalRoutes: FastifyPluginAsync<ApiOptions> = async (
	server,
	{ source, nowS, language },
) => {
	const routes = typed(server);
	const terminals = Type.Object({ nowS: Type.Integer(), terminals: Type.Array(terminalView) });
	routes.get(
		"/terminals",
		{ schema: { summary: "Terminals with their state", response: { 200: terminals } } },
		async () => ({ nowS: nowS(), terminals: [...(await source.terminals())] }),
	);
	const days = Type.Object({ days: Type.Array(dayItem) });
	routes.get(
		"/terminals/:terminal/days",
		{
			schema: {
				summary: "Business dates, newest first",
				params: terminalParams,
				response: { 200: days },
			},
		},
		async ({ params }) => ({ days: [...(await source.days(params.terminal))] }),
	);
	const place = Type.Object({ ...terminalParams.properties, epoch: Type.Integer() });
	const range = Type.Object({
		from: Type.Integer({ minimum: 1 }),
		to: Type.Integer({ minimum: 1 }),
	});
	routes.get(
		"/terminals/:terminal/records/:epoch",
		{
			schema: {
				summary: "Journal records of a range",
				params: place,
				querystring: range,
				response: { 200: Type.Object({ records: Type.Array(recordView) }) },
			},
		},
		async ({ params, query }) => {
			const to = Math.min(query.to, query.from + RECORDS_MAX - 1);
			const { terminal, epoch } = params;
			return { records: [...(await source.records(terminal, epoch, query.from, to))] };
		},
	);
	const one = Type.Object({ ...place.properties, sequence: Type.Integer({ minimum: 1 }) });
	routes.get(
		"/terminals/:terminal/slips/:epoch/:sequence",
		{ schema: { summary: "A slip as a picture", params: one, querystring: paperQuery } },
		async ({ params, query }, reply) => {
			const { terminal, epoch, sequence } = params;
			const transaction = await source.transaction(terminal, epoch, sequence);
			const known = (await source.terminals()).find((item) => item.terminal === terminal);
			const origin = { terminal, name: known?.name ?? terminal };
			const text = paperText(languageOf(query.language, language));
			const title = `${text.slip.title} ${epoch}.${sequence}`;
			const slip = transactionSlip(transaction, origin, text);
			return reply.type(svgType).send(slipSvg(slip, { columns: query.columns ?? 32, title }));
		},
	);
};
