import { refuseCharges } from "./app-messages.ts";
import type { Part } from "./part.ts";
import type { Key, Ports, Screen } from "./port.ts";
import type { Service } from "./service/service.ts";
import { fill } from "./text/fill.ts";
import { ServiceCodeView, ServiceMenuView } from "./ui/service.ts";
import type { ServiceContext } from "./ui/service-session.ts";
import { marked, moved, plain, screenText, strong, type View } from "./ui/view.ts";

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
export class SafeMode implements Part {
	readonly cause: SafeModeCause;
	readonly #ports: Pick<Ports, "display" | "keypad" | "paymentApp" | "log">;
	/** Undefined where the journal could not even be opened for reading. */
	readonly #service: Service | undefined;
	#language: Screen["language"] = "zh-CN";
	#open: readonly View<ServiceContext>[] = [];
	#shown = "";

	constructor(
		ports: Pick<Ports, "display" | "keypad" | "paymentApp" | "log">,
		cause: SafeModeCause,
		service: Service | undefined,
	) {
		this.#ports = ports;
		this.cause = cause;
		this.#service = service;
	}

	step(): number {
		const { keypad } = this.#ports;
		let isPressed = false;
		for (let key = keypad.read(); key !== undefined; key = keypad.read()) {
			this.#press(key);
			isPressed = true;
		}
		const more = refuseCharges(this.#ports, "safeMode");
		const wait = this.#service?.step() ?? Number.POSITIVE_INFINITY;
		this.#show();
		return isPressed || more ? 0 : wait;
	}

	#press(key: Key): void {
		const view = this.#open.at(-1);
		const service = this.#service;
		if (key === "language") this.#language = this.#language === "en" ? "zh-CN" : "en";
		else if (service === undefined) return;
		else if (view !== undefined)
			this.#open = moved(this.#open, view.press(this.#context(service), key));
		else if (key === "menu") {
			this.#open = [service.session.isOpen ? new ServiceMenuView() : new ServiceCodeView()];
		}
	}

	#show(): void {
		const view = this.#open.at(-1);
		const screen =
			view === undefined || this.#service === undefined
				? this.#resting()
				: view.render(this.#context(this.#service));
		const drawn = JSON.stringify(screen);
		if (drawn === this.#shown) return;
		this.#shown = drawn;
		this.#ports.display.write(screen);
	}

	#resting(): Screen {
		const { safe, keys, service } = screenText(this.#language);
		const { reason, first, last } = this.cause;
		const menu = { key: "menu", label: service.title } as const;
		const language = { key: "language", label: keys.language } as const;
		return {
			name: "safe-mode",
			title: safe.title,
			lines: [
				marked(`! ${safe[reason]}`),
				...(last > 0 ? [plain(fill(safe.kept, { first, last }))] : []),
				strong(safe.next),
			],
			softKeys: this.#service === undefined ? [language] : [menu, language],
			tone: "alarm",
			language: this.#language,
		};
	}

	#context(service: Service): ServiceContext {
		const language = this.#language;
		return { language, text: screenText(language), service };
	}
}
