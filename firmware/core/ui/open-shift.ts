import type { Key, Screen } from "../port.ts";
import { input, type Move, plain, typed, type View, type ViewContext } from "./view.ts";

const OPERATOR_DIGITS_MAX = 8;

/** Asks for the operator's number and opens a shift, and the day when none is open. */
export class OpenShiftView implements View {
	#digits = "";

	render({ text, language }: ViewContext): Screen {
		const lines = [
			plain(text.openShift.prompt),
			input(this.#digits || "_"),
			plain(text.openShift.hint),
		];
		const softKeys: Screen["softKeys"] = [
			{ key: "ok", label: text.keys.ok },
			{ key: "cancel", label: text.keys.cancel },
		];
		return { name: "open-shift", title: text.openShift.title, lines, softKeys, language };
	}

	press({ commands }: ViewContext, key: Key): Move {
		if (key === "cancel") return "home";
		if (key === "ok" && this.#digits !== "") {
			commands.openShift(this.#digits);
			return "home";
		}
		this.#digits = typed(this.#digits, key, OPERATOR_DIGITS_MAX) ?? this.#digits;
		return "stay";
	}
}
