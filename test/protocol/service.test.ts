import test from "ava";
import {
	deriveReprintCode,
	deriveServiceResponse,
	normaliseServiceCode,
	serviceChallenge,
} from "../../protocol/service.ts";
import vectors from "../../protocol/vectors/service.json" with { type: "json" };
import { hmac } from "./_digest.ts";
import { bytesOf } from "./_json.ts";

const key = bytesOf(vectors.key);

for (const { name, response, ...made } of vectors.good) {
	test(`response: ${name}`, (t) => {
		t.is(deriveServiceResponse(key, made, hmac), response);
	});
}

for (const { name, code, ...made } of vectors.reprint) {
	test(`reprint code: ${name}`, (t) => {
		t.is(deriveReprintCode(key, made, hmac), code);
		t.not(deriveServiceResponse(key, made, hmac), code, "a response opens no copy");
	});
}

test("the response step by step, as the specification spells it", (t) => {
	const [made] = vectors.good;
	if (made === undefined) return t.fail("a vector");
	const { terminal, epoch, challenge, response } = made;
	const ascii = (text: string) => Uint8Array.from(text, (each) => each.charCodeAt(0));
	const items = [0x84, 0x72, ...ascii("closeout/service/1"), 0x69, ...ascii(terminal)];
	const mac = hmac(key, Uint8Array.from([...items, epoch, 0x68, ...ascii(challenge)]));
	const digits =
		mac.slice(0, 6).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n) % 100_000_000n;
	t.is(String(digits).padStart(8, "0"), response);
});

test("another key gives another response", (t) => {
	const [made] = vectors.good;
	if (made === undefined) return t.fail("a vector");
	t.not(deriveServiceResponse(new Uint8Array(32), made, hmac), made.response);
});

test("a code is typed in groups or not", (t) => {
	for (const typed of ["04711234", "0471 1234", "0471-1234"])
		t.is(normaliseServiceCode(typed), "04711234");
	for (const { name, typed } of vectors.badCodes)
		t.throws(() => normaliseServiceCode(typed), { code: "USAGE" }, name);
});

test("a challenge has eight digits, leading zeros and all", (t) => {
	t.is(serviceChallenge(Uint8Array.of(0, 0, 0, 0, 0, 7)), "00000007");
	t.is(serviceChallenge(new Uint8Array(6).fill(255)), String((2 ** 48 - 1) % 100_000_000));
});
