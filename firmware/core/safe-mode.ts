import type { Ports, Screen } from "./port.ts";
import { plain, screenText } from "./ui/view.ts";

/**
 * The terminal after a recovery that took too many steps: nothing is sold and nothing is written, so that a
 * technician still finds on the media whatever can be saved. It stays so through restarts instead of looping.
 */
export class SafeMode {
	readonly #ports: Pick<Ports, "display" | "keypad">;
	#language: Screen["language"] = "zh-CN";
	#shown: Screen["language"] | undefined;

	constructor(ports: Pick<Ports, "display" | "keypad">) {
		this.#ports = ports;
	}

	step(): number {
		const { keypad, display } = this.#ports;
		for (let key = keypad.read(); key !== undefined; key = keypad.read()) {
			if (key === "language") this.#language = this.#language === "en" ? "zh-CN" : "en";
		}
		if (this.#shown === this.#language) return Number.POSITIVE_INFINITY;
		this.#shown = this.#language;
		const { safe, keys } = screenText(this.#language);
		display.write({
			name: "safe-mode",
			title: safe.title,
			lines: [plain(safe.text)],
			softKeys: [{ key: "language", label: keys.language }],
			tone: "alarm",
			language: this.#language,
		});
		return Number.POSITIVE_INFINITY;
	}
}
