import type { AppBody, AppMessage, CoreBody } from "../../../protocol/payment-app.ts";
import type { Actor, Commands, ToApp } from "../part.ts";
import { exceptionsOf } from "./blocker.ts";
import { refusalKeyOf, refusals } from "./refusal.ts";

export interface WishesOptions {
	readonly commands: Pick<Commands, "openShift" | "settle" | "close">;
	readonly toApp: ToApp;
}

type Answer = CoreBody<"answer">;

/**
 * What the operator asks for in the payment application in place of the terminal's keys. Nobody gets more rights this
 * way: a blocker is lifted at the terminal only, by a person who shows who they are.
 */
export class Wishes {
	readonly #options: WishesOptions;
	/** A repeat is answered and not carried out again. */
	#last: Answer | undefined;

	constructor(options: WishesOptions) {
		this.#options = options;
	}

	/** True when the message was a wish. */
	onMessage({ type, body }: AppMessage): boolean {
		if (type !== "ask") return false;
		const { toApp } = this.#options;
		const { request } = body;
		if (this.#last?.request === request) {
			toApp("answer", this.#last);
			return true;
		}
		try {
			this.#last = { request, ...this.#fulfil(body) };
			toApp("answer", this.#last);
		} catch (error) {
			const code = refusalKeyOf(error);
			if (code === undefined) throw error;
			toApp("refuse", { request, code, reason: refusals[code] });
		}
		return true;
	}

	#fulfil({ wish, operator }: AppBody<"ask">): Omit<Answer, "request"> {
		const { commands } = this.#options;
		if (wish === "settle") return { done: commands.settle("operator"), blockers: [] };
		if (wish === "openShift") {
			commands.openShift(operator);
			return { done: true, blockers: [] };
		}
		const by: Actor = { name: operator, role: "operator" };
		const result = commands.close(wish === "closeDay" ? "day" : "shift", by);
		const blockers = result.closed ? [] : exceptionsOf(result.blockers);
		return { done: result.closed, blockers };
	}
}
