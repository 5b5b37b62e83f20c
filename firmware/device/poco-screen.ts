import Resource from "Resource";
import Poco, { type Color, type Font, type PixelsOut } from "commodetto/Poco";
import parseBMF from "commodetto/parseBMF";
import type { Display, Key, Keypad, Screen } from "../core/port.ts";
import type { Ink } from "./screen-layout.ts";
import { ScreenPages } from "./screen-pages.ts";

/** The font resource that `manifests/font.ts` makes, as the SDK's tools name it. */
const FONT = "Closeout-16.bf4";
const DISPLAY_LIST_BYTES = 4_096;

/** What is dark; everything else is light. Bars and buttons are inverted, so that nothing needs a third shade. */
const dark: ReadonlySet<Ink> = new Set([
	"text",
	"alert",
	"bar",
	"barOk",
	"barAttention",
	"barAlarm",
	"button",
]);

export interface PocoScreenOptions {
	/** The display's driver; the SDK's own is the global `screen`. */
	readonly pixels: PixelsOut;
	/** A key was pressed: the terminal should look. */
	readonly wake: () => void;
}

/** The core's screens in black and white on a small display, with keys beside it; Piu is not needed. */
export class PocoScreen implements Display, Keypad {
	readonly #keys: Key[] = [];
	readonly #pages = new ScreenPages();
	readonly #wake: () => void;
	readonly #poco: Poco;
	readonly #font: Font;

	constructor({ pixels, wake }: PocoScreenOptions) {
		this.#wake = wake;
		this.#poco = new Poco(pixels, { displayListLength: DISPLAY_LIST_BYTES });
		this.#font = parseBMF(new Resource(FONT));
	}

	write(screen: Screen): void {
		this.#pages.show(screen, this.#poco);
		this.#draw();
	}

	read(): Key | undefined {
		return this.#keys.shift();
	}

	/** A key of the terminal's keypad was pressed; cancel and up also stand for keys that it does not have. */
	press(key: Key): void {
		const meant = this.#pages.press(key, true);
		if (meant === undefined) {
			this.#pages.fit(this.#poco);
			this.#draw();
			return;
		}
		this.#keys.push(meant);
		this.#wake();
	}

	#draw(): void {
		const { picture } = this.#pages;
		if (picture === undefined) return;
		const poco = this.#poco;
		const black = poco.makeColor(0, 0, 0);
		const white = poco.makeColor(255, 255, 255);
		const colour = (ink: Ink): Color => (dark.has(ink) ? black : white);
		poco.begin();
		for (const { x, y, width, height, ink } of picture.surfaces) {
			poco.fillRectangle(colour(ink), x, y, width, height);
		}
		for (const { text, x, y, ink, bold } of picture.writings) {
			poco.drawText(text, this.#font, colour(ink), x, y);
			if (bold) poco.drawText(text, this.#font, colour(ink), x + 1, y);
		}
		poco.end();
	}
}
