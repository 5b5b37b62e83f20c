import { createHash } from "node:crypto";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { toHex } from "../../../../protocol/bytes.ts";
import { LIST_PAGE_ROWS } from "../../../../protocol/limits.ts";
import { listPageHashes, listRows } from "../../../../protocol/list-hash.ts";
import { formatAmount } from "../../../../protocol/money.ts";
import { parseListSeal } from "../../../../protocol/paper-seal.ts";
import type { RecordBody } from "../../../../protocol/record.ts";
import { lineColumnsUsed, lineText } from "../../../emulator/paper/model.ts";
import { checkPicture, golden } from "./_golden.ts";
import { manager, Shop, type ShopOptions } from "./_shop.ts";

const papers: readonly Required<Pick<ShopOptions, "language" | "columns">>[] = [
	{ language: "zh-CN", columns: 32 },
	{ language: "zh-CN", columns: 48 },
	{ language: "en", columns: 32 },
	{ language: "en", columns: 48 },
];

function sha256(bytes: Uint8Array): Uint8Array {
	return new Uint8Array(createHash("sha256").update(bytes).digest());
}

/** A batch with one of everything that a list can hold. */
function busyShop(options: ShopOptions): Shop {
	const shop = new Shop(options);
	const [first = 0, second = 0] = shop.sell(6);
	shop.trade({ amountMinor: 123_456_789 });
	shop.trade({ type: "void", original: first, amountMinor: 100 });
	const foreign = { group: "foreign", scheme: "VISA", lastFour: "0005" } as const;
	shop.trade({ type: "refund", original: second, amountMinor: 8_019 }, foreign);
	shop.trade({ type: "preAuthorisation", amountMinor: 50_000 });
	shop.trade({ type: "completion", amountMinor: 42_000, trace: null });
	shop.outcome(shop.intent(), { outcome: "declined", response: "51" });
	const unknown = shop.intent();
	shop.outcome(unknown, { outcome: "unknown", response: null, lastFour: null });
	const reversed = shop.intent();
	shop.core.record("reversal", { transaction: reversed, attempt: 1, result: "reversed" });
	shop.outcome(reversed, { source: "contradicting" });
	shop.core.record("override", {
		blocker: "unknownOutcome",
		subject: unknown,
		...{ by: "王店长", role: "manager", reason: "银行已确认" },
	});
	shop.core.record("recovery", {
		...{ lastSequence: 30, lastChain: new Uint8Array(32), tornBytes: 57 },
		...{ repairedRecords: 0, staleRecords: 0 },
	});
	shop.desk.reprint("slip", first, manager, "顾客要求");
	shop.clock.advance(20 * 3_600_000);
	shop.sell(2);
	return shop;
}

function printList(shop: Shop, subject = shop.settle()): number {
	const debt = shop.owe("dailyList", subject);
	shop.run();
	return debt;
}

function checkPaper(t: ExecutionContext, shop: Shop): void {
	const { entries, ignored } = shop.printer.paper;
	t.deepEqual(ignored, []);
	for (const entry of entries) {
		if (entry.kind !== "line") continue;
		t.false(entry.overflowed);
		t.true(lineColumnsUsed(entry) <= shop.columns);
	}
}

/** What the host does with a photographed list: recomputes it from the records. */
function checkSeal(t: ExecutionContext, shop: Shop): void {
	const seal = parseListSeal(shop.qrCodes.at(-1) ?? "");
	const rows = [...listRows(shop.journal.decoded(), seal.first, seal.last)];
	const pages = listPageHashes(rows, sha256).map(toHex);
	t.is(seal.rowCount, rows.length);
	t.is(seal.hash, pages.at(-1) ?? "");
	const footPattern = /^(?:本页校验码|Page hash) +(\w+)$/;
	const printed = shop.lines.flatMap((line) => footPattern.exec(line)?.slice(1) ?? []);
	t.deepEqual(
		printed.slice(-pages.length),
		pages.map((page) => page.slice(0, 8)),
	);
}

function rowLines(shop: Shop): readonly string[] {
	const until = shop.lines.findIndex((line) => /失败与未知交易|Declined and unknown/.test(line));
	const lines = until < 0 ? shop.lines : shop.lines.slice(0, until);
	return lines.filter((line) => /^(\d{6}|-{6}) .*\d\d:\d\d(:\d\d)?$/.test(line));
}

for (const paper of papers) {
	const { language, columns } = paper;
	const name = `list-${columns}-${language}`;

	test(`${name}: a busy batch looks as it always did`, (t) => {
		const shop = busyShop(paper);
		printList(shop);
		const list = shop.text.slice(
			shop.text.search(/✂.*\n|\n {8,}示范商店\n +(日结清单|DAILY LIST)/),
		);
		t.is(list, golden(`${name}.txt`, list));
		const { entries } = shop.printer.paper;
		const title = entries.findLastIndex(
			(entry) => entry.kind === "line" && /^(日结清单|DAILY LIST)$/.test(lineText(entry)),
		);
		checkPicture(t, name, { entries: entries.slice(title - 1), columns });
		checkPaper(t, shop);
		checkSeal(t, shop);
	});

	for (const rowCount of [0, 1, 50, 51, 500]) {
		test(`${name}: ${rowCount} rows`, (t) => {
			const shop = new Shop(paper);
			shop.sell(rowCount);
			printList(shop);
			t.is(rowLines(shop).length, rowCount);
			const pages = Math.max(1, Math.ceil(rowCount / LIST_PAGE_ROWS));
			const heads = shop.lines.filter((line) => /第 \d+\/\d+ 页$|Page \d+ of \d+$/.test(line));
			t.is(heads.length, pages);
			t.regex(heads.at(-1) ?? "", new RegExp(`${pages}/${pages} 页|Page ${pages} of ${pages}`));
			t.is(shop.qrCodes.length, 1);
			t.deepEqual(shop.core.state.debts, []);
			checkPaper(t, shop);
			checkSeal(t, shop);
		});
	}
}

test("subtotals run along with the rows", (t) => {
	const shop = new Shop();
	shop.sell(120);
	printList(shop);
	const amounts = rowLines(shop).map((line) =>
		Number(line.slice(0, -5).trim().split(" ").at(-1)?.replace(".", "")),
	);
	const sums = [50, 100, 120].map((count) =>
		amounts.slice(0, count).reduce((sum, amount) => sum + amount, 0),
	);
	const printed = shop.lines.flatMap((line) => /^累计 \d+ 笔 +CNY (\S+)$/.exec(line)?.[1] ?? []);
	t.deepEqual(
		printed,
		sums.map((sum) => formatAmount(sum, "CNY")),
	);
});

test("a list is made of the same steps whatever was traded after it became due", (t) => {
	const shop = new Shop();
	shop.sell(3);
	const first = shop.core.state.day?.first ?? 0;
	shop.owe("dailyList", first);
	shop.sell(2);
	shop.run();
	t.is(rowLines(shop).length, 3);
	checkSeal(t, shop);
});

test("the list of a closed day ends with its close", (t) => {
	const shop = new Shop();
	shop.sell(3);
	const first = shop.core.state.day?.first ?? 0;
	shop.settle();
	shop.core.record("dayClose", { day: 1, businessDate: 20261121, first, exceptions: [] });
	shop.core.record("dayOpen", { day: 2, businessDate: 20261122, carried: [] });
	shop.sell(4);
	printList(shop, first);
	t.is(rowLines(shop).length, 3);
	checkSeal(t, shop);
});

test("a list that differs from its settlement says so", (t) => {
	const shop = new Shop();
	const sales = shop.sell(3);
	const settlement = shop.settle();
	printList(shop, settlement);
	t.false(shop.text.includes("与结算合计不符"));
	shop.journal.destroy((sales[1] ?? 0) + 1);
	shop.desk.reprint("dailyList", settlement, manager, "核对");
	shop.run();
	t.true(shop.text.includes("与结算合计不符"));
	t.true(shop.text.includes(`记录 ${(sales[1] ?? 0) + 1}-${(sales[1] ?? 0) + 1} 介质损坏`));
	checkPaper(t, shop);
});

test("an approval whose intent was destroyed is named and not counted", (t) => {
	const shop = new Shop();
	const sales = shop.sell(3);
	shop.journal.destroy(sales[2] ?? 0);
	printList(shop);
	t.is(rowLines(shop).length, 2);
	t.true(shop.text.includes(`#${sales[2]}\n       成功, 但交易记录已损坏`));
	checkSeal(t, shop);
});

test("a sale that is approved after its batch was settled is a late row of the next", (t) => {
	const shop = new Shop();
	const late = shop.intent();
	shop.outcome(late, { outcome: "unknown" });
	const before = shop.settle();
	shop.outcome(late, { source: "sweep" });
	const after = shop.settle();
	printList(shop, before);
	t.is(rowLines(shop).length, 0);
	t.regex(shop.text, /失败与未知交易\n-+\n.*\n000001 .*\n +未知\n/);
	printList(shop, after);
	t.regex(shop.text, /000001 消费 1234 .*\n {7}迟到, 交易属以前批次\n/);
	checkSeal(t, shop);
});

test("a sale that is approved while no day is open is on the list of the next day alone, marked late of its date", (t) => {
	for (const isGone of [false, true]) {
		const shop = new Shop();
		shop.sell(2);
		const late = shop.intent();
		shop.outcome(late, { outcome: "unknown" });
		const first = shop.core.state.day?.first ?? 0;
		shop.core.record("dayClose", { day: 1, businessDate: 20261121, first, exceptions: [] });
		const closed = shop.core.state.sequence;
		shop.outcome(late, { source: "sweep" });
		const next = shop.core.record("dayOpen", { day: 2, businessDate: 20261122, carried: [] });
		shop.sell(1);
		// Where the close before it is destroyed, a list begins with its own day and takes nothing twice.
		if (isGone) shop.journal.destroy(closed);
		const before = shop.lines.length;
		printList(shop, first);
		t.is(rowLines(shop).length, 2);
		t.regex(shop.text, /失败与未知交易/);
		printList(shop, next);
		const lines = shop.lines.slice(before);
		t.is(lines.filter((line) => line.includes("迟到, 属营业日 2026-11-21")).length, 1);
		checkSeal(t, shop);
	}
});

type Deed = {
	readonly type: RecordBody<"intent">["type"];
	readonly amountMinor: number;
	readonly group: RecordBody<"outcome">["group"];
	readonly end:
		| "approved"
		| "declined"
		| "unknown"
		| "reversed"
		| "none"
		| "lateApproved"
		| "charged";
	readonly settles: boolean;
};

const deed: fc.Arbitrary<Deed> = fc.record({
	type: fc.constantFrom("sale", "refund", "void", "preAuthorisation", "completion"),
	amountMinor: fc.integer({ min: 1, max: 20_000_000 }),
	group: fc.constantFrom("domestic", "foreign", "wallet", "cash"),
	end: fc.constantFrom(
		...(["approved", "approved", "approved", "declined"] as const),
		...(["unknown", "reversed", "none", "lateApproved", "charged"] as const),
	),
	settles: fc.nat(30).map((draw) => draw === 0),
});

/** Does the deeds and returns, for each settlement, the amounts that its list must hold. */
function perform(shop: Shop, deeds: readonly Deed[]): Map<number, number[]> {
	const lists = new Map<number, number[]>();
	const open: { readonly transaction: number; readonly deed: Deed }[] = [];
	let amounts: number[] = [];
	let original: number | null = null;
	const approve = (transaction: number, { type, amountMinor, group }: Deed) => {
		shop.outcome(transaction, { group });
		amounts.push(type === "refund" || type === "void" ? -amountMinor : amountMinor);
	};
	for (const one of deeds) {
		const { type, amountMinor, end } = one;
		const transaction = shop.intent({
			type,
			amountMinor,
			original: type === "sale" ? null : original,
		});
		if (end === "approved") approve(transaction, one);
		else if (end === "declined" || end === "unknown") shop.outcome(transaction, { outcome: end });
		else if (end === "reversed" || end === "charged") {
			shop.core.record("reversal", { transaction, attempt: 1, result: "reversed" });
			// Money that was taken after all is evidence and enters no total.
			if (end === "charged") shop.outcome(transaction, { source: "contradicting" });
		} else if (end === "lateApproved" && open.length < 4) open.push({ transaction, deed: one });
		if (end === "unknown" || end === "none") {
			shop.core.record("reversal", { transaction, attempt: 2, result: "reversed" });
		}
		if (type === "sale") original = transaction;
		if (!one.settles) continue;
		lists.set(shop.settle(), amounts);
		amounts = [];
		for (const late of open.splice(0)) approve(late.transaction, late.deed);
	}
	lists.set(shop.settle(), amounts);
	return lists;
}

test("every approved transaction of a batch is on its list once, and the totals are theirs", (t) => {
	fc.assert(
		fc.property(fc.array(deed, { maxLength: 90 }), fc.constantFrom(...papers), (deeds, paper) => {
			const shop = new Shop(paper);
			for (const [settlement, amounts] of perform(shop, deeds)) {
				const from = shop.lines.length;
				printList(shop, settlement);
				const lines = shop.lines.slice(from);
				const until = lines.findIndex((line) =>
					/^(失败与未知交易|Declined and unknown)$/.test(line),
				);
				const text = (until < 0 ? lines : lines.slice(0, until)).join("\n");
				const printed = text.match(
					/(?<= )-?\d+\.\d\d(?= \d\d:\d\d)|(?<=\d\d:\d\d\n *)-?\d+\.\d\d$/gm,
				);
				const wanted = amounts.map((amount) => formatAmount(amount, "CNY"));
				t.deepEqual([...(printed ?? [])], wanted);
				checkPaper(t, shop);
			}
		}),
		{ numRuns: 25 },
	);
});
