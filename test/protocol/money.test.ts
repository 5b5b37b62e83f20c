import test from "ava";
import fc from "fast-check";
import { AMOUNT_MINOR_MAX } from "../../protocol/limits.ts";
import { exponentOf, formatAmount, parseAmount } from "../../protocol/money.ts";
import vectors from "../../protocol/vectors/money.json" with { type: "json" };

for (const { name, minor, currency, exponent, text } of vectors.good) {
	test(name, (t) => {
		t.is(exponentOf(currency), exponent);
		t.is(formatAmount(minor, currency), text);
		t.is(parseAmount(text, currency), minor);
	});
}

for (const { name, text, currency, minor } of vectors.parsed) {
	test(`parses ${name}`, (t) => {
		t.is(parseAmount(text, currency), minor);
	});
}

for (const { name, text, currency, error } of vectors.bad) {
	test(`refuses ${name}`, (t) => {
		t.throws(() => parseAmount(text, currency), { code: error });
	});
}

test("a fraction of a minor unit is our own mistake", (t) => {
	t.throws(() => formatAmount(1.5, "CNY"), { code: "ASSERTION" });
	t.throws(() => formatAmount(Number.NaN, "CNY"), { code: "ASSERTION" });
});

test("exponents are those of ISO 4217", (t) => {
	const exponents: Readonly<Record<string, readonly string[]>> = {
		0: ["JPY", "KRW", "VND", "CLP", "ISK", "UYI"],
		2: ["CNY", "HKD", "MOP", "TWD", "EUR", "USD", "CHF", "TRY"],
		3: ["KWD", "BHD", "TND", "OMR"],
		4: ["CLF", "UYW"],
	};
	for (const [exponent, codes] of Object.entries(exponents)) {
		for (const code of codes) t.is(exponentOf(code), Number(exponent), code);
	}
});

test("any amount comes back from its text", (t) => {
	const amount = fc.integer({ min: -AMOUNT_MINOR_MAX, max: AMOUNT_MINOR_MAX });
	const currency = fc.constantFrom("CNY", "JPY", "KWD", "CLF", "XXX");
	fc.assert(
		fc.property(amount, currency, (minor, code) => {
			const text = formatAmount(minor, code);
			t.is(parseAmount(text, code), minor);
			t.is(text.split(".")[1]?.length ?? 0, exponentOf(code));
		}),
	);
});
