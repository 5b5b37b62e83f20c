import test from "ava";
import { concatBytes, toHex } from "../../protocol/bytes.ts";
import { PAYMENT_FRAME_BYTES_MAX } from "../../protocol/limits.ts";
import { encodePaymentFrame, PaymentFrameReader } from "../../protocol/payment-frame.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";

test("a frame is message and CRC-32C between two ENDs, escaped as RFC 1055 says", (t) => {
	t.is(toHex(encodePaymentFrame(encodeUtf8("123456789"))), "c0313233343536373839e3069283c0");
	// The CRC of these two bytes holds neither END nor ESC.
	t.true(toHex(encodePaymentFrame(Uint8Array.of(0xc0, 0xdb))).startsWith("c0dbdcdbdd"));
});

test("every message of one and two bytes comes back, in whatever pieces it arrives", (t) => {
	for (let value = 0; value < 0x1_0000; value += 7) {
		const message = value < 0x100 ? Uint8Array.of(value) : Uint8Array.of(value >> 8, value & 0xff);
		const reader = new PaymentFrameReader();
		const found = [...encodePaymentFrame(message)].flatMap((byte) =>
			reader.push(Uint8Array.of(byte)),
		);
		t.deepEqual(found, [message]);
	}
});

test("a damaged byte costs its frame and no other", (t) => {
	const frames = ["one", "two", "three"].map((text) => encodePaymentFrame(encodeUtf8(text)));
	const line = concatBytes(...frames);
	for (let at = 0; at < line.length; at++) {
		for (const flip of [0x01, 0x80, 0xff]) {
			const damaged = line.slice();
			damaged[at] = (damaged[at] ?? 0) ^ flip;
			const found = new PaymentFrameReader().push(damaged).map((message) => toHex(message));
			const whole = found.filter((hex) =>
				["one", "two", "three"].some((text) => toHex(encodeUtf8(text)) === hex),
			);
			t.deepEqual(found, whole, `nothing else is made of byte ${at} with ${flip}`);
			t.true(found.length >= 2, `byte ${at} with ${flip} costs one frame`);
		}
	}
});

test("what is longer than a frame may be is dropped, and the next one found", (t) => {
	const reader = new PaymentFrameReader();
	t.deepEqual(reader.push(encodePaymentFrame(new Uint8Array(PAYMENT_FRAME_BYTES_MAX))), []);
	t.deepEqual(reader.push(encodePaymentFrame(Uint8Array.of(7))), [Uint8Array.of(7)]);
});
