import type { Key, Screen } from "../port.ts";
import type { State } from "../state/state.ts";
import { type Move, plain, type View, type ViewContext } from "./view.ts";

const pages = ["settle", "close", "reprint", "prints", "unknown"] as const;
type Page = (typeof pages)[number];

/** What to press, one screen for each situation; it opens with the one that the shop is in. */
export class HelpView implements View {
	#page: Page;

	constructor({ core }: ViewContext) {
		this.#page = pageOf(core.state);
	}

	render({ text, language }: ViewContext): Screen {
		const { title, move } = text.help;
		const place = `${pages.indexOf(this.#page) + 1}/${pages.length}`;
		const lines = [...text.help[this.#page], move].map(plain);
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: text.keys.cancel }];
		return { name: `help-${this.#page}`, title: `${title} ${place}`, lines, softKeys, language };
	}

	press(_context: ViewContext, key: Key): Move {
		if (key === "cancel") return "back";
		const step = key === "down" ? 1 : key === "up" ? pages.length - 1 : 0;
		this.#page = pages[(pages.indexOf(this.#page) + step) % pages.length] ?? this.#page;
		return "stay";
	}
}

function pageOf({ open, debts, batch, settlement }: State): Page {
	if (open.length > 0) return "unknown";
	if (debts.length > 0) return "prints";
	return settlement !== null || batch.groups.length > 0 ? "settle" : "close";
}
