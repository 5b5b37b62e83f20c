import type { CloseScope } from "../part.ts";
import type { Key, Screen, ScreenLine } from "../port.ts";
import { closed } from "./closed.ts";
import { input, type Move, marked, plain, typed, type View, type ViewContext } from "./view.ts";

const PIN_DIGITS_MAX = 12;

/** A manager closes in spite of blockers: first the PIN, then the reason. */
export class OverrideView implements View {
	readonly #scope: CloseScope;
	#digits = "";
	#problem: "wrong" | "locked" | undefined;

	constructor(scope: CloseScope) {
		this.#scope = scope;
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
			if (answer === "right") return new ReasonView(this.#scope);
			this.#problem = answer;
			return "stay";
		}
		this.#digits = typed(this.#digits, key, PIN_DIGITS_MAX) ?? this.#digits;
		return "stay";
	}
}

class ReasonView implements View {
	readonly #scope: CloseScope;

	constructor(scope: CloseScope) {
		this.#scope = scope;
	}

	render({ text, language }: ViewContext): Screen {
		const lines = [plain(text.reason.prompt), ...text.reason.choices.map(plain)];
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: text.keys.cancel }];
		return { name: "override-reason", title: text.reason.title, lines, softKeys, language };
	}

	press(context: ViewContext, key: Key): Move {
		if (key === "cancel") return "back";
		const reason = context.text.reason.texts[Number(key) - 1];
		if (reason === undefined) return "stay";
		const manager = { name: "manager", role: "manager" } as const;
		const result = context.commands.closeWithExceptions(this.#scope, manager, reason);
		return closed(context, this.#scope, result);
	}
}
