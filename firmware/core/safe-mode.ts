import type { Part } from "./part.ts";
import type { Key, Ports, Screen } from "./port.ts";
import type { Service } from "./service/service.ts";
import { ServiceCodeView, type ServiceContext, ServiceMenuView } from "./ui/service.ts";
import { moved, plain, screenText, type View } from "./ui/view.ts";

/**
 * The terminal after a recovery that took too many steps: nothing is sold and nothing is written, so that a
 * technician still finds on the media whatever can be saved. It stays so through restarts instead of looping.
 */
export class SafeMode implements Part {
	readonly #ports: Pick<Ports, "display" | "keypad">;
	readonly #service: Service;
	#language: Screen["language"] = "zh-CN";
	#open: readonly View<ServiceContext>[] = [];
	#shown = "";

	constructor(ports: Pick<Ports, "display" | "keypad">, service: Service) {
		this.#ports = ports;
		this.#service = service;
	}

	step(): number {
		const { keypad } = this.#ports;
		let isPressed = false;
		for (let key = keypad.read(); key !== undefined; key = keypad.read()) {
			this.#press(key);
			isPressed = true;
		}
		const wait = this.#service.step();
		this.#show();
		return isPressed ? 0 : wait;
	}

	#press(key: Key): void {
		const view = this.#open.at(-1);
		if (key === "language") this.#language = this.#language === "en" ? "zh-CN" : "en";
		else if (view !== undefined) this.#open = moved(this.#open, view.press(this.#context(), key));
		else if (key === "menu") {
			const { isOpen } = this.#service.session;
			this.#open = [isOpen ? new ServiceMenuView() : new ServiceCodeView()];
		}
	}

	#show(): void {
		const view = this.#open.at(-1);
		const screen = view === undefined ? this.#resting() : view.render(this.#context());
		const drawn = JSON.stringify(screen);
		if (drawn === this.#shown) return;
		this.#shown = drawn;
		this.#ports.display.write(screen);
	}

	#resting(): Screen {
		const { safe, keys, service } = screenText(this.#language);
		return {
			name: "safe-mode",
			title: safe.title,
			lines: [plain(safe.text)],
			softKeys: [
				{ key: "menu", label: service.title },
				{ key: "language", label: keys.language },
			],
			tone: "alarm",
			language: this.#language,
		};
	}

	#context(): ServiceContext {
		const language = this.#language;
		return { language, text: screenText(language), service: this.#service };
	}
}
