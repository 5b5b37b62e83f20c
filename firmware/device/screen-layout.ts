import { cutText, textColumns, wrapText } from "../../protocol/slip/width.ts";
import type { Key, Screen, ScreenLine } from "../core/port.ts";

/** Pixels of one half-width column and of a row of the screen font. */
const COLUMN = 8;
const ROW = 16;
/** From here on a screen is touched and has room for a keypad; below, it has keys beside it. */
const TOUCH_HEIGHT_MIN = 200;

const keypad: readonly (readonly [key: Key, label: string])[] = [
	["1", "1"],
	["2", "2"],
	["3", "3"],
	["4", "4"],
	["5", "5"],
	["6", "6"],
	["7", "7"],
	["8", "8"],
	["9", "9"],
	["00", "00"],
	["0", "0"],
	["clear", "<"],
];
/** The sign of the key, and one character with the sign of a cut. */
const LABEL_COLUMNS_MIN = 4;
const KEYPAD_COLUMNS = 3;
const KEYPAD_ROWS = 4;

export interface Box {
	readonly x: number;
	readonly y: number;
	readonly width: number;
	readonly height: number;
}

/** What a surface is made of; the adapter gives each a colour. */
export type Ink =
	| "paper"
	| "text"
	| "alert"
	| "bar"
	| "barOk"
	| "barAttention"
	| "barAlarm"
	| "barText"
	| "button"
	| "buttonText"
	| "field";

export interface Surface extends Box {
	readonly ink: Ink;
}

/** Text in the screen font; `x` and `y` are its upper left corner. Bold text is drawn twice, one pixel apart. */
export interface Writing {
	readonly text: string;
	readonly x: number;
	readonly y: number;
	readonly ink: Ink;
	readonly bold: boolean;
}

/** A place to touch: a key of the terminal, or the next page of lines that do not all fit. */
export interface Zone extends Box {
	readonly press: Key | "nextPage";
}

export interface Picture {
	readonly surfaces: readonly Surface[];
	readonly writings: readonly Writing[];
	readonly zones: readonly Zone[];
	readonly pages: number;
	/** What the keys beside a screen that is not touched do now. */
	readonly keys: SideKeys;
}

/** Three keys of a terminal that has no more than these and its digits; up only where no page lies above. */
export type SideKeys = { readonly [name in "ok" | "cancel" | "up"]?: Key };

export interface Shape {
	readonly width: number;
	readonly height: number;
}

interface Measures {
	readonly isTouch: boolean;
	readonly title: Box;
	readonly body: Box;
	readonly softKeys: Box;
	readonly keypad: Box | undefined;
	readonly rowPitch: number;
}

/**
 * Where everything of a screen stands, in pixels. Touch screens get keys to touch, and a keypad where something is
 * typed; a small screen shows the labels of the keys beside it. `page` counts from 0; beyond the last it is the last.
 */
export function layOut(screen: Screen, shape: Shape, page = 0): Picture {
	const asksDigits = screen.lines.some(({ style }) => style === "input");
	const measures = measure(shape, asksDigits);
	const { shown, pages, at } = pageOf(screen, measures, page);
	const picture = new Drawing();
	picture.surfaces.push({ x: 0, y: 0, ...shape, ink: "paper" });
	drawTitle(picture, screen, measures, pages > 1 ? `${at + 1}/${pages}` : "");
	if (pages > 1) picture.zones.push({ ...measures.body, press: "nextPage" });
	for (const [index, row] of shown.entries()) drawRow(picture, row, index, measures);
	drawSoftKeys(picture, screen, measures);
	if (measures.keypad !== undefined) drawKeypad(picture, measures.keypad);
	return { ...picture, pages, keys: sideKeys(screen) };
}

/** The rows of one page. What is typed stands on each of them, where there is room for it. */
function pageOf(
	{ lines }: Screen,
	measures: Measures,
	page: number,
): { readonly shown: readonly ScreenLine[]; readonly pages: number; readonly at: number } {
	const rows = lines.flatMap((line) => wrap(line, measures));
	const room = Math.max(1, Math.floor(measures.body.height / measures.rowPitch));
	const typed = rows.filter(({ style }) => style === "input");
	const isKept = rows.length > room && typed.length < room;
	const turned = isKept ? rows.filter(({ style }) => style !== "input") : rows;
	const rowsPerPage = isKept ? room - typed.length : room;
	const pages = Math.max(1, Math.ceil(turned.length / rowsPerPage));
	const at = Math.min(page, pages - 1);
	const part = turned.slice(at * rowsPerPage, (at + 1) * rowsPerPage);
	return { shown: isKept ? [...part, ...typed] : part, pages, at };
}

/** Cancel and up stand for the soft keys that have none of their own, such as menu and language. */
function sideKeys({ softKeys }: Screen): SideKeys {
	const others = softKeys.map(({ key }) => key).filter((key) => key !== "ok" && key !== "cancel");
	const hasCancel = softKeys.some(({ key }) => key === "cancel");
	const [cancel, up] = hasCancel ? (["cancel", others[0]] as const) : others;
	return { ok: "ok", ...(cancel && { cancel }), ...(up && { up }) };
}

/** The key under a finger; later zones lie above earlier ones. */
export function keyAt({ zones }: Picture, x: number, y: number): Zone["press"] | undefined {
	return zones.filter((zone) => contains(zone, x, y)).at(-1)?.press;
}

class Drawing {
	readonly surfaces: Surface[] = [];
	readonly writings: Writing[] = [];
	readonly zones: Zone[] = [];
}

function contains(box: Box, x: number, y: number): boolean {
	return x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
}

function measure({ width, height }: Shape, asksDigits: boolean): Measures {
	const isTouch = height >= TOUCH_HEIGHT_MIN;
	const titleHeight = isTouch ? 24 : ROW;
	const softHeight = isTouch ? 44 : ROW;
	const isWide = width > height;
	const keypadWidth = isWide ? 150 : width;
	const keypadHeight = isWide ? height - titleHeight - softHeight : 156;
	const hasKeypad = isTouch && asksDigits;
	const bodyWidth = hasKeypad && isWide ? width - keypadWidth : width;
	const belowTitle = height - titleHeight - softHeight;
	const bodyHeight = hasKeypad && !isWide ? belowTitle - keypadHeight : belowTitle;
	return {
		isTouch,
		title: { x: 0, y: 0, width, height: titleHeight },
		body: { x: 0, y: titleHeight, width: bodyWidth, height: bodyHeight },
		softKeys: { x: 0, y: height - softHeight, width, height: softHeight },
		keypad: hasKeypad
			? {
					x: width - keypadWidth,
					y: height - softHeight - keypadHeight,
					width: keypadWidth,
					height: keypadHeight,
				}
			: undefined,
		rowPitch: isTouch ? 22 : ROW,
	};
}

function wrap(line: ScreenLine, { body, isTouch }: Measures): readonly ScreenLine[] {
	const columns = Math.floor((body.width - (isTouch ? 2 * COLUMN : 0)) / COLUMN);
	return wrapText(line.text, columns).map((text) => ({ ...line, text }));
}

function drawTitle(picture: Drawing, screen: Screen, { title }: Measures, pages: string): void {
	const inks = { ok: "barOk", attention: "barAttention", alarm: "barAlarm" } as const;
	picture.surfaces.push({ ...title, ink: screen.tone === undefined ? "bar" : inks[screen.tone] });
	const y = title.y + (title.height - ROW) / 2;
	const look = { y, ink: "barText", bold: false } as const;
	const room = Math.floor(title.width / COLUMN) - (pages === "" ? 0 : pages.length + 1);
	const text = cutText(screen.title, room);
	const x = Math.max(0, Math.floor((title.width - textColumns(text) * COLUMN) / 2));
	const left = pages === "" ? x : 0;
	picture.writings.push({ ...look, text, x: left });
	if (pages !== "")
		picture.writings.push({ ...look, text: pages, x: title.width - pages.length * COLUMN });
}

function drawRow(picture: Drawing, line: ScreenLine, index: number, measures: Measures): void {
	const { body, rowPitch, isTouch } = measures;
	const y = body.y + index * rowPitch;
	const margin = isTouch ? COLUMN : 0;
	const spare = body.width - 2 * margin - textColumns(line.text) * COLUMN;
	const shift = { left: 0, center: Math.floor(spare / 2), right: spare }[line.align ?? "left"];
	const row = { x: body.x, y, width: body.width, height: rowPitch };
	if (line.style === "input") picture.surfaces.push({ ...row, ink: "field" });
	const digit = choiceOf(line.text);
	// A numbered choice can be touched itself; the number is the key of terminals with keys.
	if (isTouch && digit !== undefined) {
		picture.surfaces.push({ ...row, y: y + 1, height: rowPitch - 2, ink: "field" });
		picture.zones.push({ ...row, press: digit });
	}
	picture.writings.push({
		text: line.text,
		x: body.x + margin + Math.max(0, shift),
		y: y + Math.floor((rowPitch - ROW) / 2),
		ink: line.style === "alert" ? "alert" : "text",
		bold: line.style === "strong" || line.style === "alert",
	});
}

function choiceOf(text: string): Key | undefined {
	const [, digit] = /^([1-9]) /.exec(text) ?? [];
	return keypad.map(([key]) => key).find((key) => key === digit);
}

function drawSoftKeys(picture: Drawing, screen: Screen, measures: Measures): void {
	const { softKeys } = screen;
	const { softKeys: bar, isTouch } = measures;
	if (!isTouch) {
		drawSideLabels(picture, screen, bar);
		return;
	}
	const width = Math.floor(bar.width / Math.max(1, softKeys.length));
	for (const [index, { key, label }] of softKeys.entries()) {
		drawButton(picture, { ...bar, x: bar.x + index * width, width }, label, key, 2);
	}
}

/** Cancel's label on the left and that of OK on the right, as the keys lie below; that of up with its sign between. */
function drawSideLabels(picture: Drawing, screen: Screen, bar: Box): void {
	const { ok, cancel, up } = sideKeys(screen);
	const labelOf = (key: Key | undefined) =>
		screen.softKeys.find((soft) => soft.key === key)?.label ?? "";
	const columns = Math.floor(bar.width / COLUMN);
	const right = cutText(labelOf(ok), columns / 2);
	const left = cutText(labelOf(cancel), columns / 2);
	const y = bar.y + (bar.height - ROW) / 2;
	const used = textColumns(left) + textColumns(right);
	const room = columns - used;
	const middle =
		up === undefined || room < LABEL_COLUMNS_MIN ? "" : cutText(`^${labelOf(up)}`, room);
	const places = [
		{ text: left, x: bar.x, isBar: true },
		{ text: right, x: bar.x + bar.width - textColumns(right) * COLUMN, isBar: true },
		{
			text: middle,
			x: bar.x + (textColumns(left) + Math.floor((room - textColumns(middle)) / 2)) * COLUMN,
			isBar: false,
		},
	];
	for (const { text, x, isBar } of places) {
		if (text === "") continue;
		const width = textColumns(text) * COLUMN;
		if (isBar) picture.surfaces.push({ x, y: bar.y, width, height: bar.height, ink: "button" });
		picture.writings.push({ text, x, y, ink: isBar ? "buttonText" : "text", bold: false });
	}
}

function drawKeypad(picture: Drawing, box: Box): void {
	const width = Math.floor(box.width / KEYPAD_COLUMNS);
	const height = Math.floor(box.height / KEYPAD_ROWS);
	for (const [index, [key, label]] of keypad.entries()) {
		const x = box.x + (index % KEYPAD_COLUMNS) * width;
		const y = box.y + Math.floor(index / KEYPAD_COLUMNS) * height;
		drawButton(picture, { x, y, width, height }, label, key, 1);
	}
}

function drawButton(picture: Drawing, box: Box, label: string, press: Key, gap: number): void {
	const surface = {
		x: box.x + gap,
		y: box.y + gap,
		width: box.width - 2 * gap,
		height: box.height - 2 * gap,
	};
	picture.surfaces.push({ ...surface, ink: "button" });
	const text = cutText(label, Math.max(2, Math.floor(surface.width / COLUMN)));
	picture.writings.push({
		text,
		x: box.x + Math.max(0, Math.floor((box.width - textColumns(text) * COLUMN) / 2)),
		y: box.y + Math.floor((box.height - ROW) / 2),
		ink: "buttonText",
		bold: false,
	});
	picture.zones.push({ ...box, press });
}
