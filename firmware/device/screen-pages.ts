import type { Key, Screen } from "../core/port.ts";
import { keyAt, layOut, type Picture, type Shape } from "./screen-layout.ts";

/** The screen shown, page by page where it does not fit, and what a key or a touch on it means to the core. */
export class ScreenPages {
	#screen: Screen | undefined;
	#picture: Picture | undefined;
	#page = 0;

	/** What is to be drawn; undefined before the first screen. */
	get picture(): Picture | undefined {
		return this.#picture;
	}

	/** The same screen with other figures stays on its page. */
	show(screen: Screen, shape: Shape): void {
		if (this.#screen?.name !== screen.name) this.#page = 0;
		this.#screen = screen;
		this.fit(shape);
	}

	/** Lays the screen out anew, for another shape or page. */
	fit(shape: Shape): void {
		if (this.#screen === undefined) return;
		this.#picture = layOut(this.#screen, shape, this.#page);
		this.#page = Math.min(this.#page, this.#picture.pages - 1);
	}

	/**
	 * A key of a keypad: turns a page, or is a key for the core. Undefined when a page was turned; `fit` then lays
	 * it out. `isAlone` is a keypad without keys of its own for the menu, the language and the like.
	 */
	press(key: Key, isAlone: boolean): Key | undefined {
		const pages = this.#picture?.pages ?? 1;
		if (key === "down" && pages > 1) return this.#turn((this.#page + 1) % pages);
		if (key === "up" && this.#page > 0) return this.#turn(this.#page - 1);
		const keys = this.#picture?.keys;
		if (!isAlone || (key !== "ok" && key !== "cancel" && key !== "up")) return key;
		return keys?.[key] ?? key;
	}

	/** A place that is touched; undefined for none and where a page was turned. */
	touch(x: number, y: number): Key | undefined {
		const press = this.#picture && keyAt(this.#picture, x, y);
		if (press !== "nextPage") return press;
		return this.#turn((this.#page + 1) % (this.#picture?.pages ?? 1));
	}

	#turn(page: number): undefined {
		this.#page = page;
		return undefined;
	}
}
