import { createHash } from "node:crypto";
import test from "ava";
import { Reports } from "../../../../firmware/core/day/report.ts";
import type { ListChoice } from "../../../../firmware/core/part.ts";
import { toHex } from "../../../../protocol/bytes.ts";
import { listPageHashes, listRows } from "../../../../protocol/list-hash.ts";
import { parseListSeal } from "../../../../protocol/paper-seal.ts";
import { lineColumnsUsed } from "../../../emulator/paper/model.ts";
import { clerk, Shop, type ShopOptions } from "./_shop.ts";

const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash("sha256").update(bytes).digest());

/** Two operators in two shifts, three schemes, refusals and one sale without an end. */
function twoShifts(options: ShopOptions = {}): Shop {
	const shop = new Shop(options);
	shop.sell(5);
	shop.outcome(shop.intent(), { outcome: "declined", response: "51" });
	const first = shop.core.state.shift?.first ?? 0;
	shop.core.record("shiftClose", { shift: 1, operator: "01", first, exceptions: [] });
	shop.core.record("shiftOpen", { shift: 2, operator: "02" });
	const visa = { group: "foreign", scheme: "VISA", lastFour: "0005" } as const;
	shop.trade({ operator: "02", amountMinor: 7_000 }, visa);
	shop.trade({ operator: "02", amountMinor: 300 }, visa);
	shop.outcome(shop.intent({ operator: "02" }), { outcome: "declined", ...visa, response: "05" });
	shop.intent({ operator: "02", amountMinor: 4_200 });
	return shop;
}

/** What is printed for a choice, line by line. */
function printed(shop: Shop, choice: Partial<ListChoice> = {}): readonly string[] {
	const from = shop.lines.length;
	const subject = shop.core.state.day?.first ?? 0;
	const wanted = { subject, operator: null, group: null, isShort: false, ...choice };
	new Reports({ core: shop.core }).list(wanted, clerk);
	shop.run();
	return shop.lines.slice(from).map((line) => line.trim().replace(/ +/g, " "));
}

const rowsOf = (lines: readonly string[]) =>
	lines.filter((line) => /^\d{6} .* \d\d:\d\d$/.test(line));
const totalOf = (lines: readonly string[]) => lines.find((line) => /^合计 \d+ 笔/.test(line));
const traceOf = (line: string) => Number(line.slice(0, 6));

/** The code on the paper against the records, as the host compares them. */
function isTrue(shop: Shop): boolean {
	const seal = parseListSeal(shop.qrCodes.at(-1) ?? "");
	const rows = [...listRows(shop.journal.decoded(), seal.first, seal.last)];
	const hash = toHex(listPageHashes(rows, sha256).at(-1) ?? new Uint8Array());
	return seal.hash === hash && seal.rowCount === rows.length;
}

test("the list of a shift has the rows of that shift, and a code that the records bear out", (t) => {
	const shop = twoShifts();
	const lines = printed(shop, { subject: shop.core.state.shift?.first ?? 0 });
	t.deepEqual(rowsOf(lines).map(traceOf), [7, 8, 9, 10]);
	t.true(lines.includes("交易明细"));
	t.true(lines.includes("班次 2"));
	t.true(lines.includes("操作员 02"));
	t.is(totalOf(lines), "合计 2 笔 CNY 73.00");
	t.is(shop.qrCodes.length, 1);
	t.true(isTrue(shop));
	const earlier = [...shop.journal.decoded()].find(([, { kind }]) => kind === "shiftOpen");
	const before = printed(shop, { subject: earlier?.[0] ?? 0 });
	t.deepEqual(rowsOf(before).map(traceOf), [1, 2, 3, 4, 5, 6]);
	t.true(isTrue(shop));
});

test("by operator: nobody else's transactions, declined and open ones too, and no code", (t) => {
	const shop = twoShifts();
	const lines = printed(shop, { operator: "02" });
	t.true(lines.includes("仅操作员 02"));
	t.deepEqual(rowsOf(lines).map(traceOf), [7, 8, 9, 10]);
	t.is(totalOf(lines), "合计 2 笔 CNY 73.00");
	t.true(lines.includes("失败与未知 2"));
	t.true(lines.includes("部分清单, 不能扫码核对"));
	t.deepEqual(shop.qrCodes, []);
	t.is(totalOf(printed(shop, { operator: "99" })), "合计 0 笔 CNY 0.00");
});

test("by scheme: its rows and refusals, and whatever has no end and may be of it", (t) => {
	const shop = twoShifts();
	const foreign = printed(shop, { group: "foreign" });
	t.true(foreign.includes("仅境外卡"));
	t.deepEqual(rowsOf(foreign).map(traceOf), [7, 8, 9, 10]);
	const wallets = printed(shop, { group: "wallet" });
	t.deepEqual(rowsOf(wallets).map(traceOf), [5, 10]);
	const counts = (["domestic", "foreign", "wallet", "cash"] as const).map((group) =>
		totalOf(printed(shop, { group })),
	);
	t.deepEqual(
		counts.map((line) => Number(line?.split(" ")[1])),
		[4, 2, 1, 0],
		"each row is on the list of one scheme",
	);
});

test("the short form: no rows, what is not usual, totals and the same code as the whole list", (t) => {
	const shop = twoShifts();
	const whole = printed(shop);
	const short = printed(shop, { isShort: true });
	t.is(rowsOf(whole).length, 10);
	t.deepEqual(rowsOf(short).map(traceOf), [6, 9, 10], "declined and open");
	t.true(short.includes("简表 明细 7 笔不逐笔打印"));
	t.is(totalOf(short), totalOf(whole));
	t.true(short.includes("日志完整, 无缺口"));
	const [one, other] = shop.qrCodes.slice(-2).map(parseListSeal);
	t.deepEqual([one?.rowCount, one?.netMinor], [other?.rowCount, other?.netMinor]);
	t.true(isTrue(shop));
	t.is(short.filter((line) => line.includes("本页校验码")).length, 1);
});

test("what arrived late is on the short form too", (t) => {
	const shop = new Shop();
	const late = shop.intent();
	shop.outcome(late, { outcome: "unknown" });
	shop.settle();
	shop.outcome(late, { source: "sweep" });
	shop.sell(3);
	const short = printed(shop, { subject: shop.settle(), isShort: true });
	t.deepEqual(rowsOf(short).map(traceOf), [1]);
	t.true(short.includes("迟到, 交易属以前批次"));
});

test("a setting decides from how many rows on the list that prints by itself is short", (t) => {
	for (const [rowCount, isShort] of [
		[3, false],
		[4, true],
	] as const) {
		const shop = new Shop();
		const settings = [{ name: "shortListRows", value: 3 }];
		shop.core.record("configuration", { version: 2, source: "host", settings });
		shop.sell(rowCount);
		shop.owe("dailyList", shop.settle());
		shop.run();
		t.is(shop.text.includes("简表"), isShort, `${rowCount} rows`);
		t.true(isTrue(shop));
		t.is(rowsOf(printed(shop)).length, rowCount, "who asks for every row gets it");
	}
});

test("a list that had begun with its rows goes on with them when the setting changes in between", (t) => {
	const shop = new Shop();
	shop.sell(53);
	shop.owe("dailyList", shop.settle());
	shop.printer.paperOut(70);
	shop.run();
	const settings = [{ name: "shortListRows", value: 3 }];
	shop.core.record("configuration", { version: 2, source: "host", settings });
	shop.printer.paperIn();
	shop.run();
	const traces = shop.lines.filter((line) => /^\d{6} .* \d\d:\d\d$/.test(line)).map(traceOf);
	t.deepEqual(
		traces,
		Array.from({ length: 53 }, (_, index) => index + 1),
	);
});

test("parts and short forms fit on every paper", (t) => {
	for (const language of ["zh-CN", "en"] as const) {
		for (const columns of [32, 48] as const) {
			const shop = twoShifts({ language, columns });
			printed(shop, { operator: "02", isShort: true });
			printed(shop, { group: "wallet" });
			t.deepEqual(shop.core.state.debts, []);
			for (const entry of shop.printer.paper.entries) {
				if (entry.kind === "line") t.true(lineColumnsUsed(entry) <= columns);
			}
		}
	}
});

test("a list of something that is no period is refused", (t) => {
	const shop = twoShifts();
	const reports = new Reports({ core: shop.core });
	const wanted = { subject: shop.core.state.sequence, operator: null, group: null, isShort: false };
	t.throws(() => reports.list(wanted, clerk), { code: "REFUSED" });
	t.deepEqual(shop.core.state.debts, []);
});
