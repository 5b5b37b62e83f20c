import test from "ava";
import { type LaidItem, layoutItem } from "../../../protocol/slip/layout.ts";
import type { SlipItem } from "../../../protocol/slip/slip.ts";

function layout(item: SlipItem, options: { columns?: number; qr?: boolean } = {}) {
	const { columns = 32, qr = true } = options;
	return layoutItem(item, { columns, dotsAcross: columns * 12, qr, clean: (text) => text });
}

function textsOf(items: readonly LaidItem[]): readonly string[] {
	return items.map((item) => (item.kind === "line" ? item.text : item.kind));
}

test("a pair stands in one line as long as both sides fit", (t) => {
	t.deepEqual(textsOf(layout({ kind: "pair", left: "金额 AMOUNT", right: "￥128.50" })), [
		"金额 AMOUNT             ￥128.50",
	]);
	t.deepEqual(textsOf(layout({ kind: "pair", left: "", right: "x".repeat(32) })), ["x".repeat(32)]);
});

test("a long name wraps beside its value, and the value is never cut", (t) => {
	const left = "云闪付扫码消费手续费减免活动";
	t.deepEqual(textsOf(layout({ kind: "pair", left, right: "1234567890.00" })), [
		"云闪付扫码消费手续",
		"费减免活动         1234567890.00",
	]);
	const right = "reference 20261121000123456789ABCDEF";
	t.deepEqual(textsOf(layout({ kind: "pair", left: "参考号 RRN", right })), [
		"参考号 RRN",
		"                       reference",
		"      20261121000123456789ABCDEF",
	]);
});

test("cells share what the fixed ones leave", (t) => {
	const cells = [
		{ text: "000123", width: 6 },
		{ text: "微信支付 消费" },
		{ text: "15.00", width: 9, align: "right" },
	] as const;
	t.deepEqual(textsOf(layout({ kind: "columns", cells })), ["000123 微信支付 消费       15.00"]);
	const narrow = [{ text: "000123" }, { text: "微信支付", overflow: "cut", width: 5 }] as const;
	t.deepEqual(textsOf(layout({ kind: "columns", cells: narrow }, { columns: 10 })), [
		"0001 微…",
		"23",
	]);
});

test("a row that cannot fit is a mistake of its document", (t) => {
	const cells = [
		{ text: "a", width: 20 },
		{ text: "b", width: 20 },
	];
	t.throws(() => layout({ kind: "columns", cells }), { code: "ASSERTION", message: /20, 20/ });
	t.throws(() => layout({ kind: "columns", cells: [] }), { code: "ASSERTION" });
});

test("a banner is as large as it can be unbroken", (t) => {
	const sizes = (text: string) =>
		layout({ kind: "mark", text }).flatMap((item) => (item.kind === "line" ? [item.size] : []));
	t.deepEqual(sizes("重打印 2"), ["normal", "double", "normal"]);
	t.deepEqual(sizes("重打印/DUPLICATE 2"), ["normal", "tall", "normal"]);
});

test("double size has half the columns", (t) => {
	const item = { kind: "text", text: "0123456789abcdefg", size: "double" } as const;
	t.deepEqual(textsOf(layout(item)), ["0123456789abcdef", "g"]);
	t.is(layout({ ...item, size: "tall" }).length, 1);
	t.deepEqual(textsOf(layout({ ...item, overflow: "cut" })), ["0123456789abcd…"]);
});

test("a QR code shrinks until it fits the paper", (t) => {
	const qr = (length: number, size?: number) =>
		layout({ kind: "qr", data: "x".repeat(length), ...(size === undefined ? {} : { size }) })[0];
	t.like(qr(14), { moduleDots: 6 });
	t.like(qr(14, 16), { moduleDots: 13 });
	t.like(qr(213, 16), { moduleDots: 5 });
	t.like(qr(362, 16), { moduleDots: 4 });
});

test("a QR code that cannot be printed says why", (t) => {
	t.throws(() => layout({ kind: "qr", data: "x".repeat(363) }), { code: "LIMIT", message: /363/ });
	t.throws(() => layout({ kind: "qr", data: "日结" }), { code: "USAGE" });
	t.throws(() => layout({ kind: "qr", data: "" }), { code: "USAGE" });
});

test("paper without QR codes shows the text of one, in groups that can be typed", (t) => {
	const data = "x".repeat(40);
	t.deepEqual(textsOf(layout({ kind: "qr", data }, { qr: false })), [
		"xxxxxxx xxxxxxx xxxxxxx xxxxxxx",
		"xxxxxxx xxxxx",
	]);
	t.is(textsOf(layout({ kind: "qr", data }, { qr: false, columns: 48 }))[0]?.length, 45);
});
