import { refusals } from "../../../firmware/core/day/refusal.ts";
import type { Screen, ScreenLine } from "../../../firmware/core/port.ts";
import { refusalZhCn } from "../../../firmware/core/text/refusal-zh-cn.ts";
import { screenEn } from "../../../firmware/core/text/screen-en.ts";
import { screenZhCn } from "../../../firmware/core/text/screen-zh-cn.ts";
import type { Picture, Shape } from "../../../firmware/device/screen-layout.ts";

export const shapes: readonly Shape[] = [
	{ width: 240, height: 320 },
	{ width: 320, height: 240 },
	{ width: 128, height: 64 },
];

export function sizeOf({ width, height }: Shape): string {
	return `${width}x${height}`;
}

/** The longest that stands in a gap of a text: an amount, a name in Chinese, a time. */
const longest: Readonly<Record<string, string>> = {
	amount: "CNY 9999999999.99",
	operator: "王芳王芳王芳王芳",
	by: "王芳王芳王芳王芳",
	time: "2026-11-21 23:59:59",
	date: "2026-11-21",
	firmware: "closeout 0.1.0",
	terminal: "till-0001-abcdefgh-0123456789abc",
	document: "Settlement slip",
	state: "not connected",
	named: "sale ",
	card: " *1234",
	what: " 未知",
};

/** A text of the catalogues with its gaps filled. */
export function filled(text: string): string {
	return text.replace(/\{(\w+)\}/g, (_, name: string) => longest[name] ?? "999999");
}

interface Leaf {
	readonly path: string;
	readonly text: string;
}

function leaves(value: unknown, path: string): readonly Leaf[] {
	if (typeof value === "string") return value === "" ? [] : [{ path, text: filled(value) }];
	return Object.entries(Object(value)).flatMap(([name, child]) => leaves(child, `${path}.${name}`));
}

/** One screen for each text of the catalogues, where the text is what the catalogue has it for. */
export function catalogueScreens(): readonly (readonly [path: string, screen: Screen])[] {
	const catalogues = [
		...[screenEn, screenZhCn].map((text) => [text.close.shift, text] as const),
		...[refusals, refusalZhCn].map((text) => ["x", text] as const),
	];
	return catalogues.flatMap(([ok, catalogue], index) =>
		leaves(catalogue, String(index)).map(({ path, text }) => {
			const [, section, name = ""] = path.split(".");
			const isTitle = /title$/i.test(name);
			const isKey = section === "keys";
			const lines: readonly ScreenLine[] = isTitle || isKey ? [] : [{ text }];
			const softKeys = [
				{ key: "ok", label: isKey ? text : ok },
				{ key: "cancel", label: "Back" },
			] as const;
			const title = isTitle ? text : "Title";
			return [path, { name: path, title, lines, softKeys, language: "en" }] as const;
		}),
	);
}

/** Texts of a picture as rows of a grid, the uppermost first; a cell is one half-width column. */
export function gridOf({ writings }: Picture, { width }: Shape): string {
	const rows = new Map<number, { readonly text: string; readonly column: number }[]>();
	for (const { text, x, y } of writings) {
		rows.set(y, [...(rows.get(y) ?? []), { text, column: Math.floor(x / 8) }]);
	}
	const lines = [...rows].sort(([one], [other]) => one - other);
	return lines
		.map(([, cells]) => {
			let line = "";
			for (const { text, column } of cells.sort((one, other) => one.column - other.column)) {
				line += " ".repeat(Math.max(0, column - columnsOf(line))) + text;
			}
			return `|${line}${" ".repeat(Math.max(0, Math.floor(width / 8) - columnsOf(line)))}|`;
		})
		.join("\n");
}

function columnsOf(text: string): number {
	return [...text].reduce((sum, character) => sum + (character < "\u0080" ? 1 : 2), 0);
}
