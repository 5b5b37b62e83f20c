import test from "ava";
import fc from "fast-check";
import { cutText, padText, textColumns, wrapText } from "../../../protocol/slip/width.ts";

/** Texts such as reach the paper: ASCII, Chinese, spaces, newlines, closing punctuation. */
const texts = fc.string({
	unit: fc.oneof(
		fc.constantFrom(" ", " ", "\n", "，", "。", "…", "é"),
		fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
		fc.integer({ min: 0x4e00, max: 0x9fa5 }).map((code) => String.fromCharCode(code)),
	),
	maxLength: 120,
});
const widths = fc.integer({ min: 2, max: 48 });

test("a full-width character takes two columns", (t) => {
	t.is(textColumns("日结清单 2026"), 13);
	t.is(textColumns(""), 0);
});

test("padding fills mixed text up to the column", (t) => {
	t.is(padText("金额", 8, "right"), "    金额");
	t.is(padText("金额", 7, "center"), " 金额  ");
	t.is(padText("金额", 3), "金额");
});

test("a cut text ends with a sign and never in half a character", (t) => {
	t.is(cutText("中国银行", 8), "中国银行");
	t.is(cutText("中国银行a", 8), "中国银…");
	t.is(cutText("中国银行a", 7), "中国…");
	t.is(cutText("abc", 2), "…");
});

test("Latin words stay whole, Chinese breaks anywhere but before a full stop", (t) => {
	t.deepEqual(wrapText("approved by the issuer", 10), ["approved", "by the", "issuer"]);
	t.deepEqual(wrapText("交易成功，请取卡。", 8), ["交易成", "功，请取", "卡。"]);
	t.deepEqual(wrapText("ab cd ef", 5), ["ab cd", "ef"]);
	t.deepEqual(wrapText("0123456789", 4), ["0123", "4567", "89"]);
	t.deepEqual(wrapText("a\n\nb", 4), ["a", "", "b"]);
});

test("wrapping loses nothing but spaces and never exceeds the width", (t) => {
	const bare = (text: string) => text.replaceAll(/[ \n]/g, "");
	fc.assert(
		fc.property(texts, widths, (text, width) => {
			const lines = wrapText(text, width);
			t.is(bare(lines.join("")), bare(text));
			t.true(lines.every((line) => textColumns(line) <= width));
		}),
	);
});

test("words that fit a line are never parted", (t) => {
	const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 20 });
	fc.assert(
		fc.property(words, fc.integer({ min: 12, max: 48 }), (list, width) => {
			t.deepEqual(wrapText(list.join(" "), width).join(" ").split(" "), list);
		}),
	);
});

test("cutting keeps a beginning and fills the width to within one column", (t) => {
	fc.assert(
		fc.property(texts, widths, (text, width) => {
			const cut = cutText(text, width);
			t.true(textColumns(cut) <= width);
			if (cut === text) return;
			t.true(cut.endsWith("…") && text.startsWith(cut.slice(0, -1)));
			t.true(textColumns(cut) >= width - 1);
		}),
	);
});

test("a width that cannot take one character is refused", (t) => {
	t.throws(() => wrapText("a", 1), { code: "ASSERTION" });
	t.throws(() => cutText("a", 1), { code: "ASSERTION" });
});
