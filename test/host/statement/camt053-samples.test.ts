import { readdirSync, readFileSync } from "node:fs";
import test from "ava";
import { camt053 } from "../../../host/statement/camt053.ts";
import { collect, fileSource, sharedData } from "../source.ts";

/** Objects of a class of the decoded form, wherever they stand in it. */
function ofClass(value: unknown, name: string): Record<string, unknown>[] {
	if (Array.isArray(value)) return value.flatMap((item) => ofClass(item, name));
	if (!isRecord(value)) return [];
	const own = value.__CLASS__ === name ? [value] : [];
	return [...own, ...Object.values(value).flatMap((item) => ofClass(item, name))];
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null;
}

function record(value: unknown): Record<string, unknown> {
	return isRecord(value) ? value : {};
}

function expectedEntry(entry: Record<string, unknown>) {
	const amount = record(entry.getAmount);
	return {
		amountMinor: Number(amount.getAmount),
		currency: record(amount.getCurrency).getCode,
		businessDate: String(record(entry.getBookingDate)["0"]).slice(0, 10),
	};
}

/** Entries by the list of the sample files. */
const entryCounts = new Map([
	["genkgo_camt053.v2.five.decimals.expected.json", 1],
	["genkgo_camt053.v2.minimal.ultimate.expected.json", 1],
	["genkgo_camt053.v2.multi.statement.expected.json", 2],
	["genkgo_camt053.v2.with-account-name.expected.json", 1],
	["genkgo_camt053.v3.expected.json", 1],
	["genkgo_camt053.v8.expected.json", 1],
	["genkgo_camt53.only-Dt-with-DtTm.expected.json", 0],
]);

test("entries of sample statements are what their other readers made of them", async (t) => {
	const folder = sharedData(t, "camt");
	if (folder === undefined) return;
	const names = readdirSync(folder).filter((name) => /camt(053|53).*\.expected\.json$/.test(name));
	t.deepEqual(names.sort(), [...entryCounts.keys()]);
	for (const name of names) {
		const decoded: unknown = JSON.parse(readFileSync(new URL(name, folder), "utf8"));
		const xml = new URL(name.replace(".expected.json", ".xml"), folder);
		const { rows } = await collect(camt053, fileSource(xml));
		const found = rows.map(({ amountMinor, currency, businessDate }) => ({
			amountMinor,
			currency,
			businessDate: String(businessDate).replace(/^(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3"),
		}));
		const key = (value: unknown) => JSON.stringify(value);
		const expected = ofClass(decoded, "Genkgo\\Camt\\DTO\\Entry").map(expectedEntry);
		// The decoded form of the file with two statements repeats only the last one.
		t.is(found.length, entryCounts.get(name) ?? -1, name);
		t.true(found.length === 0 || expected.length > 0, name);
		for (const entry of expected) t.true(found.map(key).includes(key(entry)), name);
		for (const reference of ofClass(decoded, "Genkgo\\Camt\\DTO\\Reference")) {
			const endToEnd = reference.getEndToEndId;
			if (endToEnd === null || endToEnd === "NOTPROVIDED") continue;
			t.true(
				rows.some((row) => [row.reference, ...(row.references ?? [])].includes(String(endToEnd))),
				name,
			);
		}
	}
});

/** Rows: details where they add up to their entry, else entries. Findings are what the files really hold. */
const samples: readonly (readonly [string, number, Record<string, number>, readonly string[]])[] = [
	["moov_FI_camt_053_sample.xml", 13, { EUR: 1364483 }, []],
	[
		"moov_camt.053_P_CH2909000000250094239_1110092698_0_2020112503071366.xml",
		5,
		{ CHF: 465602 },
		["details", "control-total"],
	],
	["oca_sftp_camt053.xml", 1, { EUR: -120000 }, []],
	["oca_test-camt053-no-ntry.xml", 0, {}, []],
	["oca_test-camt053.xml", 4, { EUR: -1299 }, ["control-total"]],
	["viafintech_053_valid_example_v4.xml", 32, { CHF: 53761 }, []],
	["viafintech_053_valid_example_v8.xml", 3, { CHF: 56325, EUR: -2097 }, []],
	[
		"viafintech_053_valid_example_with_datetime.xml",
		1,
		{ USD: 19586 },
		["count", "control-total", "count", "control-total", "count", "control-total"],
	],
	["viafintech_053_valid_example_with_debit.xml", 5, { EUR: -1000 }, ["control-total"]],
	["viafintech_053_valid_example_with_other_id.xml", 0, {}, []],
];

test("sample statements have the rows, sums and findings that are in them", async (t) => {
	const folder = sharedData(t, "camt");
	if (folder === undefined) return;
	for (const [name, count, sums, findings] of samples) {
		const { summary } = await collect(camt053, fileSource(new URL(name, folder)));
		t.is(summary.rows, count, name);
		t.deepEqual(summary.sums, sums, name);
		t.deepEqual(
			summary.findings.map(({ code }) => code),
			findings,
			name,
		);
	}
});

test("sample messages without a statement are refused", async (t) => {
	const folder = sharedData(t, "camt");
	if (folder === undefined) return;
	for (const name of [
		"genkgo_camt053.v2.wrong.xml",
		"viafintech_053_valid_namespace.xml",
		"viafintech_general_invalid_namespace.xml",
		"viafintech_052_valid_namespace.xml",
	]) {
		const source = fileSource(new URL(name, folder));
		await t.throwsAsync(collect(camt053, source), { code: "STATEMENT_FORMAT" }, name);
	}
});
