import test from "ava";
import {
	deriveEnrolmentKey,
	deriveTerminalKey,
	normaliseEnrolmentCode,
} from "../../protocol/key.ts";
import vectors from "../../protocol/vectors/keys.json" with { type: "json" };
import { hmac } from "./_digest.ts";
import { bytesOf, hexOf } from "./_json.ts";

for (const { name, typed, code, terminal, epoch, ...rest } of vectors.good) {
	const made = {
		terminalNonce: bytesOf(rest.terminalNonce),
		hostNonce: bytesOf(rest.hostNonce),
		epoch,
	};

	test(`keys of the ${name}`, (t) => {
		t.is(normaliseEnrolmentCode(typed), code);
		const enrolmentKey = deriveEnrolmentKey(typed, terminal, hmac);
		t.is(hexOf(enrolmentKey), rest.enrolmentKey);
		t.is(hexOf(deriveTerminalKey(enrolmentKey, made, hmac)), rest.terminalKey);
	});

	test(`the ${name} step by step, as the specification spells it`, (t) => {
		const ascii = (text: string) => Uint8Array.from(text, (each) => each.charCodeAt(0));
		const first = [0x82, 0x70, ...ascii("closeout/enrol/1"), 0x69, ...ascii(terminal)];
		const enrolmentKey = hmac(ascii(code), Uint8Array.from(first));
		t.is(hexOf(enrolmentKey), rest.enrolmentKey);
		const nonces = [0x50, ...made.terminalNonce, 0x50, ...made.hostNonce];
		const second = [0x84, 0x6e, ...ascii("closeout/key/1"), ...nonces, epoch];
		t.is(hexOf(hmac(enrolmentKey, Uint8Array.from(second))), rest.terminalKey);
	});

	test(`each part of the ${name} counts`, (t) => {
		const enrolmentKey = deriveEnrolmentKey(typed, terminal, hmac);
		const other = new Uint8Array(16);
		const keys = [
			deriveTerminalKey(enrolmentKey, made, hmac),
			deriveTerminalKey(enrolmentKey, { ...made, epoch: epoch + 1 }, hmac),
			deriveTerminalKey(enrolmentKey, { ...made, hostNonce: other }, hmac),
			deriveTerminalKey(enrolmentKey, { ...made, terminalNonce: other }, hmac),
			deriveTerminalKey(deriveEnrolmentKey(typed, "shop-0002", hmac), made, hmac),
		];
		t.is(new Set(keys.map(hexOf)).size, keys.length);
	});
}

for (const { name, typed } of vectors.badCodes) {
	test(`no code: ${name}`, (t) => {
		t.throws(() => normaliseEnrolmentCode(typed), { code: "USAGE" });
	});
}
