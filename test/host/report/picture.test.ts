import test from "ava";
import { SaxesParser } from "saxes";
import { slipSvg } from "../../../host/report/picture.ts";
import { paperText } from "../../../host/report/text.ts";
import type { Slip } from "../../../protocol/slip/slip.ts";

/** The texts of a picture, in order. Fails for what is no well-formed XML. */
function textsOf(svg: string): string[] {
	const texts: string[] = [];
	const parser = new SaxesParser();
	let isText = false;
	parser.on("error", (error) => {
		throw error;
	});
	parser.on("opentag", ({ name }) => {
		isText = name === "text";
	});
	parser.on("text", (text) => {
		if (isText) texts.push(text);
		isText = false;
	});
	parser.write(svg).close();
	return texts;
}

const options = { columns: 32, title: "a slip" };

test("a picture has the lines that a printer of the same width gets", (t) => {
	const slip: Slip = [
		[
			{ kind: "pair", left: "金额", right: "CNY 12.80" },
			{ kind: "rule" },
			{ kind: "text", text: "thank you", align: "center" },
		],
	];
	t.deepEqual(textsOf(slipSvg(slip, options)), [
		`金额${" ".repeat(19)}CNY 12.80`,
		"-".repeat(32),
		"thank you",
	]);
});

test("a Chinese character takes two columns, so what follows it stands where it is printed", (t) => {
	const svg = slipSvg([[{ kind: "text", text: "金a" }]], options);
	t.regex(svg, / x="0 24" /);
});

test("markup in a text stays text, and control characters do not break the picture", (t) => {
	const svg = slipSvg([[{ kind: "text", text: '<b>&"\u0001' }]], options);
	t.deepEqual(textsOf(svg), ['<b>&"?']);
});

test("a QR code is drawn in squares and named by its data", (t) => {
	const svg = slipSvg([[{ kind: "qr", data: "CLOSEOUT:1" }]], options);
	t.true(svg.includes("<title>CLOSEOUT:1</title>"));
	// The finder pattern in the corner: seven dark modules in a row.
	for (let column = 0; column < 7; column++) t.true(svg.includes(`M${column} 0h1v1h-1z`));
});

test("both languages have a word for everything", (t) => {
	const keysOf = (value: object): string[] =>
		Object.entries(value).flatMap(([key, inner]) =>
			typeof inner === "object" && inner !== null
				? keysOf(inner).map((more) => `${key}.${more}`)
				: [key],
		);
	t.deepEqual(keysOf(paperText("en")), keysOf(paperText("zh-CN")));
});
