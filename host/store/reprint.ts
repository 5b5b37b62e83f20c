import type { Address } from "../../protocol/message.ts";
import { toNote } from "./book-rows.ts";
import type { Context } from "./database.ts";

/** A copy that a terminal asks the host for. */
export interface ReprintAsked extends Address {
	/** Its record: the number of the request. */
	readonly asked: number;
	readonly askedS: number;
	readonly document: string;
	readonly subject: number;
	readonly copy: number;
	readonly by: string;
	readonly reason: string;
}

const NOTES_MAX = 400;

/** Copies that the host was asked for and that have no answer yet, the newest first. */
export async function listReprintsAsked(
	{ read }: Context,
	filter: { readonly terminal?: string } = {},
): Promise<readonly ReprintAsked[]> {
	const query = read
		.selectFrom("note")
		.selectAll()
		.where("kind", "in", ["reprintAsked", "reprintAnswer"])
		.orderBy("wallS", "desc")
		.orderBy("seq", "desc")
		.limit(NOTES_MAX);
	const { terminal } = filter;
	const rows = await (terminal === undefined
		? query
		: query.where("terminal", "=", terminal)
	).execute();
	const notes = rows.map(toNote);
	const answered = new Set(
		notes.flatMap(({ kind, body, ...place }) =>
			kind === "reprintAnswer" ? [requestOf(place, Number(body.asked))] : [],
		),
	);
	return notes.flatMap(({ kind, seq: asked, wallS: askedS, body, ...place }) => {
		const isOpen = body.way === "host" && !answered.has(requestOf(place, asked));
		if (kind !== "reprintAsked" || !isOpen) return [];
		const { document, subject, copy, by, reason } = body;
		const { terminal, epoch } = place;
		return [
			{
				terminal,
				epoch,
				asked,
				askedS,
				document: String(document),
				subject: Number(subject),
				copy: Number(copy),
				by: String(by),
				reason: String(reason),
			},
		];
	});
}

function requestOf({ terminal, epoch }: Address, asked: number): string {
	return `${terminal} ${epoch} ${asked}`;
}
