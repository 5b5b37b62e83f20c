import test, { type ExecutionContext } from "ava";
import { PowerCut } from "../../../_helper/fake-journal.ts";
import { clerk, manager, Shop } from "./_shop.ts";

/** Records of the printing of one debt. */
function progressOf(shop: Shop, debt: number): readonly string[] {
	return [...shop.journal.decoded()].flatMap(([, record]) =>
		record.kind === "printProgress" && record.body.debt === debt
			? [`${record.body.state} ${record.body.row}`]
			: [],
	);
}

function countOf(shop: Shop, line: string): number {
	return shop.lines.filter((other) => other.trim() === line).length;
}

interface Run {
	/** Row that the banner names; 1 for the beginning. */
	readonly from: number;
	readonly rows: readonly number[];
}

/** List rows on paper, parted at the banners that say that it goes on. */
function runsOnPaper(shop: Shop): readonly Run[] {
	const runs: { from: number; rows: number[] }[] = [{ from: 1, rows: [] }];
	for (const line of shop.lines) {
		const banner = /续打 从第 (\d+) 行/.exec(line);
		if (banner !== null) runs.push({ from: Number(banner[1]), rows: [] });
		else if (line.includes("续打")) runs.push({ from: Number.POSITIVE_INFINITY, rows: [] });
		const row = /^(\d{6}) .* \d\d:\d\d$/.exec(line);
		if (row !== null) runs.at(-1)?.rows.push(Number(row[1]));
	}
	return runs;
}

/** No row is missing; each run is in order and begins where its banner says, at most behind what was there. */
function checkRows(t: ExecutionContext, shop: Shop, rowCount: number, what: string): void {
	let known = 0;
	for (const { from, rows } of runsOnPaper(shop)) {
		if (rows.length === 0) continue;
		t.true(from <= known + 1, `${what}: begins at ${from} after ${known}`);
		const expected = Array.from({ length: rows.length }, (_, index) => from + index);
		t.deepEqual(rows, expected, what);
		known = Math.max(known, from + rows.length - 1);
	}
	t.is(known, rowCount, what);
}

function shopWithList(rowCount: number, options: ConstructorParameters<typeof Shop>[0] = {}) {
	const shop = new Shop(options);
	shop.sell(rowCount);
	const settlement = shop.settle();
	return { shop, settlement, debt: shop.owe("dailyList", settlement) };
}

test("a slip is journalled as sent before its first byte, and confirmed when it is on paper", (t) => {
	const shop = new Shop();
	const debt = shop.owe("slip", shop.trade());
	t.is(shop.core.state.debts.length, 1);
	shop.run(() => shop.printer.paper.entries.length > 0);
	t.deepEqual(progressOf(shop, debt), ["sent 0"]);
	shop.run();
	t.deepEqual(progressOf(shop, debt), ["sent 0", "confirmed 1"]);
	t.deepEqual(shop.core.state.debts, []);
	t.is(shop.queue.step(), Number.POSITIVE_INFINITY);
});

test("slips come before lists", (t) => {
	const shop = new Shop();
	const sale = shop.trade();
	shop.owe("dailyList", shop.settle());
	shop.owe("slip", sale);
	shop.run();
	const titles = shop.lines.map((line) => line.trim());
	t.true(titles.indexOf("签购单") < titles.indexOf("日结清单"));
	t.deepEqual(shop.core.state.debts, []);
});

test("progress of a list is journalled at page ends only", (t) => {
	const { shop, debt } = shopWithList(51);
	shop.run();
	t.deepEqual(progressOf(shop, debt), ["sent 0", "sent 50", "sent 51", "confirmed 51"]);
});

test("a confirmed list marks its day", (t) => {
	const shop = new Shop();
	shop.trade();
	shop.settle();
	const first = shop.core.state.day?.first ?? 0;
	shop.core.record("dayClose", { day: 1, businessDate: 20261121, first, exceptions: [] });
	shop.owe("dailyList", first);
	t.false(shop.core.state.days[0]?.listConfirmed);
	shop.run();
	t.true(shop.core.state.days[0]?.listConfirmed);
});

test("paper that ends anywhere in a list: it goes on at the next row, marked", (t) => {
	const whole = shopWithList(53).shop;
	whole.run();
	const lineCount = whole.lines.length;
	for (let line = 1; line < lineCount; line++) {
		const { shop, debt } = shopWithList(53);
		shop.printer.paperOut(line);
		shop.run();
		t.deepEqual(shop.queue.notices(), [{ type: "printer", problem: "paperOut", debt }]);
		t.is(shop.core.state.debts.length, 1, `line ${line}`);
		shop.printer.paperIn();
		shop.run();
		t.deepEqual(shop.queue.notices(), []);
		t.deepEqual(shop.core.state.debts, [], `line ${line}`);
		checkRows(t, shop, 53, `line ${line}`);
		t.true(shop.text.includes("续打"), `line ${line}`);
	}
});

test("paper that ends in row 20 costs that row alone", (t) => {
	const whole = shopWithList(53).shop;
	whole.run();
	const { shop, debt } = shopWithList(53);
	// Row 20 comes out of a printer that has no paper to say so of.
	shop.printer.paperOut(whole.lines.findIndex((line) => line.startsWith("000020")) + 1);
	shop.run();
	t.is(progressOf(shop, debt).at(-1), "sent 19");
	shop.printer.paperIn();
	shop.run();
	t.deepEqual(runsOnPaper(shop)[1]?.from, 20);
	const rows = runsOnPaper(shop).flatMap((run) => run.rows);
	t.is(rows.length, 54);
});

/** Does something once, as soon as a line that begins so is on paper. */
function whenPrinted(shop: Shop, begin: string, action: () => void): void {
	const { printer } = shop;
	const write = printer.write.bind(printer);
	printer.write = (bytes) => {
		const taken = write(bytes);
		if (!shop.lines.some((line) => line.startsWith(begin))) return taken;
		printer.write = write;
		action();
		return taken;
	};
}

test("a printer that is switched off and on prints nothing unmarked twice", (t) => {
	const { shop, debt } = shopWithList(30, { printer: { bufferBytes: 100 } });
	whenPrinted(shop, "000011", () => shop.printer.setOnline(false));
	shop.run();
	t.deepEqual(shop.queue.notices(), [{ type: "printer", problem: "offline", debt }]);
	for (let steps = 0; steps < 20; steps++) t.is(shop.queue.step(), 500);
	const before = progressOf(shop, debt).length;
	shop.printer.cutPower();
	shop.printer.restorePower();
	shop.printer.setOnline(true);
	shop.run();
	t.deepEqual(shop.core.state.debts, []);
	checkRows(t, shop, 30, "off and on");
	t.is(progressOf(shop, debt).length, before + 2, "waiting writes no records");
});

/** The power goes at a write to the printer, before it or behind it. Returns how many writes there were. */
function runUntilWrite(shop: Shop, cut: number, isWritten: boolean): number {
	const { printer } = shop;
	const write = printer.write.bind(printer);
	let writes = 0;
	printer.write = (bytes) => {
		writes++;
		if (writes === cut && !isWritten) throw new PowerCut(writes);
		const taken = write(bytes);
		if (writes === cut) throw new PowerCut(writes);
		return taken;
	};
	try {
		shop.run();
	} catch (error) {
		if (!(error instanceof PowerCut)) throw error;
	}
	printer.write = write;
	return writes;
}

for (const isWritten of [false, true]) {
	const when = isWritten ? "behind" : "before";
	test(`power cut ${when} every write to the printer: no row is missing and doubles are marked`, (t) => {
		const writes = runUntilWrite(shopWithList(53).shop, Number.POSITIVE_INFINITY, isWritten);
		for (let cut = 1; cut <= writes; cut++) {
			const { shop } = shopWithList(53);
			t.is(runUntilWrite(shop, cut, isWritten), cut);
			shop.cutPower();
			shop.run();
			t.deepEqual(shop.core.state.debts, [], `write ${cut}`);
			checkRows(t, shop, 53, `write ${cut}`);
		}
	});
}

test("power cut in the middle of blocks, on a slow printer with a small buffer", (t) => {
	const steps = shopWithList(52, { slow: true }).shop.run();
	for (let cut = 2; cut < steps; cut += 5) {
		const { shop } = shopWithList(52, { slow: true });
		let taken = 0;
		shop.run(() => taken++ >= cut);
		shop.cutPower();
		shop.run();
		t.deepEqual(shop.core.state.debts, [], `step ${cut}`);
		checkRows(t, shop, 52, `step ${cut}`);
	}
});

test("after a restart behind a page end the list goes on there, with the same totals and seal", (t) => {
	const whole = shopWithList(120);
	whole.shop.run();
	const { shop, debt } = shopWithList(120);
	whenPrinted(shop, "000107", () => {
		throw new PowerCut(107);
	});
	t.throws(() => shop.run(), { any: true, instanceOf: PowerCut });
	t.is(progressOf(shop, debt).at(-1), "sent 100");
	shop.cutPower();
	shop.run();
	t.is(runsOnPaper(shop)[1]?.from, 101);
	t.deepEqual(shop.qrCodes, whole.shop.qrCodes);
	const foot = whole.shop.lines.filter((line) => line.startsWith("累计 120"));
	t.deepEqual(
		shop.lines.filter((line) => line.startsWith("累计 120")),
		foot,
	);
});

test("a terminal that starts again while its printer prints on leaves nothing unmarked twice", (t) => {
	const { shop } = shopWithList(20, { slow: true });
	shop.run(() => shop.lines.some((line) => line.startsWith("000009")));
	shop.restart();
	shop.run();
	checkRows(t, shop, 20, "restart");
	t.deepEqual(shop.core.state.debts, []);
});

test("half a command that is left in the printer by a restart spoils nothing that follows", (t) => {
	const whole = shopWithList(2, { slow: true }).shop;
	const steps = whole.run();
	for (let cut = 1; cut < steps; cut++) {
		const { shop } = shopWithList(2, { slow: true });
		let taken = 0;
		shop.run(() => taken++ >= cut);
		shop.restart();
		shop.run();
		t.deepEqual(shop.printer.paper.ignored, [], `step ${cut}`);
		t.is(shop.qrCodes.at(-1), whole.qrCodes[0], `step ${cut}`);
		checkRows(t, shop, 2, `step ${cut}`);
	}
});

test("a slip that was not finished is printed again whole, marked", (t) => {
	const shop = new Shop();
	shop.owe("slip", shop.trade());
	shop.printer.paperOut(6);
	shop.run();
	t.is(countOf(shop, "签购单"), 1);
	shop.printer.paperIn();
	shop.run();
	t.is(countOf(shop, "签购单"), 2);
	t.is(countOf(shop, "续打 前次打印未完成"), 1);
	t.deepEqual(shop.core.state.debts, []);
});

test("without paper nothing is begun, and nothing is marked when it comes", (t) => {
	const shop = new Shop();
	shop.printer.paperOut();
	const debt = shop.owe("slip", shop.trade());
	shop.run();
	t.deepEqual(progressOf(shop, debt), []);
	shop.printer.paperIn();
	shop.run();
	t.deepEqual(progressOf(shop, debt), ["sent 0", "confirmed 1"]);
	t.false(shop.text.includes("续打"));
});

test("a printer that cannot say: the operator is asked, and says that it is on paper", (t) => {
	const { shop, debt } = shopWithList(60);
	shop.printer.setCanSay(false);
	shop.run();
	t.deepEqual(progressOf(shop, debt), ["sent 0", "unknown 0"]);
	t.deepEqual(shop.queue.notices(), [{ type: "printer", problem: "unconfirmed", debt }]);
	t.is(shop.queue.step(), Number.POSITIVE_INFINITY);
	shop.restart();
	t.is(shop.queue.step(), Number.POSITIVE_INFINITY, "a start does not print it again by itself");
	shop.desk.confirmPrint(debt, clerk, true);
	t.deepEqual(shop.core.state.debts, []);
	checkRows(t, shop, 60, "cannot say");
});

test("a printer that cannot say: what is not on paper is printed again, marked", (t) => {
	const { shop, debt } = shopWithList(3);
	shop.printer.setCanSay(false);
	shop.run();
	shop.desk.confirmPrint(debt, clerk, false);
	shop.printer.setCanSay(true);
	shop.run();
	t.deepEqual(
		runsOnPaper(shop).map(({ from, rows }) => [from, rows.length]),
		[
			[1, 3],
			[1, 3],
		],
	);
	t.deepEqual(shop.core.state.debts, []);
});

test("other prints go on while one waits for the operator", (t) => {
	const shop = new Shop();
	const first = shop.owe("slip", shop.trade());
	shop.printer.setCanSay(false);
	shop.run();
	shop.printer.setCanSay(true);
	shop.owe("slip", shop.trade());
	shop.run();
	t.deepEqual(
		shop.core.state.debts.map(({ debt, state }) => [debt, state]),
		[[first, "unknown"]],
	);
});

test("a print is given up by a person with a reason, also in the middle of it", (t) => {
	const { shop, debt } = shopWithList(20);
	shop.run(() => shop.lines.some((line) => line.startsWith("000005")));
	shop.desk.waivePrint(debt, manager, "打印机损坏");
	const before = shop.lines.length;
	t.is(shop.queue.step(), Number.POSITIVE_INFINITY);
	t.deepEqual(shop.core.state.debts, []);
	t.is(shop.lines.length, before);
	const last = shop.core.recordAt(shop.core.state.sequence);
	t.like(last, { kind: "printProgress", body: { by: "王店长", reason: "打印机损坏" } });
});

test("copies are counted, marked, and say who asked when and why", (t) => {
	const shop = new Shop();
	const sale = shop.trade();
	shop.owe("slip", sale);
	shop.desk.reprint("slip", sale, manager, "顾客要求");
	shop.desk.reprint("slip", sale, manager, "遗失");
	shop.run();
	t.is(countOf(shop, "签购单"), 3);
	t.is(countOf(shop, "重打印/DUPLICATE 1"), 1);
	t.is(countOf(shop, "重打印/DUPLICATE 2"), 1);
	t.regex(shop.text, /补打人 +王店长\n补打时间 +2026-11-21 08:01:03\n原因 +顾客要求\n/);
	t.regex(shop.text, /原始时间 +2026-11-21 08:01:01\n/);
	t.is(shop.core.state.day?.reprintCount, 2);
});

test("a debt whose subject was destroyed says so on paper", (t) => {
	const shop = new Shop();
	const sale = shop.trade();
	shop.owe("slip", sale);
	shop.journal.destroy(sale);
	shop.run();
	t.regex(shop.text, /无法打印/);
	t.true(shop.text.includes(`日志中第 ${sale} 条记录`));
	t.deepEqual(shop.core.state.debts, []);
});

test("a step sends no more than the printer takes", (t) => {
	const { shop } = shopWithList(3, { slow: true });
	let steps = 0;
	let taken = 0;
	shop.run(() => {
		steps++;
		const now = shop.printer.roll.length + shop.printer.pendingBytes;
		t.true(now - taken <= 20, `${now - taken} bytes in one step`);
		taken = now;
		return false;
	});
	t.true(steps > 40);
	checkRows(t, shop, 3, "small buffer");
});
