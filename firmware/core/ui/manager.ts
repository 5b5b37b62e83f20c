import type { Actor } from "../part.ts";
import type { Key, Screen, ScreenLine } from "../port.ts";
import type { ScreenText } from "../text/screen-zh-cn.ts";
import { input, type Move, marked, plain, typed, type View, type ViewContext } from "./view.ts";

const PIN_DIGITS_MAX = 12;

/** Reasons to choose from, and what follows once one is given. */
export interface ReasonOptions {
	/** Name of the screen. */
	readonly screen: string;
	readonly reasons: (text: ScreenText) => ScreenText["reason"];
	readonly onReason: (context: ViewContext, reason: string) => Move;
}

/** What a manager is asked for. */
export interface Approval extends Omit<ReasonOptions, "onReason"> {
	readonly onApproved: (context: ViewContext, by: Actor, reason: string) => Move;
}

/** A manager takes something upon himself: first the PIN, then the reason. */
export function managerView({ onApproved, ...reasons }: Approval): View {
	return new PinView((_context, by) => {
		const onReason: ReasonOptions["onReason"] = (context, reason) =>
			onApproved(context, by, reason);
		return new ReasonView({ ...reasons, onReason });
	});
}

/** Asks for a manager's PIN. */
export class PinView implements View {
	readonly #onManager: (context: ViewContext, by: Actor) => Move;
	#digits = "";
	#problem: "wrong" | "locked" | undefined;

	constructor(onManager: (context: ViewContext, by: Actor) => Move) {
		this.#onManager = onManager;
	}

	render({ text, language }: ViewContext): Screen {
		const lines: ScreenLine[] = [
			plain(text.pin.prompt),
			input("*".repeat(this.#digits.length) || "_"),
		];
		if (this.#problem !== undefined) lines.push(marked(text.pin[this.#problem]));
		const softKeys: Screen["softKeys"] = [
			{ key: "ok", label: text.keys.ok },
			{ key: "cancel", label: text.keys.cancel },
		];
		return { name: "manager-pin", title: text.pin.title, lines, softKeys, language };
	}

	press(context: ViewContext, key: Key): Move {
		if (key === "cancel") return "back";
		if (key === "ok" && this.#digits !== "") {
			const answer = context.checkPin(this.#digits);
			this.#digits = "";
			if (answer === "right") return this.#onManager(context, { name: "manager", role: "manager" });
			this.#problem = answer;
			return "stay";
		}
		this.#digits = typed(this.#digits, key, PIN_DIGITS_MAX) ?? this.#digits;
		return "stay";
	}
}

/** Asks for a reason. */
export class ReasonView implements View {
	readonly #options: ReasonOptions;

	constructor(options: ReasonOptions) {
		this.#options = options;
	}

	render({ text, language }: ViewContext): Screen {
		const { screen: name, reasons } = this.#options;
		const { title, prompt, choices } = reasons(text);
		const lines = [plain(prompt), ...choices.map(plain)];
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: text.keys.cancel }];
		return { name, title, lines, softKeys, language };
	}

	press(context: ViewContext, key: Key): Move {
		if (key === "cancel") return "back";
		const { reasons, onReason } = this.#options;
		const reason = reasons(context.text).texts[Number(key) - 1];
		return reason === undefined ? "stay" : onReason(context, reason);
	}
}
