import { readdirSync, readFileSync } from "node:fs";
import { TextDecoder } from "node:util";
import test, { type ExecutionContext } from "ava";
import { detectFormat, detectSource } from "../../../host/statement/detect.ts";
import { guessEncoding } from "../../../host/statement/encoding.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import { byteSource, collect, statementFixtures } from "../source.ts";

/** Latin-1 keeps every byte. */
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "latin1"));
const join = (...parts: readonly (string | Uint8Array)[]) =>
	new Uint8Array(
		Buffer.concat(parts.map((part) => (typeof part === "string" ? bytesOf(part) : part))),
	);
const ends = (end: string) => (bytes: Uint8Array) =>
	bytesOf(textOf(bytes).replaceAll("\r\n", "\n").replaceAll("\n", end));

function isUtf8(bytes: Uint8Array): boolean {
	return new TextDecoder().decode(bytes).includes("\uFFFD") === false;
}

function wide(bytes: Uint8Array, mark: string, swap: boolean): Uint8Array {
	const text = new TextDecoder(isUtf8(bytes) ? "utf-8" : "gb18030").decode(bytes);
	const units = Buffer.from(mark + text.replace(/ encoding="UTF-8"/i, ""), "utf16le");
	return new Uint8Array(swap ? units.swap16() : units);
}

/** Ways in which a file that is right changes on its way; none of them touches what it says. */
const ways: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array])[] = [
	["LF", ends("\n")],
	["CR LF", ends("\r\n")],
	["CR", ends("\r")],
	["blank lines at the end", (bytes) => join(bytes, "\r\n\r\n")],
	["a blank line at the start", (bytes) => join("\r\n", bytes)],
	["no end of the last line", (bytes) => bytesOf(textOf(bytes).replace(/[\r\n]+$/, ""))],
	["blanks at the ends of lines", (bytes) => bytesOf(textOf(bytes).replaceAll(/\r?\n/g, "  $&"))],
	["an end-of-file mark", (bytes) => join(bytes, "\x1a")],
	["zeros at the end", (bytes) => join(bytes, new Uint8Array(700))],
];
const waysOfText: typeof ways = [
	["a byte order mark", (bytes) => (isUtf8(bytes) ? join("\xef\xbb\xbf", bytes) : bytes)],
	["UTF-16, little end first", (bytes) => wide(bytes, "\uFEFF", false)],
	["UTF-16, big end first", (bytes) => wide(bytes, "\uFEFF", true)],
	["UTF-16 without a mark", (bytes) => wide(bytes, "", false)],
];

async function read(name: string, bytes: Uint8Array, size: number) {
	const { parser, source } = await detectSource(byteSource(name, bytes, size));
	const { rows, summary } = await collect(parser, source);
	const money = rows.map(({ source: _, ...row }) => row);
	return { money, findings: summary.findings.map(({ code }) => code), format: summary.format };
}

async function holds(t: ExecutionContext, name: string, made: typeof ways): Promise<void> {
	const bytes = new Uint8Array(readFileSync(new URL(name, statementFixtures)));
	const expected = await read(name, bytes, 1_000);
	for (const [way, change] of made) {
		for (const size of [61, 100_000]) {
			t.deepEqual(await read(name, change(bytes), size), expected, `${name}: ${way}, ${size}`);
		}
	}
}

/** Its mapping is its test's own. */
const fixtures = readdirSync(statementFixtures).filter((name) => name !== "mapped-eu.csv");

for (const name of fixtures) {
	// Fields of fixed width are counted in bytes of one encoding, and zeros in a log may be a binary message.
	const isFixed = name.startsWith("IN");
	const texts = waysOfText.filter(([way]) => !name.includes("8583") || !way.includes("without"));
	test(`${name}: line ends, marks and encodings change nothing`, async (t) => {
		await holds(t, name, isFixed ? ways : [...ways, ...texts]);
	});
}

test("names in Latin-1 and in GB 18030 are told apart", (t) => {
	const chinese = [0xd3, 0xe0, 0xb6, 0xee, 0x2c, 0xbd, 0xf0, 0xb6, 0xee];
	t.is(guessEncoding(Uint8Array.from(chinese)), "gb18030");
	t.is(guessEncoding(bytesOf("Müller,Grün,Café,naïve")), "windows-1252");
	t.is(guessEncoding(bytesOf("plain")), "windows-1252");
});

test("a name in Latin-1 is kept, and one in GB 18030", async (t) => {
	const text = textOf(readFileSync(new URL("bank.mt940", statementFixtures)));
	const said = /(?<=:86:)[^\r\n]+/.exec(text)?.[0] ?? "";
	const western = await read("a.sta", bytesOf(text.replace(said, "Müller & Söhne")), 50);
	t.regex(western.money[0]?.text ?? "", /Müller & Söhne/);
	const eastern = bytesOf(text.replace(said, "\xbd\xbb\xd2\xd7\xca\xd6\xd0\xf8\xb7\xd1"));
	t.regex((await read("a.sta", eastern, 50)).money[0]?.text ?? "", /交易手续费/);
});

test("a cut file, a file of nothing and a file of zeros are refused with a reason", async (t) => {
	for (const bytes of [new Uint8Array(), new Uint8Array(5_000), bytesOf("\r\n\r\n")]) {
		const error = await t.throwsAsync(read("a.csv", bytes, 100), { instanceOf: CloseoutError });
		t.regex(error?.message ?? "", /^a\.csv/);
	}
	const whole = new Uint8Array(readFileSync(new URL("bank.mt940", statementFixtures)));
	const cut = whole.subarray(0, textOf(whole).lastIndexOf(":62F:"));
	t.true((await read("bank.mt940", cut, 100)).findings.includes("control-total"));
	t.is(detectFormat("bank.mt940", cut).parser.format, "MT940");
});
