import type { FastifyPluginAsync } from "fastify";
import { Type } from "typebox";
import { QR_DATA_BYTES_MAX } from "../../protocol/limits.ts";
import type { CheckedList } from "../import/paper-check.ts";
import type { ApiOptions } from "./options.ts";
import { typed } from "./route.ts";
import { money, moneyOf } from "./view.ts";

/** A text that was typed in groups has a blank for every few characters. */
const TEXT_MAX = 2 * QR_DATA_BYTES_MAX;

const verdict = Type.Union([
	Type.Literal("same"),
	Type.Literal("differs"),
	Type.Literal("incomplete"),
]);
const signature = Type.Union([
	Type.Literal("right"),
	Type.Literal("wrong"),
	Type.Literal("none"),
	Type.Literal("noKey"),
]);
const head = Type.Union([
	Type.Literal("same"),
	Type.Literal("differs"),
	Type.Literal("unknown"),
	Type.Literal("none"),
]);
const figures = Type.Object({ rowCount: Type.Integer(), net: money });

const listCheckView = Type.Object({
	terminal: Type.String(),
	epoch: Type.Union([Type.Integer(), Type.Null()]),
	first: Type.Integer(),
	last: Type.Integer(),
	verdict,
	signature,
	head,
	paper: figures,
	host: figures,
	/** Records of the list that the host does not hold. */
	missing: Type.Array(Type.Object({ from: Type.Integer(), to: Type.Integer() })),
	/** The one row that would have to be on the paper as well. */
	notOnPaper: Type.Union([Type.Integer(), Type.Null()]),
});

/** A list on paper against the records. */
export const listCheckRoutes: FastifyPluginAsync<ApiOptions> = async (server, { source }) => {
	typed(server).post(
		"/lists/check",
		{
			schema: {
				summary: "Compares the text of a paper list's QR code with the records",
				body: Type.Object({ text: Type.String({ maxLength: TEXT_MAX }) }),
				response: { 200: listCheckView },
			},
		},
		async ({ body }) => viewOf(await source.checkList(body.text)),
	);
};

function viewOf(checked: CheckedList): Type.Static<typeof listCheckView> {
	const { seal, paper, host, missing, notOnPaper, ...judged } = checked;
	const { terminal, epoch, first, last, currency } = seal;
	return {
		...{ terminal, epoch, first, last },
		verdict: judged.verdict,
		signature: judged.signature,
		head: judged.head,
		paper: { rowCount: paper.rowCount, net: moneyOf(paper.netMinor, currency) },
		host: { rowCount: host.rowCount, net: moneyOf(host.netMinor, currency) },
		missing: [...missing],
		notOnPaper,
	};
}
