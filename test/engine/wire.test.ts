import test from "ava";
import { CloseoutError } from "../../protocol/error.ts";
import { servePorts } from "../emulator/engine/bridge.ts";
import { connectPorts } from "../emulator/engine/stubs.ts";
import {
	decodeText,
	encodeFailure,
	encodeText,
	FrameReader,
	FrameWriter,
	parseKey,
	pick,
	throwFailure,
} from "../emulator/engine/wire.ts";
import { makeFakePorts } from "./fake-ports.ts";

test("a frame is taken apart as it was put together", (t) => {
	const writer = new FrameWriter(7, 1 + 4 + 8 + 2 + 2 + 3)
		.u8(255)
		.u32(4_294_967_295)
		.f64(-0.5)
		.short(Uint8Array.of(1, 2))
		.bytes(Uint8Array.of(3, 4, 5));
	const reader = new FrameReader(new Uint8Array(writer.buffer));
	t.is(reader.first, 7);
	t.is(reader.u8(), 255);
	t.is(reader.u32(), 4_294_967_295);
	t.is(reader.f64(), -0.5);
	t.deepEqual(reader.short(), Uint8Array.of(1, 2));
	t.deepEqual(reader.rest(), Uint8Array.of(3, 4, 5));
	t.deepEqual(reader.rest(), new Uint8Array());
});

test("integers are little-endian", (t) => {
	const frame = new FrameWriter(1, 6).u32(0x01020304).short(new Uint8Array());
	t.deepEqual(new Uint8Array(frame.buffer), Uint8Array.of(1, 4, 3, 2, 1, 0, 0));
});

test("a frame that is too short is refused", (t) => {
	t.throws(() => new FrameReader(new Uint8Array()), { code: "ASSERTION" });
	t.throws(() => new FrameReader(Uint8Array.of(1, 2)).bytes(2), { code: "ASSERTION" });
	t.throws(() => new FrameReader(Uint8Array.of(1, 2)).f64(), { instanceOf: RangeError });
});

test("text of every plane comes back", (t) => {
	for (const text of ["", "a\u0000b", "é", "门店日结", "😀𠮷", "\uffff"]) {
		t.is(decodeText(encodeText(text)), text);
	}
	t.deepEqual(encodeText("é😀"), Uint8Array.of(0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80));
});

test("an error arrives with its code, and an unknown code is not trusted", (t) => {
	const failure = (code: "MEDIA_FULL", message: string) =>
		t.throws(() => throwFailure(new Uint8Array(encodeFailure(code, message))), {
			instanceOf: CloseoutError,
			code,
			message,
		});
	failure("MEDIA_FULL", "介质已满");
	const json = encodeText('{"code":"NO_SUCH","message":""}');
	const unknown = new FrameWriter(1, json.length).bytes(json);
	t.throws(() => throwFailure(new Uint8Array(unknown.buffer)), { code: "ASSERTION" });
});

test("bytes and names outside a list are refused", (t) => {
	t.is(pick(["a", "b"], 1), "b");
	t.throws(() => pick(["a", "b"], 2), { code: "ASSERTION" });
	t.is(parseKey("00"), "00");
	t.throws(() => parseKey("000"), { code: "ASSERTION" });
});

test("stubs and bridge fit together in one engine, and bytes are not shared", (t) => {
	const { ports, calls, media } = makeFakePorts();
	const serve = servePorts(ports);
	const { storage, link, digest } = connectPorts((frame) => serve(new Uint8Array(frame)).buffer);
	const written = Uint8Array.of(1, 2, 3, 4);
	storage.write(8, written);
	written.fill(0);
	storage.read(8, 4).fill(0);
	t.deepEqual(media.slice(8, 12), Uint8Array.of(1, 2, 3, 4));
	link.write({ topic: "终端", payload: written, retain: true });
	written.fill(9);
	t.deepEqual(calls.at(-1), ["send", { topic: "终端", payload: new Uint8Array(4), retain: true }]);
	t.throws(() => storage.read(64, 1), { instanceOf: CloseoutError, code: "STORAGE_READ" });
	t.is(digest.sha256(encodeText("abc"))[0], 0xba);
});

test("an operation that no port has is refused", (t) => {
	const serve = servePorts(makeFakePorts().ports);
	t.throws(() => serve(Uint8Array.of(99)), { code: "ASSERTION" });
});
