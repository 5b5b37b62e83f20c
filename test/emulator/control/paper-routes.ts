import type { Static } from "typebox";
import { COLUMN_DOTS, type PaperEntry, paperText } from "../paper/model.ts";
import { paperSvg } from "../paper/picture.ts";
import { range, terminalParams } from "./schema.ts";
import type { Routes } from "./server.ts";

type Id = Static<typeof terminalParams>;
type Range = Static<typeof range>;

/** One piece of paper, as a person tears it off. The last one hangs in the printer and still grows. */
interface Piece {
	readonly from: number;
	readonly to: number;
	readonly isComplete: boolean;
}

/** So much empty paper between two lines is where a printer without a cutter lets paper be torn. */
const TEAR_LINES = 4;

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

/** Pieces end at a cut, or after empty paper that was fed for tearing. */
function piecesOf(entries: readonly PaperEntry[]): readonly Piece[] {
	const pieces: Piece[] = [];
	let from = 0;
	let empty = 0;
	for (const [index, entry] of entries.entries()) {
		const isCut = entries[index - 1]?.kind === "cut";
		if (index > from && (isCut || (empty >= TEAR_LINES && !isEmpty(entry)))) {
			pieces.push({ from, to: index, isComplete: true });
			from = index;
		}
		empty = isEmpty(entry) ? empty + 1 : 0;
	}
	const isComplete = entries.at(-1)?.kind === "cut";
	if (from < entries.length) pieces.push({ from, to: entries.length, isComplete });
	return pieces;
}

function isEmpty(entry: PaperEntry): boolean {
	return entry.kind === "feed" || (entry.kind === "line" && entry.runs.length === 0);
}
