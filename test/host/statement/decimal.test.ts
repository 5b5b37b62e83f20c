import test from "ava";
import fc from "fast-check";
import { parseCount, parseDecimal, parseHundredths } from "../../../host/statement/decimal.ts";
import { formatAmount } from "../../../protocol/money.ts";

for (const [text, currency, minor] of [
	["1,653.75", "USD", 165_375],
	["1'653.75", "CHF", 165_375],
	["-$3.00", "USD", -300],
	["$-3.00", "USD", -300],
	["(3.00)", "USD", -300],
	["3.00-", "EUR", -300],
	["\u22123.00", "EUR", -300],
	["+3", "EUR", 300],
	[".72", "CNY", 72],
	["5.", "CNY", 500],
	["￥ 12.50", "CNY", 1250],
	["12.50元", "CNY", 1250],
	["0.01000", "CNY", 1],
	["1 234.50", "EUR", 123_450],
	["500", "JPY", 500],
] as const) {
	test(`"${text}" ${currency} is ${minor}`, (t) => {
		t.is(parseDecimal(text, currency), minor);
	});
}

test("a decimal comma and points between thousands", (t) => {
	t.is(parseDecimal("1.250,50", "EUR", { decimal: "," }), 125_050);
	t.is(parseDecimal("-12,5", "EUR", { decimal: "," }), -1250);
});

for (const text of [
	"",
	"-",
	".",
	"1,65.75",
	"12,50",
	"1.2.3",
	"1e3",
	"0x10",
	"NaN",
	"12.505",
	"1,2345.00",
	"--1",
]) {
	test(`"${text}" is no amount in euros`, (t) => {
		t.throws(() => parseDecimal(text, "EUR"), { code: "SCHEMA" });
	});
}

test("what is written with groups is read again", (t) => {
	fc.assert(
		fc.property(
			fc.integer({ min: -9_999_999_999, max: 9_999_999_999 }),
			fc.constantFrom("EUR", "JPY", "KWD"),
			fc.constantFrom(".", ","),
			(minor, currency, decimal) => {
				const [whole = "", fraction] = formatAmount(minor, currency).split(".");
				const group = decimal === "." ? "," : ".";
				const grouped = whole.replaceAll(/\B(?=(\d{3})+$)/g, group);
				const text = fraction === undefined ? grouped : grouped + decimal + fraction;
				t.is(parseDecimal(text, currency, { decimal }), minor);
			},
		),
	);
});

test("hundredths are those of any currency, and never rounded", (t) => {
	t.is(parseHundredths("10000", "JPY"), 100);
	t.is(parseHundredths("5", "USD"), 5);
	t.is(parseHundredths("-125", "KWD"), -1250);
	t.throws(() => parseHundredths("10001", "JPY"), { code: "SCHEMA" });
	t.throws(() => parseHundredths("1.5", "USD"), { code: "SCHEMA" });
});

test("counts may have a decimal part of zeros", (t) => {
	t.deepEqual(["48", "20.0", "1,207"].map(parseCount), [48, 20, 1207]);
	t.throws(() => parseCount("2.5"), { code: "SCHEMA" });
});
