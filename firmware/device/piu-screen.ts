import { Application, Behavior, Port, Skin, Style } from "piu/MC";
import type { Display, Key, Keypad, Screen } from "../core/port.ts";
import type { Ink } from "./screen-layout.ts";
import { ScreenPages } from "./screen-pages.ts";

/** Name of the font resource that `manifests/font.ts` makes. */
const FONT = "Closeout-16";

export type Palette = Readonly<Record<Ink, string>>;

/** Dark on light, for colour screens. Meaning never hangs on colour alone. */
const colours: Palette = {
	paper: "#f7f7f4",
	text: "#1a1a1a",
	alert: "#b00020",
	bar: "#22313f",
	barOk: "#1b6e3c",
	barAttention: "#8a5a00",
	barAlarm: "#b00020",
	barText: "#ffffff",
	button: "#dfe4e8",
	buttonText: "#1a1a1a",
	field: "#e9eef5",
};

/** Black on white; bars and buttons are inverted. */
const monochrome: Palette = {
	paper: "white",
	text: "black",
	alert: "black",
	bar: "black",
	barOk: "black",
	barAttention: "black",
	barAlarm: "black",
	barText: "white",
	button: "black",
	buttonText: "white",
	field: "white",
};

export interface PiuScreenOptions {
	readonly palette?: "colour" | "monochrome";
	/** A key was touched: the terminal should look. */
	readonly wake: () => void;
	/** Takes the content that shows the screens; left out, an application is made that is nothing else. */
	readonly place?: ((content: Port) => void) | undefined;
}

/** The core's screens drawn with Piu, and the touches on them as keys. */
export class PiuScreen implements Display, Keypad {
	readonly #keys: Key[] = [];
	readonly #wake: () => void;
	readonly #port: Port;
	readonly #pages = new ScreenPages();

	constructor({ palette, wake, place }: PiuScreenOptions) {
		this.#wake = wake;
		const inks = palette === "monochrome" ? monochrome : colours;
		const style = new Style({ font: FONT });
		const onDraw = (port: Port) => this.#draw(port, inks, style);
		const onTouch = (x: number, y: number) => this.#touch(x, y);
		class Surface extends Behavior {
			onDraw(port: Port): void {
				onDraw(port);
			}
			onTouchEnded(_port: Port, _id: number, x: number, y: number): void {
				onTouch(x, y);
			}
		}
		const edges = { left: 0, right: 0, top: 0, bottom: 0 };
		this.#port = new Port(null, { ...edges, active: true, Behavior: Surface });
		if (place === undefined) fillApplication(this.#port, inks.paper);
		else place(this.#port);
	}

	write(screen: Screen): void {
		this.#pages.show(screen, this.#port);
		this.#port.invalidate();
	}

	read(): Key | undefined {
		return this.#keys.shift();
	}

	/** A key of the terminal's own keypad was pressed. */
	press(key: Key): void {
		this.#take(this.#pages.press(key, false));
	}

	#touch(x: number, y: number): void {
		this.#take(this.#pages.touch(x - this.#port.x, y - this.#port.y));
	}

	#take(key: Key | undefined): void {
		if (key === undefined) {
			this.#pages.fit(this.#port);
			this.#port.invalidate();
		} else {
			this.#keys.push(key);
			this.#wake();
		}
	}

	#draw(port: Port, inks: Palette, style: Style): void {
		// Drawn for the first time before the core has shown anything, or in a new size.
		const { picture } = this.#pages;
		if (picture === undefined) return;
		for (const { x, y, width, height, ink } of picture.surfaces) {
			port.fillColor(inks[ink], x, y, width, height);
		}
		for (const { text, x, y, ink, bold } of picture.writings) {
			const room = port.width - x;
			port.drawString(text, style, inks[ink], x, y, room, 16);
			if (bold) port.drawString(text, style, inks[ink], x + 1, y, room, 16);
		}
	}
}

function fillApplication(content: Port, paper: string): void {
	const skin = new Skin({ fill: paper });
	const room = { displayListLength: 8_192, commandListLength: 8_192, touchCount: 1 };
	new Application(null, { ...room, skin, contents: [content] });
}
