import test from "ava";
import type { Key, Screen } from "../../../firmware/core/port.ts";
import { keyAt, layOut } from "../../../firmware/device/screen-layout.ts";
import { textColumns } from "../../../protocol/slip/width.ts";

const shapes = [
	{ width: 240, height: 320 },
	{ width: 320, height: 240 },
	{ width: 128, height: 64 },
];

const digits: readonly Key[] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "00", "clear"];

function screenOf(parts: Partial<Screen>): Screen {
	const softKeys = [
		{ key: "ok", label: "确认" },
		{ key: "cancel", label: "返回" },
		{ key: "language", label: "English" },
	] as const;
	return { name: "x", title: "交班 Close", lines: [], softKeys, language: "zh-CN", ...parts };
}

const long = screenOf({
	title: "A title that is longer than any of these screens is wide, by far",
	lines: Array.from({ length: 30 }, (_, index) => ({
		text: `第 ${index} 行, a line with its words`,
	})),
});

for (const shape of shapes) {
	const size = `${shape.width} by ${shape.height}`;

	test(`nothing is drawn outside ${size}`, (t) => {
		for (const screen of [long, screenOf({ lines: [{ text: "1234", style: "input" }] })]) {
			for (let page = 0; page < layOut(screen, shape).pages; page++) {
				const { surfaces, writings, zones } = layOut(screen, shape, page);
				for (const box of [...surfaces, ...zones]) {
					t.true(box.x >= 0 && box.y >= 0);
					t.true(box.x + box.width <= shape.width && box.y + box.height <= shape.height);
				}
				for (const { text, x, y } of writings) {
					t.true(x >= 0 && x + textColumns(text) * 8 <= shape.width, text);
					t.true(y >= 0 && y + 16 <= shape.height, text);
				}
			}
		}
	});

	test(`every line is on one of the pages of ${size}`, (t) => {
		const { pages } = layOut(long, shape);
		t.true(pages > 1);
		const all = Array.from({ length: pages }, (_, page) => layOut(long, shape, page).writings)
			.flat()
			.map(({ text }) => text)
			.join(" ");
		for (let index = 0; index < 30; index++) t.true(all.includes(`第 ${index}`), `line ${index}`);
	});

	if (shape.height < 200) continue;
	test(`each soft key can be touched on ${size}`, (t) => {
		const picture = layOut(screenOf({ lines: [{ text: "x" }] }), shape);
		for (const key of ["ok", "cancel", "language"] as const) {
			const zone = picture.zones.find(({ press }) => press === key);
			t.truthy(zone);
			if (zone !== undefined) t.is(keyAt(picture, zone.x + 1, zone.y + 1), key);
		}
	});
}

test("where something is typed there is a key for each digit, as large as a finger", (t) => {
	for (const shape of shapes.slice(0, 2)) {
		const picture = layOut(screenOf({ lines: [{ text: "_", style: "input" }] }), shape);
		for (const digit of digits) {
			const zone = picture.zones.find(({ press }) => press === digit);
			t.true(zone !== undefined && zone.width >= 48 && zone.height >= 36, `${digit}`);
		}
	}
});

test("a numbered choice is touched itself", (t) => {
	const picture = layOut(screenOf({ lines: [{ text: "1 开班" }, { text: "3 交班" }] }), {
		width: 240,
		height: 320,
	});
	t.is(keyAt(picture, 20, 24 + 10), "1");
	t.is(keyAt(picture, 20, 24 + 22 + 10), "3");
	t.is(keyAt(picture, 20, 24 + 44 + 10), undefined);
});

test("an alert begins with its sign and has its own ink", (t) => {
	const { writings } = layOut(screenOf({ lines: [{ text: "! 缺纸", style: "alert" }] }), {
		width: 240,
		height: 320,
	});
	t.deepEqual(
		writings.filter(({ ink }) => ink === "alert").map(({ text }) => text),
		["! 缺纸"],
	);
});
