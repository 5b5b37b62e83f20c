import type { FastifyPluginAsync } from "fastify";
import { Type } from "typebox";
import { formatAmount } from "../../protocol/money.ts";
import type { Decided, ExplainedRow } from "../match/explain.ts";
import type { ApiOptions } from "./options.ts";
import { typed } from "./route.ts";

const text = Type.String({ maxLength: 500 });

const rowView = Type.Object({
	name: Type.String(),
	leg: Type.String(),
	file: Type.String(),
	line: Type.Integer(),
	reference: Type.String(),
	kind: Type.String(),
	amount: Type.String(),
	currency: Type.String(),
	status: Type.String(),
	businessDate: Type.Union([Type.Integer(), Type.Null()]),
});

const decidedView = Type.Object({
	type: Type.Enum(["matched", "different", "waiting", "unrelated", "candidate"]),
	/** Rule of a match or a candidate, reason of a difference, leg that is waited for. */
	name: Type.String(),
	why: Type.String(),
	/** The rule in Chinese, where it is one of the document's. */
	whyZhCn: Type.String(),
	score: Type.Union([Type.Integer(), Type.Null()]),
	points: Type.Array(Type.String()),
	rows: Type.Array(rowView),
});

const decisionView = Type.Object({
	number: Type.Integer(),
	type: Type.Enum(["match", "unmatch"]),
	rows: Type.Array(Type.String()),
	by: Type.String(),
	why: Type.String(),
	atS: Type.Integer(),
});

const explanationView = Type.Object({
	id: Type.String(),
	rows: Type.Array(rowView),
	decided: Type.Array(decidedView),
	manual: Type.Array(decisionView),
});

const decisionBody = Type.Object({
	type: Type.Enum(["match", "unmatch"]),
	rows: Type.Array(text, { minItems: 2, maxItems: 50 }),
	by: Type.String({ minLength: 1, maxLength: 100 }),
	why: Type.String({ minLength: 1, maxLength: 500 }),
});

/** Why rows are matched, and what people decide about them. */
export const matchRoutes: FastifyPluginAsync<ApiOptions> = async (server, { source }) => {
	const routes = typed(server);
	routes.get(
		"/matches",
		{
			schema: {
				summary: "Why rows are matched, different or open",
				querystring: Type.Object({ id: text }),
				response: { 200: explanationView },
			},
		},
		async ({ query }) => {
			const { id, rows, decided, manual } = await source.explain(query.id);
			return {
				id,
				rows: rows.map(rowOf),
				decided: decided.map(decidedOf),
				manual: manual.map((one) => ({ ...one, rows: [...one.rows] })),
			};
		},
	);
	routes.post(
		"/matches",
		{
			schema: {
				summary: "Say that rows are one transaction, or that they are not",
				body: decisionBody,
				response: { 200: decisionView },
			},
		},
		async ({ body }) => {
			const kept = await source.decide(body);
			return { ...kept, rows: [...kept.rows] };
		},
	);
};

function rowOf({ amountMinor, businessDate, terminal: _, ...row }: ExplainedRow) {
	const amount = formatAmount(amountMinor, row.currency);
	return { ...row, amount, businessDate: businessDate ?? null };
}

function decidedOf(decided: Decided) {
	const none = { whyZhCn: "", score: null, points: [], rows: [] };
	if (decided.type === "different") {
		const { reason, why } = decided.difference;
		return { ...none, type: decided.type, name: reason, why };
	}
	const rows = decided.rows.map(rowOf);
	switch (decided.type) {
		case "matched": {
			const { type, rule, why, words, score, points } = decided;
			const whyZhCn = words?.["zh-CN"] ?? "";
			return { type, name: rule, why, whyZhCn, score: score ?? null, points: [...points], rows };
		}
		case "waiting":
			return {
				...none,
				type: decided.type,
				name: decided.missingAt,
				why: String(decided.until),
				rows,
			};
		case "unrelated":
			return { ...none, type: decided.type, name: "", why: "", rows };
		case "candidate": {
			const { type, rule, leftOut, score, points } = decided;
			return { ...none, type, name: rule, why: leftOut, score, points: [...points], rows };
		}
	}
}
