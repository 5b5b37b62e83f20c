import { refuseCardNumbers } from "../../protocol/card-guard.ts";
import { CloseoutError } from "../../protocol/error.ts";

/** The text with everything but the last four digits of what looks like a card number replaced by `*`. */
export function maskCardNumbers(text: string): string {
	return text.replaceAll(/\d(?:[ -]*\d){12,}/g, (run) =>
		isCardNumber(run) ? `****${run.replaceAll(/\D/g, "").slice(-4)}` : run,
	);
}

function isCardNumber(run: string): boolean {
	try {
		refuseCardNumbers(run, "text");
		return false;
	} catch (error) {
		if (error instanceof CloseoutError && error.code === "CARD_DATA") return true;
		throw error;
	}
}
