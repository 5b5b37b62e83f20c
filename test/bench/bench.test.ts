import { execFile } from "node:child_process";
import test from "ava";
import { fieldOf } from "../emulator/json.ts";
import { packAdvice } from "./iso8583.ts";

const main = new URL("./main.ts", import.meta.url).pathname;

function run(...given: readonly string[]) {
	return new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
		execFile(process.execPath, [main, ...given], (error, stdout, stderr) =>
			resolve({ status: Number(error?.code ?? 0), stdout, stderr }),
		);
	});
}

test("a section gives one JSON object a row, with the peer measured in the same run", async (t) => {
	const { status, stdout, stderr } = await run("wire", "--json");
	t.is(status, 0, stderr);
	const rows = stdout
		.trim()
		.split("\n")
		.map((line): unknown => JSON.parse(line));
	t.true(rows.length >= 3);
	for (const row of rows) {
		t.is(fieldOf(row, "section"), "wire");
		const [ours, peer] = [Number(fieldOf(row, "ours")), Number(fieldOf(row, "peer"))];
		t.true(ours > 0 && peer > 0);
		t.is(fieldOf(row, "ratio"), Number((ours / peer).toPrecision(3)));
	}
});

test("a section that is not there is named together with those that are", async (t) => {
	const { status, stderr, stdout } = await run("speed");
	t.is(status, 64);
	t.regex(
		stderr,
		/"speed" is not known; known are day, ingest, match, month, recovery, start, statements, wire, xs/,
	);
	t.is(stdout, "");
	t.regex((await run("--help")).stdout, /ingest +records that a host/);
});

test("an ISO 8583 advice has its fields where the bitmap says", (t) => {
	const advice = packAdvice({
		processingCode: "000000",
		amountMinor: 12_345,
		trace: 7,
		wallS: Date.UTC(2026, 2, 2, 8, 5, 12) / 1000,
		reference: "100000000123",
		authorisation: "000123",
		response: "00",
		terminal: "till-0001",
		batch: 1,
		mac: new Uint8Array(8).fill(0xee),
	});
	const hex = Buffer.from(advice).toString("hex");
	t.true(hex.startsWith("0220" + "323804800ec08011" + "000000" + "000000012345" + "0302080512"));
	t.is(advice.length, 97);
	t.is(hex.slice(-16), "ee".repeat(8));
});
