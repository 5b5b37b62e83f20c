/** The golden files are written anew with `UPDATE_GOLDEN=1`; look at the difference before keeping it. */
import { readFileSync, writeFileSync } from "node:fs";
import test from "ava";
import fc from "fast-check";
import { EscPos } from "../../../../firmware/core/print/esc-pos.ts";
import { Gb18030, printableText } from "../../../../firmware/core/print/gb18030.ts";
import {
	type PrinterFacts,
	paper58,
	paper80,
} from "../../../../firmware/core/print/printer-facts.ts";
import { gbTable } from "../../../../firmware/resources/gb-table.ts";
import { PRINT_BLOCK_BYTES_MAX } from "../../../../protocol/limits.ts";
import type { SlipBlock, TextSize } from "../../../../protocol/slip/slip.ts";
import { PaperDecoder } from "../../../emulator/paper/decoder.ts";
import { lineColumnsUsed, lineText, type Paper, paperText } from "../../../emulator/paper/model.ts";
import { exampleList } from "./_example.ts";

const models = { "58mm": paper58, "80mm": paper80 } as const;

function encoderFor(facts: PrinterFacts): EscPos {
	return new EscPos({ facts, table: gbTable });
}

/** What the printer makes of blocks; it has no right margin, so that nothing is hidden by its own wrapping. */
function print(facts: PrinterFacts, ...blocks: readonly SlipBlock[]): Paper {
	const encoder = encoderFor(facts);
	const decoder = new PaperDecoder({ isChineseByDefault: true });
	decoder.write(encoder.start());
	for (const block of blocks) decoder.write(encoder.block(block));
	return decoder.paper;
}

function linesOf(paper: Paper): readonly string[] {
	return paper.entries.flatMap((entry) => (entry.kind === "line" ? [lineText(entry)] : []));
}

function widestOf(paper: Paper): number {
	return Math.max(
		0,
		...paper.entries.map((entry) => (entry.kind === "line" ? lineColumnsUsed(entry) : 0)),
	);
}

function golden(name: string, actual: string): string {
	const file = new URL(`golden/${name}`, import.meta.url);
	if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, actual);
	return readFileSync(file, "utf8");
}

for (const [model, facts] of Object.entries(models)) {
	for (const language of ["zh-CN", "en"] as const) {
		test(`${model} ${language}: the example has the bytes and the paper it always had`, (t) => {
			const encoder = encoderFor(facts);
			const parts = [encoder.start(), ...[...exampleList(language)].map((b) => encoder.block(b))];
			const hex = parts.map((part) => `${Buffer.from(part).toString("hex")}\n`).join("");
			const decoder = new PaperDecoder({ dotsAcross: facts.dotsAcross });
			for (const part of parts) decoder.write(part);
			const text = paperText(decoder.paper, { columns: facts.columns });
			t.is(hex, golden(`${model}-${language}.hex`, hex));
			t.is(text, golden(`${model}-${language}.txt`, text));
			t.deepEqual(decoder.paper.ignored, []);
			t.true(decoder.isAtRest);
		});
	}
}

const anyText = fc.oneof(
	fc.string({ maxLength: 80 }),
	fc.string({ unit: "grapheme", maxLength: 80 }),
	fc.string({ unit: "binary", maxLength: 80 }),
	fc.string({
		unit: fc.integer({ min: 0x3400, max: 0x9fff }).map((code) => String.fromCharCode(code)),
		maxLength: 80,
	}),
);
const anySize = fc.constantFrom<TextSize>("normal", "wide", "tall", "double");
const anyFacts = fc.constantFrom<PrinterFacts>(paper58, paper80);
const overflow = fc.constantFrom("wrap", "cut");

test("whatever the texts, no line is wider than the paper and every command is understood", (t) => {
	fc.assert(
		fc.property(anyFacts, anyText, anyText, anySize, overflow, (facts, a, b, size, tooLong) => {
			const cells = [{ text: a, width: 6 }, { text: b, overflow: tooLong }, { text: a }] as const;
			const paper = print(facts, [
				{ kind: "text", text: a, size, overflow: tooLong, align: "center" },
				{ kind: "pair", left: a, right: b, size },
				{ kind: "mark", text: b },
				{ kind: "columns", cells: size === "normal" ? cells : cells.slice(1), size },
			]);
			t.true(widestOf(paper) <= facts.columns);
			t.deepEqual(paper.ignored, []);
		}),
	);
});

test("wrapped text comes out of the printer whole", (t) => {
	const bare = (text: string) => text.replaceAll(/[ \n]/g, "");
	fc.assert(
		fc.property(anyFacts, anyText, anySize, (facts, text, size) => {
			const printable = printableText(text, new Gb18030(gbTable, facts.charset));
			const lines = linesOf(print(facts, [{ kind: "text", text, size }]));
			t.is(bare(lines.join("")), bare(printable));
		}),
	);
});

test("a block means the same wherever it stands", (t) => {
	const encoder = encoderFor(paper80);
	const loud: SlipBlock = [
		{ kind: "text", text: "总额", size: "double", bold: true, align: "right" },
	];
	const plain: SlipBlock = [{ kind: "pair", left: "批次号", right: "000001" }];
	const alone = encoder.block(plain);
	encoder.block(loud);
	t.deepEqual(encoder.block(plain), alone);
	const [, line] = print(paper80, loud, plain).entries;
	t.like(line, { kind: "line", align: "left" });
	t.like(line?.kind === "line" ? line.runs[0]?.style : {}, { bold: false, width: 1, height: 1 });
});

test("the QR code carries its data and its size", (t) => {
	const [qr] = print(paper58, [{ kind: "qr", data: "CLOSEOUT:1;[]~", size: 4 }]).entries;
	t.like(qr, { kind: "qr", data: "CLOSEOUT:1;[]~", moduleDots: 4, level: "M", align: "center" });
});

test("paper is cut where there is a cutter, and fed to the edge where there is none", (t) => {
	t.deepEqual(
		Buffer.from(encoderFor(paper80).block([{ kind: "cut" }])).toString("hex"),
		"1d564200",
	);
	t.deepEqual(
		Buffer.from(encoderFor(paper80).block([{ kind: "cut", mode: "full" }])).toString("hex"),
		"1d564100",
	);
	t.deepEqual(Buffer.from(encoderFor(paper58).block([{ kind: "cut" }])).toString("hex"), "1b6404");
});

test("a block beyond the limit is refused, and the next one is printed as ever", (t) => {
	const encoder = encoderFor(paper80);
	const line: SlipBlock = [{ kind: "text", text: "行" }];
	const before = encoder.block(line);
	t.throws(() => encoder.block([{ kind: "text", text: "行".repeat(PRINT_BLOCK_BYTES_MAX) }]), {
		code: "LIMIT",
		message: /smaller blocks/,
	});
	t.deepEqual(encoder.block(line), before);
});
