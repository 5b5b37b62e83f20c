import { createRequire } from "node:module";
import test from "ava";
import { EscPos } from "../../../firmware/core/print/esc-pos.ts";
import { paper58, paper80 } from "../../../firmware/core/print/printer-facts.ts";
import { gbTable } from "../../../firmware/resources/gb-table.ts";
import { formatHeadSeal, formatListSeal } from "../../../protocol/paper-seal.ts";
import { PaperDecoder } from "./decoder.ts";
import { paperSvg } from "./picture.ts";

/** A reader of pictures that shares nothing with what drew them. Its declaration says a module where there is a function. */
type ReadPicture = (
	pixels: Uint8ClampedArray,
	width: number,
	height: number,
) => { readonly data: string; readonly version: number } | null;
const readPicture: ReadPicture = createRequire(import.meta.url)("jsqr");

const signature = Uint8Array.from({ length: 64 }, (_none, index) => index * 7);
const list = {
	terminal: "till-0001",
	epoch: 1,
	subject: 1_200,
	first: 900,
	last: 1_199,
	rowCount: 120,
	netMinor: 1_234_567,
	currency: "CNY",
	hash: "0123456789abcdef".repeat(4),
	head: { size: 1_190, root: "00ff00ff00ff00ff" },
};
const seals = {
	"a daily list": formatListSeal(list, () => signature),
	"a status slip": formatHeadSeal({
		...{ tenant: "demo", terminal: "till-0001", epoch: 1, first: 1, size: 1_190, signature },
		root: signature.slice(0, 32),
		chain: signature.slice(32),
	}),
};

/** Draws the dark modules of the picture's QR code as dots, with white around them. */
function pixelsOf(svg: string, dotsAcross: number) {
	const group = /translate\((\d+) (\d+)\) scale\((\d+)\)"><title>[^<]*<\/title><path d="([^"]*)"/;
	const [, left = "", , scale = "", path = ""] = group.exec(svg) ?? [];
	const dots = Number(scale);
	const squares = [...path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)];
	const height = (Math.max(...squares.map(([, , y]) => Number(y))) + 9) * dots;
	const pixels = new Uint8ClampedArray(dotsAcross * height * 4).fill(255);
	for (const [, x, y] of squares) {
		for (let dot = 0; dot < dots * dots; dot++) {
			const across = Number(left) + Number(x) * dots + (dot % dots);
			const down = (Number(y) + 4) * dots + Math.floor(dot / dots);
			pixels.fill(0, (down * dotsAcross + across) * 4, (down * dotsAcross + across) * 4 + 3);
		}
	}
	return { pixels, height, dots };
}

for (const [model, facts] of Object.entries({ paper58, paper80 })) {
	for (const [paper, data] of Object.entries(seals)) {
		test(`${model}: the picture of ${paper} is read by an independent reader`, (t) => {
			const { dotsAcross } = facts;
			const decoder = new PaperDecoder({ dotsAcross });
			decoder.write(new EscPos({ facts, table: gbTable }).block([{ kind: "qr", data }]));
			t.deepEqual(decoder.paper.ignored, []);
			const svg = paperSvg(decoder.paper.entries, { dotsAcross, marginDots: 0 });
			const { pixels, height, dots } = pixelsOf(svg, dotsAcross);
			const read = readPicture(pixels, dotsAcross, height);
			t.is(read?.data, data);
			// Half a millimetre and more on the narrow paper, and room for one that draws bytes.
			t.true(dots >= 4, `${dots} dots a module`);
			t.true((read?.version ?? 99) <= 10, `version ${read?.version}`);
		});
	}

	test(`${model} without QR codes: the text stands in groups on paper`, (t) => {
		const decoder = new PaperDecoder({ dotsAcross: facts.dotsAcross });
		const data = seals["a daily list"];
		const bare = { ...facts, qr: false };
		decoder.write(new EscPos({ facts: bare, table: gbTable }).block([{ kind: "qr", data }]));
		const lines = decoder.paper.entries.flatMap((entry) =>
			entry.kind === "line" ? [entry.runs.map(({ text }) => text).join("")] : [],
		);
		t.true(lines.every((line) => /^\S{1,7}( \S{1,7})*$/.test(line)));
		t.is(lines.join("").replaceAll(" ", ""), data);
	});
}
