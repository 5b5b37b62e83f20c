import { assert } from "../../protocol/error.ts";
import {
	type AppBody,
	type CoreBody,
	type CoreMessage,
	encodeAppMessage,
} from "../../protocol/payment-app.ts";

/** A charge that the application wants to make; fields as in `intent` of `protocol/payment-app.ts`. */
export interface Charge {
	readonly type: AppBody<"intent">["type"];
	readonly method: "card" | "qr" | "cash";
	/** Minor units, more than 0. */
	readonly amountMinor: number;
	/** ISO 4217. */
	readonly currency: string;
	/** The application's trace number (STAN), where it has one by now. */
	readonly trace: number | null;
	/** The transaction that a void, refund or completion refers to, by its number from `intend` or its trace number. */
	readonly original?: number | null;
	readonly originalTrace?: number | null;
	readonly order?: string | null;
	/** Who sells, at most 16 characters. */
	readonly operator: string;
	/** Last four digits of the card, where it is known by now: the same charge twice is then asked about first. */
	readonly lastFour?: string;
}

/** What stands against a charge or a wish: `code` for programs, never changed, `reason` for people. */
export type Refused = { readonly code: string; readonly reason: string };

/** Charge now, under this number of the journal, or do not. */
export type Permission =
	| { readonly granted: true; readonly transaction: number }
	| ({ readonly granted: false } & Refused);

/** What the acquirer said of a charge. A card number has no place in it: last four digits only. */
export type Result = Omit<AppBody<"outcome">, "transaction" | "source">;

export type Verdicts = AppBody<"settleResult">["verdicts"];

/** What became of a wish of the operator. Not done and not refused: nothing to settle, or these blockers stand. */
export type Fulfilment =
	| { readonly done: true }
	| { readonly done: false; readonly blockers: CoreBody<"answer">["blockers"] }
	| ({ readonly done: false; readonly blockers: readonly [] } & Refused);

/**
 * The way to the acquirer, which the application has. The terminal asks when its journal needs to know; whoever
 * cannot say rejects, and is asked again. Each may be asked for the same thing more than once.
 */
export interface Acquirer {
	/** What became of this charge? A charge that the acquirer does not know was never made: declined. */
	enquire(question: CoreBody<"enquire">): Promise<Result>;
	/** Undo this charge, if it was made. */
	reverse(question: CoreBody<"reverse">): Promise<"reversed" | "refused" | "noAnswer">;
	/** Do these totals agree with the acquirer's? */
	settle(totals: CoreBody<"settle">): Promise<Verdicts>;
	/** Has this settlement reached the acquirer? Undefined when it has never seen it. */
	enquireSettlement(question: CoreBody<"enquireSettlement">): Promise<Verdicts | undefined>;
	/** One transaction of a settlement that did not agree. True when the acquirer has it now. */
	upload(detail: CoreBody<"upload">): Promise<boolean>;
	/** All details are sent: do the totals agree now? */
	endUpload(end: CoreBody<"uploadEnd">): Promise<Verdicts>;
	/** The operator ends this pre-authorisation: `intend` its completion or cancellation. */
	finishHold?(hold: CoreBody<"finishHold">): void;
}

/** The acquirer's answer to a question of the terminal, as the message that says it. Rejects where there is none. */
export async function answerOf(acquirer: Acquirer, question: CoreMessage): Promise<Uint8Array> {
	const { type, body } = question;
	switch (type) {
		case "enquire": {
			const { transaction } = body;
			const result = await acquirer.enquire(body);
			return encodeAppMessage("outcome", { transaction, source: "enquiry", ...result });
		}
		case "reverse": {
			const { transaction, attempt } = body;
			const result = await acquirer.reverse(body);
			return encodeAppMessage("reversalResult", { transaction, attempt, result });
		}
		case "settle": {
			const { settlement } = body;
			return encodeAppMessage("settleResult", {
				settlement,
				verdicts: await acquirer.settle(body),
			});
		}
		case "enquireSettlement": {
			const { settlement } = body;
			const verdicts = await acquirer.enquireSettlement(body);
			const known = verdicts !== undefined;
			return encodeAppMessage("settlementState", { settlement, known, verdicts: verdicts ?? [] });
		}
		case "upload": {
			const { settlement, transaction } = body;
			const accepted = await acquirer.upload(body);
			return encodeAppMessage("uploadResult", { settlement, transaction, accepted });
		}
		default: {
			assert(type === "uploadEnd", `${type} is a question`);
			const { settlement } = body;
			const verdicts = await acquirer.endUpload(body);
			return encodeAppMessage("uploadEndResult", { settlement, verdicts });
		}
	}
}
