import type { Static } from "typebox";
import { COLUMN_DOTS, type PaperEntry, paperText } from "../paper/model.ts";
import { paperSvg } from "../paper/picture.ts";
import { range, terminalParams } from "./schema.ts";
import type { Routes } from "./server.ts";

type Id = Static<typeof terminalParams>;
type Range = Static<typeof range>;

/** One piece of paper: what lies between two cuts. The last one hangs in the printer and still grows. */
interface Piece {
	readonly from: number;
	readonly to: number;
	readonly isCut: boolean;
}

/** The paper roll, as a list of its pieces and as bytes, text or picture. */
export const paperRoutes: Routes = (app, { world }) => {
	const ranged = { schema: { params: terminalParams, querystring: range } };
	app.get<{ Params: Id; Querystring: Range }>(
		"/v1/terminals/:id/paper",
		ranged,
		async ({ params, query }) => {
			const { printer } = world.machine(params.id).parts;
			const { entries } = printer.paper;
			return {
				entries: entries.length,
				bytes: printer.rollBytes,
				usedMm: printer.usedMm,
				printer: printer.status(),
				pieces: piecesOf(entries).filter(({ to }) => to > (query.from ?? 0)),
			};
		},
	);
	app.get<{ Params: Id; Querystring: Range }>(
		"/v1/terminals/:id/paper/bytes",
		ranged,
		async ({ params, query }, reply) => {
			const { roll } = world.machine(params.id).parts.printer;
			const bytes = roll.subarray(query.from ?? 0, query.to);
			return reply.type("application/octet-stream").send(Buffer.from(bytes));
		},
	);
	app.get<{ Params: Id; Querystring: Range }>(
		"/v1/terminals/:id/paper/text",
		ranged,
		async ({ params, query }, reply) => {
			const { settings, parts } = world.machine(params.id);
			const paper = parts.printer.paper;
			const entries = paper.entries.slice(query.from ?? 0, query.to);
			const text = paperText({ ...paper, entries }, { columns: settings.paperColumns });
			return reply.type("text/plain; charset=utf-8").send(text);
		},
	);
	app.get<{ Params: Id; Querystring: Range }>(
		"/v1/terminals/:id/paper/svg",
		ranged,
		async ({ params, query }, reply) => {
			const { settings, parts } = world.machine(params.id);
			const entries = parts.printer.paper.entries.slice(query.from ?? 0, query.to);
			const svg = paperSvg(entries, { dotsAcross: settings.paperColumns * COLUMN_DOTS });
			return reply.type("image/svg+xml; charset=utf-8").send(svg);
		},
	);
};

function piecesOf(entries: readonly PaperEntry[]): readonly Piece[] {
	const pieces: Piece[] = [];
	let from = 0;
	for (const [index, { kind }] of entries.entries()) {
		if (kind !== "cut") continue;
		pieces.push({ from, to: index + 1, isCut: true });
		from = index + 1;
	}
	if (from < entries.length) pieces.push({ from, to: entries.length, isCut: false });
	return pieces;
}
