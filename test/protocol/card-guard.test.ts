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

test("full-width digits are digits, all ten of them", (t) => {
	// Published test numbers which together hold every digit.
	for (const number of [
		"6011000990139424",
		"3530111333300000",
		"5105105105105100",
		"4012888888881881",
		"6759649826438453",
	]) {
		const wide = [...number].map((digit) => String.fromCharCode(0xff10 + Number(digit))).join("");
		t.throws(() => refuseCardNumbers(wide, "x"), { code: "CARD_DATA" }, number);
		// The characters beside the ten stand between digits like letters.
		for (const beside of ["\uff0f", "\uff1a"]) {
			const split = wide.slice(0, 8) + beside + wide.slice(8);
			t.notThrows(() => refuseCardNumbers(split, "x"), split);
		}
	}
});

test("every dash and space parts groups, and what stands beside them in Unicode does not", (t) => {
	const split = (by: string) => `41111111${by}11111111`;
	for (const point of [
		0x20, 0x2d, 0xa0, 0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x3000, 0xff0d,
	]) {
		const text = split(String.fromCharCode(point));
		t.throws(() => refuseCardNumbers(text, "x"), { code: "CARD_DATA" }, point.toString(16));
	}
	for (const point of [0x2c, 0x2e, 0x9f, 0xa1, 0x200f, 0x2016, 0x3001, 0x5361, 0xff0c, 0xff0e]) {
		t.notThrows(
			() => refuseCardNumbers(split(String.fromCharCode(point)), "x"),
			point.toString(16),
		);
	}
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
