import test from "ava";
import fc from "fast-check";
import { refuseCardNumbers } from "../../protocol/card-guard.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import vectors from "../../protocol/vectors/card-guard.json" with { type: "json" };
import { cardNumber } from "./_random.ts";

for (const { name, text } of vectors.refused) {
	test(`refused: ${name}`, (t) => {
		t.throws(() => refuseCardNumbers(text, "reason"), {
			code: "CARD_DATA",
			message: /^reason holds/,
		});
	});
}

for (const { name, text } of vectors.taken) {
	test(`taken: ${name}`, (t) => {
		t.notThrows(() => refuseCardNumbers(text, "reason"));
	});
}

test("a number is found in bytes and in arrays within arrays", (t) => {
	const bytes = encodeUtf8("no 4111 1111 1111 1111");
	t.throws(() => refuseCardNumbers(bytes, "x"), { code: "CARD_DATA" });
	t.throws(() => refuseCardNumbers([1, null, true, ["a", [bytes]]], "x"), { code: "CARD_DATA" });
	t.notThrows(() => refuseCardNumbers([4_111_111_111_111_111, null, new Uint8Array(64)], "x"));
});

test("any card number is found, in any groups, between any other groups and words", (t) => {
	const separator = fc.constantFrom(" ", "-", "  ", " - ", "\u00a0", "\u2013", "\u3000", "\uff0d");
	const around = fc.constantFrom("", "no ", "12 ", "2026-11-21 ", "卡号：", "x");
	const behind = fc.constantFrom("", " x", " 12/27", " 7", "。", "-00");
	const inGroups = fc
		.tuple(
			cardNumber,
			fc.array(fc.tuple(fc.integer({ min: 1, max: 18 }), separator), { maxLength: 5 }),
		)
		.map(([digits, cuts]) => {
			const at = new Map(cuts);
			return [...digits].map((digit, place) => `${at.get(place) ?? ""}${digit}`).join("");
		});
	fc.assert(
		fc.property(around, inGroups, behind, (before, digits, after) => {
			t.throws(() => refuseCardNumbers(before + digits + after, "x"), { code: "CARD_DATA" });
		}),
		{ numRuns: 1_000 },
	);
});

test("one digit changed makes it no card number", (t) => {
	const change = fc.tuple(cardNumber, fc.nat(), fc.integer({ min: 1, max: 9 }));
	fc.assert(
		fc.property(change, ([number, place, by]) => {
			const index = place % number.length;
			const digit = (Number(number[index]) + by) % 10;
			const changed = number.slice(0, index) + digit + number.slice(index + 1);
			t.notThrows(() => refuseCardNumbers(changed, "x"));
		}),
	);
});
