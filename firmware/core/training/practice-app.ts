import type { AppBody, AppMessage, CoreBody } from "../../../protocol/payment-app.ts";
import type { ToApp } from "../part.ts";

/** The last two digits of an amount that is declined, so that a refusal can be practised as well. */
const DECLINED_ENDING = 5;

/**
 * Stands for the payment application and its acquirer in training: nobody is charged, totals always agree. Answers
 * wait until the terminal takes them.
 */
export class PracticeApp {
	readonly #answers: AppMessage[] = [];
	#count = 0;
	#asked: AppBody<"intent"> | undefined;

	/** What the terminal sends. */
	readonly toApp: ToApp = (type, body) => {
		switch (type) {
			case "proceed":
				return this.#charge(body as CoreBody<"proceed">);
			case "enquire":
				return this.#end((body as CoreBody<"enquire">).transaction, true);
			case "reverse": {
				const { transaction, attempt } = body as CoreBody<"reverse">;
				const answer = { transaction, attempt, result: "reversed" } as const;
				return this.#answer({ type: "reversalResult", body: answer });
			}
			case "settle": {
				const { settlement, groups } = body as CoreBody<"settle">;
				const verdicts = groups.map(({ group }) => ({ group, verdict: "agreed" }) as const);
				return this.#answer({ type: "settleResult", body: { settlement, verdicts } });
			}
			default:
				return undefined;
		}
	};

	/** A customer pays by card. */
	sell(amountMinor: number, currency: string, operator: string): void {
		const request = ++this.#count;
		const nothing = { original: null, originalTrace: null, order: null };
		const asked = { request, type: "sale", method: "card", amountMinor, currency } as const;
		this.#asked = { ...asked, trace: request, operator, ...nothing };
		this.#answer({ type: "intent", body: this.#asked });
	}

	take(): AppMessage | undefined {
		return this.#answers.shift();
	}

	#charge({ transaction }: CoreBody<"proceed">): void {
		const amountMinor = this.#asked?.amountMinor ?? 0;
		this.#end(transaction, amountMinor % 100 !== DECLINED_ENDING);
	}

	#end(transaction: number, isApproved: boolean): void {
		const facts = { group: "domestic", scheme: "TRAINING", lastFour: "0000" } as const;
		const numbers = { reference: null, authorisation: null, response: isApproved ? "00" : "05" };
		const outcome = isApproved ? "approved" : "declined";
		this.#answer({
			type: "outcome",
			body: { transaction, outcome, source: "app", ...facts, ...numbers },
		});
	}

	#answer(message: AppMessage): void {
		this.#answers.push(message);
	}
}
