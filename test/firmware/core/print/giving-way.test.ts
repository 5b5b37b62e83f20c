import test from "ava";
import { Shop } from "./_shop.ts";

/** Titles, banners and rows of the roll in their order, without anything else. */
function story(shop: Shop): readonly string[] {
	return shop.lines
		.map((line) => line.trim())
		.flatMap((line) => {
			if (/^(日结清单|签购单)$/.test(line) || /^(续打|未完)/.test(line)) return [line];
			return /^\d{6} .* \d\d:\d\d$/.test(line) ? [line.slice(0, 6)] : [];
		});
}

/** A list of so many rows, of which `printed` are on paper when a customer pays. */
function interrupted(rowCount: number, printed: number): Shop {
	const shop = new Shop();
	shop.sell(rowCount);
	shop.owe("dailyList", shop.settle());
	shop.run(() => story(shop).length > printed);
	shop.owe("slip", shop.trade());
	return shop;
}

const trace = (row: number) => String(row).padStart(6, "0");

test("a running list gives way to a slip between two rows and goes on behind it, marked", (t) => {
	const shop = interrupted(60, 4);
	const rows = story(shop).length - 1;
	shop.run();
	const all = Array.from({ length: 60 }, (_, index) => trace(index + 1));
	t.deepEqual(story(shop), [
		...["日结清单", ...all.slice(0, rows), "未完, 让签购单先打"],
		...["签购单", `续打 从第 ${rows + 1} 行`, ...all.slice(rows)],
	]);
	t.true(rows < 60);
	t.deepEqual(shop.core.state.debts, []);
	t.regex(
		shop.text,
		/未完, 让签购单先打\n\*+\n\n+ +示范商店\n +签购单/,
		"each on paper of its own",
	);
	t.true(shop.text.includes("第 2/2 页"));
});

test("slips that keep coming all come before the next row", (t) => {
	const shop = interrupted(60, 4);
	shop.owe("slip", shop.trade());
	shop.run(() => story(shop).filter((line) => line === "签购单").length === 2);
	shop.owe("slip", shop.trade());
	shop.run();
	const lines = story(shop);
	t.is(lines.filter((line) => line.startsWith("续打")).length, 1);
	t.is(
		lines.lastIndexOf("签购单") + 1,
		lines.findIndex((line) => line.startsWith("续打")),
	);
	t.deepEqual(shop.core.state.debts, []);
});

test("wherever the slip comes in, each row is on paper once and in order", (t) => {
	for (let printed = 0; printed <= 56; printed += 7) {
		const shop = interrupted(55, printed);
		shop.run();
		const rows = story(shop).filter((line) => /^\d{6}$/.test(line));
		t.deepEqual(
			rows,
			Array.from({ length: 55 }, (_, index) => trace(index + 1)),
			`${printed} printed`,
		);
		t.deepEqual(shop.core.state.debts, []);
	}
});

test("paper that ends in the slip, and a power cut in it: the list goes on behind the row it had come to", (t) => {
	for (const fate of ["paper", "power"] as const) {
		const shop = interrupted(60, 4);
		shop.run(() => story(shop).includes("签购单"));
		const before = story(shop).filter((line) => /^\d{6}$/.test(line)).length;
		if (fate === "paper") {
			shop.printer.paperOut(1);
			shop.run();
			shop.printer.paperIn();
		} else shop.cutPower();
		shop.run();
		const lines = story(shop);
		t.true(lines.includes(`续打 从第 ${before + 1} 行`), fate);
		t.deepEqual(
			lines.filter((line) => /^\d{6}$/.test(line)),
			Array.from({ length: 60 }, (_, index) => trace(index + 1)),
		);
		t.deepEqual(shop.core.state.debts, []);
	}
});

test("a list that waits for a slip and is given up is not taken up again", (t) => {
	const shop = interrupted(60, 4);
	const list = shop.core.state.debts.find(({ document }) => document === "dailyList")?.debt ?? 0;
	shop.run(() => story(shop).includes("签购单"));
	shop.desk.waivePrint(list, { name: "王店长", role: "manager" }, "不要");
	shop.run();
	t.false(story(shop).some((line) => line.startsWith("续打")));
	t.deepEqual(shop.core.state.debts, []);
});
