import { readdirSync, readFileSync } from "node:fs";
import test, { type ExecutionContext } from "ava";
import fc from "fast-check";
import { detectFormat, statementParsers } from "../../../host/statement/detect.ts";
import { BAD_ROWS_MAX, type StatementParser } from "../../../host/statement/statement.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import { hasSamples, samples } from "../../_helper/samples.ts";
import { byteSource, collect, sharedData, statementFixtures } from "../source.ts";

/** Reads to the end or to an error that names file and line; anything else fails the test. */
async function survives(
	t: ExecutionContext,
	parser: StatementParser,
	bytes: Uint8Array,
	size: number,
): Promise<void> {
	for (const onBadRow of ["stop", "collect"] as const) {
		try {
			const { summary } = await collect(parser, byteSource("f.x", bytes, size), { onBadRow });
			t.true(summary.badRows.length <= (onBadRow === "stop" ? 0 : BAD_ROWS_MAX));
		} catch (error) {
			if (!(error instanceof CloseoutError)) throw error;
			t.true(["STATEMENT_FORMAT", "STATEMENT_ROW"].includes(error.code), error.message);
			t.regex(error.message, /^f\.x:\d+: /, parser.format);
		}
	}
}

const fixtures = readdirSync(statementFixtures).map((name) => ({
	name,
	bytes: new Uint8Array(readFileSync(new URL(name, statementFixtures))),
}));

/** The parser that the whole file has; any for a file that needs a mapping of its own. */
function parserOf(name: string, bytes: Uint8Array): StatementParser | undefined {
	try {
		return detectFormat(name, bytes).parser;
	} catch (error) {
		if (error instanceof CloseoutError) return undefined;
		throw error;
	}
}

test("random bytes are refused with file and line by every parser", async (t) => {
	await fc.assert(
		fc.asyncProperty(
			fc.uint8Array({ maxLength: 300 }),
			fc.constantFrom(...statementParsers),
			fc.integer({ min: 1, max: 64 }),
			(bytes, parser, size) => survives(t, parser, bytes, size),
		),
		{ numRuns: 400 },
	);
});

test("random bytes after the good start of a file do no harm", async (t) => {
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom(...fixtures),
			fc.uint8Array({ maxLength: 200 }),
			fc.double({ min: 0, max: 1, noNaN: true }),
			async ({ name, bytes }, noise, part) => {
				const parser = parserOf(name, bytes);
				if (parser === undefined) return;
				const kept = bytes.subarray(0, Math.floor(bytes.length * part));
				await survives(t, parser, new Uint8Array([...kept, ...noise]), 97);
			},
		),
		{ numRuns: 300 },
	);
});

test("single changed bytes do no harm", async (t) => {
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom(...fixtures),
			fc.nat(),
			fc.nat({ max: 255 }),
			async ({ name, bytes }, place, value) => {
				const parser = parserOf(name, bytes);
				if (parser === undefined) return;
				const changed = Uint8Array.from(bytes);
				changed[place % bytes.length] = value;
				await survives(t, parser, changed, 1_000);
			},
		),
		{ numRuns: 500 },
	);
});

test("lines that are lost, doubled, swapped or changed in a cell do no harm", async (t) => {
	const words = [
		"",
		"-",
		"1,5",
		"1.505",
		"99999999999999999999",
		"1e9",
		"NaN",
		"2026-02-30",
		'"',
		"\u0000",
		"交易",
	];
	await fc.assert(
		fc.asyncProperty(
			fc.constantFrom(...fixtures),
			fc.constantFrom("lost", "doubled", "swapped", "cell"),
			fc.nat(),
			fc.nat(),
			fc.constantFrom(...words),
			async ({ name, bytes }, what, place, other, word) => {
				const parser = parserOf(name, bytes);
				if (parser === undefined) return;
				// Latin-1 keeps every byte of the lines that are left alone.
				const lines = Buffer.from(bytes).toString("latin1").split("\n");
				const at = place % lines.length;
				const line = lines[at] ?? "";
				if (what === "lost") lines.splice(at, 1);
				else if (what === "doubled") lines.splice(at, 0, line);
				else if (what === "swapped") {
					const to = other % lines.length;
					[lines[at], lines[to]] = [lines[to] ?? "", line];
				} else {
					const cells = line.split(/([,;\t<>:])/);
					cells[other % cells.length] = Buffer.from(word).toString("latin1");
					lines[at] = cells.join("");
				}
				const changed = Buffer.from(lines.join("\n"), "latin1");
				await survives(t, parser, new Uint8Array(changed), 300);
			},
		),
		{ numRuns: 1_000 },
	);
});

test("detection never fails but with a reason", (t) => {
	fc.assert(
		fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
			const parser = parserOf("f", bytes);
			t.true(parser === undefined || parser.format !== "");
		}),
		{ numRuns: 500 },
	);
});

test("samples that were cut off anywhere do no harm", async (t) => {
	const folders = ["adyen", "alipay", "camt", "iso8583", "mt940", "other-psp", "paypal"];
	folders.push("square", "stripe", "sumup", "twint", "unionpay", "wechatpay");
	if (sharedData(t, "camt") === undefined) return;
	let cuts = 0;
	for (const folder of folders.filter(hasSamples)) {
		for (const name of readdirSync(samples(folder))) {
			const whole = new Uint8Array(readFileSync(new URL(name, samples(folder))));
			const bytes = whole.subarray(0, 20_000);
			const parser = parserOf(name, bytes);
			if (parser === undefined) continue;
			for (const part of [0.13, 0.5, 0.77, 0.96]) {
				await survives(t, parser, bytes.subarray(0, Math.floor(bytes.length * part)), 4_000);
				cuts += 1;
			}
		}
	}
	t.true(cuts > 100);
});
