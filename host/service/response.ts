import { refuseCardNumbers } from "../../protocol/card-guard.ts";
import { CloseoutError } from "../../protocol/error.ts";
import type { Address } from "../../protocol/message.ts";
import {
	deriveReprintCode,
	deriveServiceResponse,
	normaliseServiceCode,
} from "../../protocol/service.ts";
import { hmacSha256 } from "../digest.ts";
import type { ResponsePurpose } from "../store/service.ts";
import type { Store } from "../store/store.ts";

/** Characters of the name of somebody who asks. */
const NAME_LENGTH_MAX = 64;

export interface ServiceQuestion {
	readonly terminal: string;
	/** The digits on the terminal's screen, in groups or not. */
	readonly challenge: string;
	/** Who asks. */
	readonly by: string;
	/** What the response is for; a technician's menu when left out. */
	readonly purpose?: ResponsePurpose;
}

export interface ServiceAnswer extends Address {
	readonly purpose: ResponsePurpose;
	readonly challenge: string;
	readonly response: string;
	readonly by: string;
	/** Seconds since 1970. */
	readonly atS: number;
}

/**
 * The response to a technician's challenge, or the one-time code of a copy, after who asks is kept. Throws `USAGE` for a challenge or a name that is
 * none, `TERMINAL_UNKNOWN`, `REFUSED` for a terminal that was never enrolled, `CARD_DATA` for a name like a card
 * number.
 */
export async function answerChallenge(
	store: Store,
	{ terminal, challenge: typed, by: name, purpose = "menu" }: ServiceQuestion,
): Promise<ServiceAnswer> {
	const challenge = normaliseServiceCode(typed);
	const by = name.trim();
	if (by === "" || by.length > NAME_LENGTH_MAX) {
		throw new CloseoutError("USAGE", `say who asks, in at most ${NAME_LENGTH_MAX} characters`);
	}
	refuseCardNumbers([by], "by");
	const { epoch } = await store.getTerminal(terminal);
	const key = await store.findKey({ terminal, epoch });
	if (key === undefined) {
		throw new CloseoutError(
			"REFUSED",
			`terminal ${terminal} is not enrolled; it has nothing to answer`,
		);
	}
	const derive = purpose === "menu" ? deriveServiceResponse : deriveReprintCode;
	const response = derive(key.key, { terminal, epoch, challenge }, hmacSha256);
	const { atS } = await store.addServiceResponse({ terminal, epoch, purpose, challenge, by });
	return { terminal, epoch, purpose, challenge, response, by, atS };
}
