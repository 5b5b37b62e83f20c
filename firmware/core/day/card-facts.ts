import { refuseCardNumbers } from "../../../protocol/card-guard.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import type { RecordBody } from "../../../protocol/record.ts";

type CardFacts = Pick<
	RecordBody<"outcome">,
	"scheme" | "reference" | "authorisation" | "response" | "lastFour"
>;

/**
 * The outcome with every text that looks like a card number cut to its last four characters: an outcome must
 * not be lost because an application filled a field wrongly, and a card number must not reach the media.
 */
export function withoutCardNumbers<T extends CardFacts>(body: T): T {
	return {
		...body,
		scheme: masked(body.scheme) ?? "",
		reference: masked(body.reference),
		authorisation: masked(body.authorisation),
		response: masked(body.response),
		lastFour: masked(body.lastFour),
	};
}

function masked(text: string | null): string | null {
	if (text === null) return null;
	try {
		refuseCardNumbers(text, "outcome");
		return text;
	} catch (error) {
		if (error instanceof CloseoutError && error.code === "CARD_DATA") return `*${text.slice(-4)}`;
		throw error;
	}
}
