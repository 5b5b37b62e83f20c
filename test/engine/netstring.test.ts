import test from "ava";
import fc from "fast-check";
import { frame, NetstringReader } from "../emulator/engine/netstring.ts";

function read(chunks: Uint8Array[]): number[][] {
	const messages: number[][] = [];
	const reader = new NetstringReader((message) => messages.push([...message]));
	for (const chunk of chunks) reader.push(chunk);
	return messages;
}

test("a frame has the length, the kind and the bytes", (t) => {
	t.is(frame("?", Uint8Array.of(0x61, 0x2c)).toString(), "3:?a,,");
	t.is(frame("q", new Uint8Array()).toString(), "1:q,");
});

test("messages are found again however the stream is cut", (t) => {
	fc.assert(
		fc.property(
			fc.array(fc.uint8Array({ maxLength: 30 })),
			fc.array(fc.nat(40)),
			(payloads, lengths) => {
				const stream = Buffer.concat(payloads.map((payload) => frame("x", payload)));
				const chunks: Uint8Array[] = [];
				let at = 0;
				for (const length of lengths) {
					chunks.push(stream.subarray(at, at + length));
					at += length;
				}
				chunks.push(stream.subarray(at));
				t.deepEqual(
					read(chunks),
					payloads.map((payload) => [0x78, ...payload]),
				);
			},
		),
	);
});

test("a stream that is not made of netstrings is refused", (t) => {
	for (const text of ["x", ":", "3:abcd", "-1:a,", "1234567890:"]) {
		t.throws(() => read([Buffer.from(text)]), { code: "ENGINE" }, text);
	}
});

test("an incomplete message is kept until the rest comes", (t) => {
	t.deepEqual(read([Buffer.from("2:a")]), []);
	t.deepEqual(read([Buffer.from("2:a"), Buffer.from("b"), Buffer.from(",0:,")]), [
		[0x61, 0x62],
		[],
	]);
});
