/**
 * Streams written by hand after the command reference, and, where there are samples, streams that other programs
 * made.
 */
import { readdirSync, readFileSync } from "node:fs";
import test from "ava";
import fc from "fast-check";
import { hasSamples, samples } from "../../_helper/samples.ts";
import { PaperDecoder, type PaperDecoderOptions } from "./decoder.ts";
import { lineText, type Paper, paperText } from "./model.ts";

const streams = samples("escpos");
const testSamples = hasSamples("escpos") ? test : test.skip;

/** Bytes of a stream written as text (one byte a character) and numbers. */
function bytesOf(...parts: readonly (string | number)[]): Uint8Array {
	return Uint8Array.from(
		parts.flatMap((part) => (typeof part === "number" ? [part] : [...Buffer.from(part, "latin1")])),
	);
}

function decode(bytes: Uint8Array, options: PaperDecoderOptions = {}): Paper {
	const decoder = new PaperDecoder(options);
	decoder.write(bytes);
	return decoder.paper;
}

function linesOf(paper: Paper): readonly string[] {
	return paper.entries.flatMap((entry) => (entry.kind === "line" ? [lineText(entry)] : []));
}

test("text stands on paper only after its line feed", (t) => {
	const decoder = new PaperDecoder();
	decoder.write(bytesOf("AB"));
	t.deepEqual(decoder.paper.entries, []);
	t.false(decoder.isAtRest);
	decoder.write(bytesOf("\n"));
	t.deepEqual(linesOf(decoder.paper), ["AB"]);
	t.true(decoder.isAtRest);
});

test("Chinese needs Kanji character mode, in two bytes or four", (t) => {
	const chinese = [0x1c, "&", 0xbd, 0xe1, 0xcb, 0xe3, 0x81, 0x39, 0xef, 0x31, 0x1c, ".A\n"];
	t.deepEqual(linesOf(decode(bytesOf(...chinese))), ["结算㐂A"]);
	t.deepEqual(linesOf(decode(bytesOf(0xbd, 0xe1, "\n"))), ["\ufffd\ufffd"]);
	t.deepEqual(linesOf(decode(bytesOf(0xbd, 0xe1, "\n"), { isChineseByDefault: true })), ["结"]);
});

test("half a Chinese character is reported", (t) => {
	t.deepEqual(decode(bytesOf(0x1c, "&A", 0xbd, "\n")).ignored, [
		{ reason: "bad-character", offset: 3, bytes: [0xbd, 0x0a] },
	]);
});

test("sizes, bold and alignment hold until they change", (t) => {
	const stream = ["\x1ba\x01\x1bE\x01\x1d!", 0x21, "X\x1bE\x00\x1d!\x00y\n\x1ba2z\n"];
	const [first, second] = decode(bytesOf(...stream)).entries;
	t.like(first, { kind: "line", align: "center", advanceDots: 48 });
	t.like(second, { kind: "line", align: "right", advanceDots: 34 });
	if (first?.kind !== "line") return t.fail("no line");
	t.like(first.runs[0], { text: "X", widthsDots: [36] });
	t.like(first.runs[0]?.style, { bold: true, width: 3, height: 2 });
	t.like(first.runs[1]?.style, { bold: false, width: 1, height: 1 });
	return undefined;
});

test("a line beyond the paper goes on below, and says so", (t) => {
	const paper = decode(bytesOf("0123456789\n"), { dotsAcross: 96 });
	t.deepEqual(linesOf(paper), ["01234567", "89"]);
	t.like(paper.entries[1], { overflowed: true });
});

test("a QR code is what was stored, in the size and level that were set", (t) => {
	const stream = ["\x1d(k\x03\x001C\x05\x1d(k\x03\x001E2\x1d(k\x08\x001P0HELLO\x1d(k\x03\x001Q0"];
	t.like(decode(bytesOf(...stream)).entries[0], {
		kind: "qr",
		data: "HELLO",
		moduleDots: 5,
		level: "Q",
		advanceDots: 105,
	});
});

test("what a printer takes only at the beginning of a line is reported in the middle of one", (t) => {
	const paper = decode(bytesOf("A\x1ba\x01\x1dV\x00\n"));
	t.like(paper.entries, { length: 1, 0: { align: "left" } });
	t.deepEqual(
		paper.ignored.map(({ reason, offset }) => [reason, offset]),
		[
			["line-begun", 1],
			["line-begun", 4],
		],
	);
});

test("an unknown command is reported, and the text behind it is printed", (t) => {
	const paper = decode(bytesOf("\x1b4Hi\x1c~\x01\n\x1d(z\x02\x00ab!\n"));
	t.deepEqual(linesOf(paper), ["Hi", "!"]);
	t.deepEqual(paper.ignored, [
		{ reason: "unknown", offset: 0, bytes: [0x1b, 0x34] },
		{ reason: "unknown", offset: 4, bytes: [0x1c, 0x7e] },
		{ reason: "unknown", offset: 6, bytes: [0x01] },
		{ reason: "unknown", offset: 8, bytes: [0x1d, 0x28, 0x7a, 2, 0, 0x61, 0x62] },
	]);
});

test("images are skipped whole, so their dots are never taken for text", (t) => {
	const dots = "\x0a".repeat(6);
	const paper = decode(bytesOf(`\x1dv0\x00\x02\x00\x03\x00${dots}A\n\x1b*\x21\x02\x00${dots}B\n`));
	t.deepEqual(linesOf(paper), ["A", "B"]);
	t.like(paper.entries[0], { kind: "image", widthDots: 16, heightDots: 3 });
});

test("dropping forgets the line, power-on also the modes", (t) => {
	const decoder = new PaperDecoder();
	decoder.write(bytesOf("\x1d!\x11lost\x1d(k\x05"));
	decoder.drop();
	decoder.write(bytesOf("a\n"));
	decoder.powerOn();
	decoder.write(bytesOf("b\n"));
	t.is(paperText(decoder.paper), "a\nb\n");
	t.deepEqual(
		decoder.paper.entries.map((entry) => entry.advanceDots),
		[48, 34],
	);
});

test("where a stream is cut makes no difference", (t) => {
	const bits = fc.array(fc.oneof(fc.constantFrom(0x1b, 0x1c, 0x1d, 0x0a), fc.nat(255)), {
		maxLength: 200,
	});
	fc.assert(
		fc.property(bits, fc.integer({ min: 1, max: 7 }), (list, step) => {
			const bytes = Uint8Array.from(list);
			const decoder = new PaperDecoder({ dotsAcross: 384 });
			for (let at = 0; at < bytes.length; at += step) decoder.write(bytes.subarray(at, at + step));
			t.deepEqual(decoder.paper, decode(bytes, { dotsAcross: 384 }));
		}),
	);
});

testSamples("the receipt with a logo reads as its makers read it", (t) => {
	const read = (name: string) => readFileSync(new URL(name, streams));
	const wanted = read("escpos-tools_receipt-with-logo.expected.txt").toString();
	const paper = decode(read("escpos-php_receipt-with-logo.bin"), { dotsAcross: 576 });
	const words = (text: string) => text.split("\n").filter((line) => line.trim() !== "");
	t.deepEqual(
		linesOf(paper)
			.map((line) => line.trimEnd())
			.filter((line) => line !== ""),
		words(wanted),
	);
	t.like(paper.entries[0], { kind: "image", widthDots: 300, heightDots: 236 });
});

testSamples("streams of other programs hold no command that we cannot place", (t) => {
	const names = readdirSync(streams).filter((name) => name.endsWith(".bin"));
	t.true(names.length > 5);
	for (const name of names) {
		const { ignored, entries } = decode(readFileSync(new URL(name, streams)), {
			dotsAcross: 576,
		});
		t.true(entries.length > 0, name);
		// ESC 4 and ESC 5 (italics) are of another family, ESC/P.
		t.deepEqual(
			ignored.filter(({ bytes }) => bytes[1] !== 0x34 && bytes[1] !== 0x35),
			[],
			name,
		);
	}
});
