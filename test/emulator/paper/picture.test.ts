import test from "ava";
import { SaxesParser } from "saxes";
import { PaperDecoder } from "./decoder.ts";
import { paperSvg } from "./picture.ts";

interface Element {
	readonly name: string;
	readonly attributes: Readonly<Record<string, string>>;
	text: string;
}

function elementsOf(svg: string): readonly Element[] {
	const elements: Element[] = [];
	const open: Element[] = [];
	const parser = new SaxesParser();
	parser.on("error", (error) => {
		throw error;
	});
	parser.on("opentag", ({ name, attributes }) => {
		const element = { name, attributes, text: "" };
		elements.push(element);
		open.push(element);
	});
	parser.on("text", (text) => {
		const current = open.at(-1);
		if (current !== undefined) current.text += text;
	});
	parser.on("closetag", () => open.pop());
	parser.write(svg).close();
	return elements;
}

function draw(stream: string | Uint8Array): readonly Element[] {
	const decoder = new PaperDecoder({ dotsAcross: 384 });
	decoder.write(typeof stream === "string" ? Buffer.from(stream, "latin1") : stream);
	return elementsOf(paperSvg(decoder.paper.entries, { dotsAcross: 384, marginDots: 10 }));
}

test("every character has its own cell, two columns wide for Chinese", (t) => {
	const text = draw(Uint8Array.of(0x41, 0x1c, 0x26, 0xbd, 0xe1, 0x1c, 0x2e, 0x42, 0x0a)).find(
		({ name }) => name === "text",
	);
	t.is(text?.text, "A结B");
	t.is(text?.attributes.x, "0 12 36");
});

test("the picture is as long as the paper", (t) => {
	const [svg] = draw("a\nb\n");
	t.is(svg?.attributes.viewBox, "0 0 404 88");
});

test("magnified text is stretched in place and stands where it is aligned", (t) => {
	const text = draw("\x1ba\x02\x1d!\x11OK\n").find(({ name }) => name === "text");
	t.is(text?.attributes.transform, "translate(336 10) scale(2 2)");
	t.is(text?.attributes.x, "0 12");
});

test("a QR code is drawn with a square for each dark module", (t) => {
	const elements = draw("\x1d(k\x03\x001C\x05\x1d(k\x08\x001P0HELLO\x1d(k\x03\x001Q0");
	t.is(elements.find(({ name }) => name === "title")?.text, "HELLO");
	const group = elements.find(({ attributes }) => attributes.transform?.includes("scale(5)"));
	t.truthy(group);
	const path = elements.find(({ name }) => name === "path")?.attributes.d ?? "";
	// The finder pattern's upper edge: seven dark modules, then a light one.
	t.true(path.startsWith("M0 0h1v1h-1zM1 0h1v1h-1z"));
	t.false(path.includes("M7 0h"));
});

test("text cannot break out of the picture", (t) => {
	const texts = draw('<script>&"\n').filter(({ name }) => name === "text");
	t.deepEqual(
		texts.map(({ text }) => text),
		['<script>&"'],
	);
});

test("every kind of entry makes well-formed XML", (t) => {
	const stream =
		"\x1dB\x01\x1b-\x01x\n\x1dv0\x00\x01\x00\x01\x00a\x1dk\x04A&\x01\x00\x1bJ\x20\x1bp012\x1dV\x00";
	t.notThrows(() => draw(stream));
});
