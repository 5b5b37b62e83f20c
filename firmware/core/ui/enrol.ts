import { ENROLMENT_CODE_DIGITS } from "../../../protocol/key.ts";
import type { Display, Key, Keypad, Screen, ScreenLine } from "../port.ts";
import { fill } from "../text/fill.ts";
import { input, marked, plain, screenText, typed } from "./view.ts";

export interface EnrolUiOptions {
	readonly keypad: Keypad;
	readonly display: Display;
	readonly terminal: string;
	/** Takes the digits once all of them are typed. */
	readonly onCode: (code: string) => void;
	readonly waiting: () => boolean;
}

/** The only screen of a terminal that no host knows yet. */
export class EnrolUi {
	readonly #options: EnrolUiOptions;
	#digits = "";
	#language: Screen["language"] = "zh-CN";
	#wrong = false;
	#shown = "";

	constructor(options: EnrolUiOptions) {
		this.#options = options;
	}

	step(): void {
		const { keypad } = this.#options;
		for (let key = keypad.read(); key !== undefined; key = keypad.read()) this.#press(key);
		this.#show();
	}

	#press(key: Key): void {
		if (key === "language") this.#language = this.#language === "en" ? "zh-CN" : "en";
		else if (key === "ok") this.#begin();
		else {
			this.#wrong = false;
			this.#digits = typed(this.#digits, key, ENROLMENT_CODE_DIGITS) ?? this.#digits;
		}
	}

	#begin(): void {
		this.#wrong = this.#digits.length !== ENROLMENT_CODE_DIGITS;
		if (!this.#wrong) this.#options.onCode(this.#digits);
	}

	#show(): void {
		const { terminal, waiting, display } = this.#options;
		const text = screenText(this.#language);
		const groups = this.#digits.replace(/(\d{4})(?=\d)/g, "$1 ");
		const lines: ScreenLine[] = [plain(fill(text.enrol.terminal, { terminal }))];
		if (waiting()) lines.push(plain(text.enrol.waiting));
		else lines.push(plain(text.enrol.prompt), input(groups || "_"));
		if (this.#wrong) lines.push(marked(text.enrol.wrong));
		const softKeys: Screen["softKeys"] = [
			{ key: "ok", label: text.keys.ok },
			{ key: "clear", label: text.keys.clear },
			{ key: "language", label: text.keys.language },
		];
		const screen: Screen = {
			name: "enrol",
			title: text.enrol.title,
			lines,
			softKeys,
			language: this.#language,
		};
		const drawn = JSON.stringify(screen);
		if (drawn === this.#shown) return;
		this.#shown = drawn;
		display.write(screen);
	}
}
