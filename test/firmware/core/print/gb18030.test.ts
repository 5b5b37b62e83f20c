import test from "ava";
import fc from "fast-check";
import { Gb18030, printableText } from "../../../../firmware/core/print/gb18030.ts";
import { gbTable } from "../../../../firmware/resources/gb-table.ts";

const gbk = new Gb18030(gbTable, "gbk");
const full = new Gb18030(gbTable, "gb18030");

test("names with rare ideographs need no GB 2312", (t) => {
	t.is(printableText("朱镕喆堃", gbk), "朱镕喆堃");
	t.is(gbk.code(0x5586), 0x86b4);
});

test("extension A prints only where the printer knows four-byte codes", (t) => {
	t.is(printableText("㐂寿司 鿍", gbk), "?寿司 ?");
	t.is(printableText("㐂寿司 鿍", full), "㐂寿司 鿍");
});

test("a character without a code prints as a question mark, one for each", (t) => {
	t.is(printableText("好😀ö𠮷", full), "好???");
});

test("currency signs and spaces take the shape that GBK has", (t) => {
	t.is(printableText("¥1\u00a0£2\t•", gbk), "￥1 ￡2 ·");
});

test("marks without ink leave nothing behind", (t) => {
	t.is(printableText("\ufeffa\u200db\u2066c\ufe0f", gbk), "abc");
});

test("no text can carry a command to the printer", (t) => {
	t.is(printableText("a\u001bp\u0000\u001dV\u0000\r\nb\rc\u007f\u0085", gbk), "a?p??V?\nb?c??");
	fc.assert(
		fc.property(fc.string({ unit: "binary" }), (text) => {
			const codes = [...printableText(text, full).replaceAll("\n", "")].map((character) =>
				full.code(character.codePointAt(0) ?? 0),
			);
			t.true(codes.every((code) => code !== undefined && code >= 0x20));
		}),
	);
});

test("a table that is not whole is refused", (t) => {
	t.throws(() => new Gb18030(gbTable.subarray(1), "gbk"), { code: "ASSERTION" });
	t.throws(() => new Gb18030(new Uint8Array(), "gbk"), { code: "ASSERTION" });
});
