import test from "ava";
import { LINE_LENGTH_MAX, readByteLines, readLines } from "../../../host/statement/text.ts";
import { byteSource } from "../source.ts";

async function lines(bytes: Uint8Array, options = {}, size = 3) {
	const found: string[] = [];
	for await (const { text, line } of readLines(byteSource("a.txt", bytes, size), options)) {
		found.push(`${line} ${text}`);
	}
	return found;
}

const utf8 = (text: string) => new TextEncoder().encode(text);
const gbk = Uint8Array.of(0x61, 0x0a, 0xd6, 0xd0, 0x0a, 0xb9, 0xfa);

test("any line ends, and empty lines count", async (t) => {
	t.deepEqual(await lines(utf8("a\r\nb\rc\n\nd")), ["1 a", "2 b", "3 c", "4 ", "5 d"]);
	t.deepEqual(await lines(utf8("a\n")), ["1 a"]);
	t.deepEqual(await lines(utf8("")), []);
});

test("the encoding is the mark's, else UTF-8, else the fallback", async (t) => {
	t.deepEqual(await lines(utf8("\ufeff店\nb")), ["1 店", "2 b"]);
	const utf16 = Uint8Array.of(0xff, 0xfe, 0x97, 0x5e, 0x0d, 0x00, 0x0a, 0x00, 0x62, 0x00);
	t.deepEqual(
		await lines(utf16),
		["1 店", "2 b"].map((line) => line.replace("店", "\u5e97")),
	);
	t.deepEqual(await lines(gbk, { fallback: "gb18030" }), ["1 a", "2 中", "3 国"]);
	t.deepEqual(await lines(Uint8Array.of(0xfc), { fallback: "windows-1252" }), ["1 ü"]);
});

test("bytes of no encoding are refused with their line", async (t) => {
	await t.throwsAsync(lines(gbk), {
		code: "STATEMENT_FORMAT",
		message: /^a\.txt:2: the bytes are not utf-8/,
	});
	const late = new Uint8Array([...utf8("\ufeffa\nb\n"), 0xff, 0x0a]);
	await t.throwsAsync(lines(late), { message: /^a\.txt:\d+: the bytes are not utf-8/ });
});

test("a line without an end is refused before it fills the memory", async (t) => {
	const long = new Uint8Array(LINE_LENGTH_MAX + 10).fill(0x61);
	await t.throwsAsync(lines(long, {}, 10_000), {
		code: "STATEMENT_FORMAT",
		message: /^a\.txt:1: /,
	});
});

test("lines of bytes keep their numbers and lose their ends", async (t) => {
	const found: string[] = [];
	for await (const { bytes, line } of readByteLines(byteSource("a", utf8("ab\r\n\ncd\nef"), 2))) {
		found.push(`${line} ${new TextDecoder().decode(bytes)}`);
	}
	t.deepEqual(found, ["1 ab", "3 cd", "4 ef"]);
});
