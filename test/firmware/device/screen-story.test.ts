import { readFileSync, writeFileSync } from "node:fs";
import test from "ava";
import type { Screen } from "../../../firmware/core/port.ts";
import { layOut } from "../../../firmware/device/screen-layout.ts";
import { ScreenPages } from "../../../firmware/device/screen-pages.ts";
import { Bench } from "../terminal/_bench.ts";
import { gridOf, shapes, sizeOf } from "./_screens.ts";

/** A day whose screens are drawn: enrolment, sales, a refused close, paper out, settlement, close, menus. */
function livedDay(language: Screen["language"]): readonly Screen[] {
	const bench = new Bench([], { managerPin: "1234" });
	bench.powerOn();
	if (language === "en") bench.press("language");
	bench.enrol();
	if (bench.screen.language !== language) bench.press("language");
	bench.press("menu", "1");
	bench.type("01");
	bench.press("ok");
	for (const amountMinor of [1_000, 2_050]) {
		bench.sell(amountMinor);
		bench.advance(20_000);
	}
	bench.press(
		"menu",
		"3",
		"cancel",
		"menu",
		"7",
		"cancel",
		"menu",
		"8",
		"cancel",
		"menu",
		"9",
		"1",
	);
	bench.press("cancel", "menu", "5", "5", "cancel", "cancel");
	bench.printer.paperOut(5);
	bench.press("menu", "2");
	bench.advance(60_000);
	bench.printer.paperIn();
	bench.advance(60_000);
	bench.press("menu", "4", "ok");
	bench.advance(60_000);
	return bench.screens.filter((screen) => screen.language === language);
}

/** The first of each name, which is what a person sees. */
function byName(screens: readonly Screen[]): readonly Screen[] {
	const first = new Map<string, Screen>();
	for (const screen of screens) if (!first.has(screen.name)) first.set(screen.name, screen);
	return [...first.values()];
}

for (const language of ["zh-CN", "en"] as const) {
	for (const shape of shapes) {
		test(`the screens of a day on ${sizeOf(shape)} in ${language} are the golden ones`, (t) => {
			const screens = byName(livedDay(language));
			t.true(screens.length >= 12, screens.map(({ name }) => name).join());
			const text = screens
				.flatMap((screen) => {
					const { pages } = layOut(screen, shape);
					return Array.from({ length: pages }, (_, page) => {
						const at = pages > 1 ? ` ${page + 1}/${pages}` : "";
						return `${screen.name}${at}\n${gridOf(layOut(screen, shape, page), shape)}\n`;
					});
				})
				.join("\n");
			const file = new URL(`golden/screens-${sizeOf(shape)}-${language}.txt`, import.meta.url);
			if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, text);
			t.is(text, readFileSync(file, "utf8"));
		});
	}
}

test("the daily way needs three keys beside the digits on the small screen, and never more at once", (t) => {
	const shape = { width: 128, height: 64 };
	for (const screen of [...livedDay("zh-CN"), ...livedDay("en")]) {
		t.true(screen.softKeys.length <= 3, screen.name);
		const { keys } = layOut(screen, shape);
		const reached = Object.values(keys);
		for (const { key } of screen.softKeys) t.true(reached.includes(key), `${screen.name}: ${key}`);
	}
});

test("pages turn with up and down, and only then do the keys mean something else", (t) => {
	const shape = { width: 128, height: 64 };
	const home = livedDay("en").findLast(({ name }) => name === "home");
	if (home === undefined) return t.fail("no resting screen");
	const pages = new ScreenPages();
	pages.show(home, shape);
	t.is(pages.press("cancel", true), "menu");
	t.is(pages.press("up", true), "language");
	t.is(pages.press("ok", true), "ok");
	t.is(pages.press("5", true), "5");
	const first = gridOf(pages.picture ?? t.fail(), shape);
	t.is(pages.press("down", true), undefined);
	pages.fit(shape);
	t.not(gridOf(pages.picture ?? t.fail(), shape), first);
	t.is(pages.press("up", true), undefined);
	pages.fit(shape);
	t.is(gridOf(pages.picture ?? t.fail(), shape), first);
	pages.show({ ...home, name: "other", lines: [] }, shape);
	t.is(pages.press("down", true), "down");
});
