import type { Actor } from "../part.ts";
import type { Key, Screen, ScreenLine } from "../port.ts";
import type { ScreenText } from "../text/screen-zh-cn.ts";
import { input, type Move, marked, plain, typed, type View, type ViewContext } from "./view.ts";

const PIN_DIGITS_MAX = 12;

/** What a manager is asked for: the reasons to choose from, and what follows once one is given. */
export interface Approval {
	/** Name of the screen with the reasons. */
	readonly screen: string;
	readonly reasons: (text: ScreenText) => ScreenText["reason"];
	readonly onApproved: (context: ViewContext, by: Actor, reason: string) => Move;
}

/** A manager takes something upon himself: first the PIN, then the reason. */
export class ManagerView implements View {
	readonly #approval: Approval;
	#digits = "";
	#problem: "wrong" | "locked" | undefined;

	constructor(approval: Approval) {
		this.#approval = approval;
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

	press({ checkPin }: ViewContext, key: Key): Move {
		if (key === "cancel") return "back";
		if (key === "ok" && this.#digits !== "") {
			const answer = checkPin(this.#digits);
			this.#digits = "";
			if (answer === "right") return new ReasonView(this.#approval);
			this.#problem = answer;
			return "stay";
		}
		this.#digits = typed(this.#digits, key, PIN_DIGITS_MAX) ?? this.#digits;
		return "stay";
	}
}

class ReasonView implements View {
	readonly #approval: Approval;

	constructor(approval: Approval) {
		this.#approval = approval;
	}

	render({ text, language }: ViewContext): Screen {
		const { screen: name, reasons } = this.#approval;
		const { title, prompt, choices } = reasons(text);
		const lines = [plain(prompt), ...choices.map(plain)];
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: text.keys.cancel }];
		return { name, title, lines, softKeys, language };
	}

	press(context: ViewContext, key: Key): Move {
		if (key === "cancel") return "back";
		const { reasons, onApproved } = this.#approval;
		const reason = reasons(context.text).texts[Number(key) - 1];
		if (reason === undefined) return "stay";
		return onApproved(context, { name: "manager", role: "manager" }, reason);
	}
}
