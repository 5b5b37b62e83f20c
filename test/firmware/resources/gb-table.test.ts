import { readFileSync } from "node:fs";
import test from "ava";
import iconv from "iconv-lite";
import { type Charset, Gb18030 } from "../../../firmware/core/print/gb18030.ts";
import { fromBase64Lines } from "../../../firmware/resources/base64.ts";
import { gbTable } from "../../../firmware/resources/gb-table.ts";
import { gbTableBytes, gbTableSource } from "../../../firmware/resources/generate-gb.ts";

/** GB 18030-2022 gives these 18 two-byte codes to characters; the oracle still has private use there. */
const movedIn2022 = new Set([
	...[0xfe10, 0xfe11, 0xfe12, 0xfe13, 0xfe14, 0xfe15, 0xfe16, 0xfe17, 0xfe18, 0xfe19],
	...[0x9fb4, 0x9fb5, 0x9fb6, 0x9fb7, 0x9fb8, 0x9fb9, 0x9fba, 0x9fbb],
]);

/** Our bytes as hex, "" for what has no code. */
function encodeHex(charset: Gb18030, codePoint: number): string {
	const code = charset.code(codePoint);
	if (code === undefined) return "";
	const hex = code.toString(16);
	return hex.padStart(hex.length + (hex.length % 2), "0");
}

function oracleHex(codePoint: number): string {
	return iconv.encode(String.fromCodePoint(codePoint), "gb18030").toString("hex");
}

test("generating the table again gives the file that is committed", (t) => {
	const file = new URL("../../../firmware/resources/gb-table.ts", import.meta.url);
	t.is(readFileSync(file, "utf8"), gbTableSource());
	t.deepEqual(gbTable, gbTableBytes());
});

test("base64 lines of every length decode as Node decodes them", (t) => {
	for (let length = 0; length < 100; length++) {
		const bytes = Uint8Array.from({ length }, (_, index) => (index * 73 + length) & 0xff);
		const lines =
			Buffer.from(bytes)
				.toString("base64")
				.match(/.{1,8}/g) ?? [];
		t.deepEqual(fromBase64Lines(lines), bytes, `${length} bytes`);
	}
});

for (const charset of ["gbk", "gb18030"] as const satisfies readonly Charset[]) {
	test(`${charset}: every character of Unicode has the oracle's code or none`, (t) => {
		const ours = new Gb18030(gbTable, charset);
		const wrong: string[] = [];
		const counts = { one: 0, two: 0, four: 0 };
		for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
			if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue;
			const hex = encodeHex(ours, codePoint);
			if (hex === "") continue;
			counts[hex.length === 2 ? "one" : hex.length === 4 ? "two" : "four"]++;
			if (!movedIn2022.has(codePoint) && hex !== oracleHex(codePoint)) {
				wrong.push(`U+${codePoint.toString(16)}: ${hex}`);
			}
		}
		t.deepEqual(wrong, []);
		// Four bytes: 6,540 of extension A (52 have two), 82 of the 90 behind U+9FA5.
		// 21,891 = 23,940 codes, less private use and the second code of the ideographic space.
		t.deepEqual(counts, { one: 95, two: 21_891, four: charset === "gbk" ? 0 : 6_622 });
	});
}

test("whatever the oracle writes in two bytes, we write too, private use aside", (t) => {
	const ours = new Gb18030(gbTable, "gbk");
	const missing: string[] = [];
	for (let codePoint = 0x80; codePoint < 0x10000; codePoint++) {
		if (codePoint >= 0xd800 && codePoint < 0xf900) continue;
		const hex = oracleHex(codePoint);
		if (hex.length === 4 && encodeHex(ours, codePoint) !== hex) missing.push(hex);
	}
	t.deepEqual(missing, []);
});

test("the characters that moved in 2022 decode to themselves", (t) => {
	const ours = new Gb18030(gbTable, "gbk");
	const decoder = new TextDecoder("gb18030", { fatal: true });
	for (const codePoint of movedIn2022) {
		const bytes = Buffer.from(encodeHex(ours, codePoint), "hex");
		t.is(decoder.decode(bytes).codePointAt(0), codePoint);
	}
});
