import type { Key, Screen } from "../port.ts";
import { type Move, marked, type View, type ViewContext } from "./view.ts";

/** One sentence that stays until a key is pressed. */
export class MessageView implements View {
	readonly #name: string;
	readonly #title: string;
	readonly #line: string;

	constructor(name: string, title: string, line: string) {
		this.#name = name;
		this.#title = title;
		this.#line = line;
	}

	render({ text, language }: ViewContext): Screen {
		const softKeys: Screen["softKeys"] = [{ key: "ok", label: text.keys.ok }];
		return {
			name: this.#name,
			title: this.#title,
			lines: [marked(this.#line)],
			softKeys,
			language,
		};
	}

	press(_context: ViewContext, _key: Key): Move {
		return "home";
	}
}
