import { refuseCardNumbers } from "../../protocol/card-guard.ts";
import { CloseoutError } from "../../protocol/error.ts";
import type { Ingest } from "../ingest/ingest.ts";
import type { Store } from "../store/store.ts";

/** Characters of a name that a journal record of a person holds. */
const NAME_LENGTH_MAX = 16;
/** A terminal that comes on line later than this does not act on the answer any more. */
const ANSWER_VALID_S = 86_400;

export interface ReprintDecision {
	readonly terminal: string;
	/** Number of the request. */
	readonly asked: number;
	/** Who decides. */
	readonly by: string;
	readonly accepted: boolean;
}

/**
 * Sends the office's word on a copy to the terminal, which journals it before it prints. Throws `USAGE` for a name that
 * is none, `CARD_DATA`, `TERMINAL_UNKNOWN`, and `NOT_FOUND` when no such request is open.
 */
export async function answerReprint(
	{ store, ingest, nowS }: { readonly store: Store; readonly ingest: Ingest; nowS(): number },
	{ terminal, asked, by: name, accepted }: ReprintDecision,
): Promise<void> {
	const by = name.trim();
	if (by === "" || by.length > NAME_LENGTH_MAX) {
		throw new CloseoutError("USAGE", `say who decides, in at most ${NAME_LENGTH_MAX} characters`);
	}
	refuseCardNumbers([by], "by");
	const { epoch } = await store.getTerminal(terminal);
	const open = await store.listReprintsAsked({ terminal });
	if (!open.some((request) => request.asked === asked && request.epoch === epoch)) {
		throw new CloseoutError(
			"NOT_FOUND",
			`${terminal} waits for no answer to request ${asked}; see /api/reprints`,
		);
	}
	await ingest.sendCommand(terminal, {
		command: "approveReprint",
		expiresS: nowS() + ANSWER_VALID_S,
		arguments: [
			{ name: "asked", value: asked },
			{ name: "by", value: by },
			{ name: "accepted", value: accepted },
		],
	});
}
