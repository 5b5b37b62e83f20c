import type { Key, Screen } from "../port.ts";
import { PinView } from "./manager.ts";
import { input, type Move, money, plain, typed, type View, type ViewContext } from "./view.ts";

const AMOUNT_DIGITS_MAX = 9;

/** Says what training is, and lets a manager begin it. */
export class TrainingView implements View {
	render({ text, language }: ViewContext): Screen {
		const { title, lead, enter } = text.training;
		const softKeys: Screen["softKeys"] = [
			{ key: "ok", label: text.keys.ok },
			{ key: "cancel", label: text.keys.cancel },
		];
		return { name: "training", title, lines: [lead, enter].map(plain), softKeys, language };
	}

	press(_context: ViewContext, key: Key): Move {
		if (key === "cancel") return "back";
		if (key !== "ok") return "stay";
		return new PinView(({ training }, by) => {
			training.enter(by);
			return "home";
		});
	}
}

/** In training: a practice sale, or back to work. */
export class PracticeView implements View {
	render({ text, language }: ViewContext): Screen {
		const { title, sell, leave } = text.training;
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: text.keys.cancel }];
		return { name: "practice", title, lines: [sell, leave].map(plain), softKeys, language };
	}

	press(context: ViewContext, key: Key): Move {
		if (key === "cancel") return "back";
		if (key === "1") return new PracticeSaleView();
		if (key !== "2") return "stay";
		context.training.leave();
		return "home";
	}
}

/** Asks for the amount of a practice sale. */
class PracticeSaleView implements View {
	#digits = "";

	render(context: ViewContext): Screen {
		const { text, language } = context;
		const { title, amount, hint } = text.training;
		const lines = [plain(amount), input(money(context, Number(this.#digits))), plain(hint)];
		const softKeys: Screen["softKeys"] = [
			{ key: "ok", label: text.keys.ok },
			{ key: "cancel", label: text.keys.cancel },
		];
		return { name: "practice-sale", title, lines, softKeys, language };
	}

	press({ training }: ViewContext, key: Key): Move {
		if (key === "cancel") return "back";
		if (key === "ok" && Number(this.#digits) > 0) {
			training.sell(Number(this.#digits));
			return "home";
		}
		this.#digits = typed(this.#digits, key, AMOUNT_DIGITS_MAX) ?? this.#digits;
		return "stay";
	}
}
