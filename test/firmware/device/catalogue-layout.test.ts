import test from "ava";
import { layOut, type Picture, type Shape } from "../../../firmware/device/screen-layout.ts";
import { CUT_SIGN, textColumns } from "../../../protocol/slip/width.ts";
import { catalogueScreens, shapes, sizeOf } from "./_screens.ts";

const screens = catalogueScreens();
const letters = (text: string) => text.replace(/\s/g, "");

function pagesOf(screen: Parameters<typeof layOut>[0], shape: Shape): readonly Picture[] {
	const { pages } = layOut(screen, shape);
	return Array.from({ length: pages }, (_, page) => layOut(screen, shape, page));
}

/** Texts between the title and the soft keys. */
function bodyOf(writings: Picture["writings"], { height }: Shape): readonly string[] {
	const [top, bottom] = height < 200 ? [16, height - 16] : [24, height - 44];
	return writings.filter(({ y }) => y >= top && y < bottom).map(({ text }) => text);
}

test("the catalogues are found", (t) => {
	t.true(screens.length > 500, `${screens.length}`);
});

for (const shape of shapes) {
	const size = sizeOf(shape);

	test(`every text of both languages stands whole on ${size}, over pages where it is long`, (t) => {
		for (const [path, screen] of screens) {
			const pictures = pagesOf(screen, shape);
			const shown = letters(pictures.flatMap(({ writings }) => bodyOf(writings, shape)).join(""));
			for (const { text } of screen.lines)
				t.true(shown.includes(letters(text)), `${path}: ${text}`);
			for (const { writings } of pictures) {
				for (const { text, x, y } of writings) {
					t.true(x >= 0 && x + textColumns(text) * 8 <= shape.width, `${path}: ${text}`);
					t.true(y >= 0 && y + 16 <= shape.height, `${path}: ${text}`);
				}
			}
		}
	});

	test(`what a title or a key loses on ${size} is marked`, (t) => {
		const cut: string[] = [];
		for (const [path, screen] of screens) {
			const texts = layOut(screen, shape).writings.map(({ text }) => text);
			for (const wanted of [screen.title, ...screen.softKeys.map(({ label }) => label)]) {
				if (texts.includes(wanted)) continue;
				const kept = texts.find(
					(text) => text.endsWith(CUT_SIGN) && wanted.startsWith(text.slice(0, -1)),
				);
				t.truthy(kept, `${path}: ${wanted} is neither whole nor marked`);
				cut.push(wanted);
			}
		}
		// Eight Chinese characters fit beside the sides of the smallest; these are English.
		const known = [
			"Pre-authorisation",
			"! Charged already?",
			"Journal nearly full",
			"! Read-only safe mode",
		];
		t.deepEqual(cut, shape.height < 200 ? known : []);
	});
}
