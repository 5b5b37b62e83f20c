import type { Ports, Screen } from "./port.ts";
import { fill } from "./text/fill.ts";
import { marked, plain, screenText, strong } from "./ui/view.ts";

/** Why the terminal does not sell, and which records are known to stand on the media. */
export interface SafeModeCause {
	/** The step budget of a recovery, media that hold a journal without a root, storage that fails at every start. */
	readonly reason: "steps" | "media" | "storage";
	readonly first: number;
	readonly last: number;
}

/**
 * The terminal after a start that did not succeed: nothing is sold and nothing is written, so that a technician
 * still finds on the media whatever can be saved. It stays so through restarts instead of looping.
 */
export class SafeMode {
	readonly cause: SafeModeCause;
	readonly #ports: Pick<Ports, "display" | "keypad">;
	#language: Screen["language"] = "zh-CN";
	#shown: Screen["language"] | undefined;

	constructor(ports: Pick<Ports, "display" | "keypad">, cause: SafeModeCause) {
		this.#ports = ports;
		this.cause = cause;
	}

	step(): number {
		const { keypad, display } = this.#ports;
		for (let key = keypad.read(); key !== undefined; key = keypad.read()) {
			if (key === "language") this.#language = this.#language === "en" ? "zh-CN" : "en";
		}
		if (this.#shown === this.#language) return Number.POSITIVE_INFINITY;
		this.#shown = this.#language;
		const { safe, keys } = screenText(this.#language);
		const { reason, first, last } = this.cause;
		display.write({
			name: "safe-mode",
			title: safe.title,
			lines: [
				marked(`! ${safe[reason]}`),
				...(last > 0 ? [plain(fill(safe.kept, { first, last }))] : []),
				strong(safe.next),
			],
			softKeys: [{ key: "language", label: keys.language }],
			tone: "alarm",
			language: this.#language,
		});
		return Number.POSITIVE_INFINITY;
	}
}
