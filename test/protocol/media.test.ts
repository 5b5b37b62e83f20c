import test from "ava";
import {
	decodeFrame,
	decodeFrameHeader,
	decodeRoot,
	decodeSegmentHeader,
	encodeFrame,
	encodeRoot,
	encodeSegmentHeader,
	FRAME_HEADER_BYTES,
	type Frame,
	frameType,
	planLayout,
	type Root,
	type SegmentHeader,
	saltCrc,
} from "../../protocol/media.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import { sha256 } from "../_helper/digest.ts";
import { hex } from "../_helper/hex.ts";

const GOLDEN_FRAME = [
	"c501070100060000000000000000002a6dc2c405676f6c64656eabababababab",
	"abababababababababababababababababababababababababab0000e150e4de",
].join("");
const GOLDEN_ROOT = "a036ca2ad64e4ffe046f5ce28860bff4ae9e9fe8c47ac96b32320b9dd3df6ea3";
const GOLDEN_HEADER = [
	"434c5347000100c00000000100000001000000000000000200000000000000c8",
	"2222222222222222222222222222222222222222222222222222222222222222",
	"01020304050607080000000100000000000040000000004d73686f702d303030",
	"3100000000000000000000000000000000000000000000001000000000000000",
	"0000000000000000000000000000000000000000000000000000000000000000",
	"00000000000000000000000000000000000000000000000000000000866e63f2",
].join("");
const salt = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
const place = { offset: 192, seed: saltCrc(salt), alignBytes: 8 };
const frame: Frame = {
	type: frameType.record,
	kind: 7,
	flags: 1,
	sequence: 42,
	payload: encodeUtf8("golden"),
	chain: new Uint8Array(32).fill(0xab),
};

function decoded(bytes: Uint8Array, at = place): Frame | undefined {
	const header = decodeFrameHeader(bytes.subarray(0, FRAME_HEADER_BYTES), at);
	return header && decodeFrame(bytes, header);
}

test("a frame has these bytes", (t) => {
	t.is(hex(encodeFrame(frame, place)), GOLDEN_FRAME);
});

test("every single bit of a frame, padding included, is covered by its checksums", (t) => {
	const bytes = encodeFrame(frame, place);
	t.deepEqual(decoded(bytes), frame);
	for (let bit = 0; bit < bytes.length * 8; bit++) {
		const flipped = bytes.slice();
		flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
		t.is(decoded(flipped), undefined, `bit ${bit}`);
	}
});

test("a frame is valid only at its own offset and in its own segment", (t) => {
	const bytes = encodeFrame(frame, place);
	t.is(decoded(bytes, { ...place, offset: 200 }), undefined);
	t.is(decoded(bytes, { ...place, seed: saltCrc(salt.slice().reverse()) }), undefined);
});

const layout = planLayout(
	{ sizeBytes: 1_048_576, sectorBytes: 4_096, writeAlign: 16, eraseValue: 0xff },
	16_384,
);

const root: Root = {
	sequence: 5,
	terminalId: "shop-0001",
	epoch: 2,
	nonce: new Uint8Array(16).fill(0x11),
	layout,
	state: "open",
	retired: false,
	untold: false,
	intent: { kind: "rebuild", number: 9, salt },
	tornBytes: 1,
	repairedRecords: 2,
	staleRecords: 3,
	first: { number: 4, sequence: 100 },
	newest: {
		number: 9,
		firstSequence: 200,
		previousChain: new Uint8Array(32).fill(0x22),
		salt: salt.slice().reverse(),
	},
	watermark: { sequence: 150, chain: new Uint8Array(32).fill(0x33) },
	head: { sequence: 210, chain: new Uint8Array(32).fill(0x44) },
};

const header: SegmentHeader = {
	number: 0x1_0000_0001,
	epoch: 2,
	firstSequence: 200,
	previousChain: new Uint8Array(32).fill(0x22),
	salt,
	previousNumber: 0x1_0000_0000,
	segmentBytes: 16_384,
	eraseCount: 77,
	terminalId: "shop-0001",
	alignBytes: 16,
};

test("a root and a segment header have these bytes", (t) => {
	t.is(hex(sha256(encodeRoot(root, sha256))), GOLDEN_ROOT);
	t.is(hex(encodeSegmentHeader(header)), GOLDEN_HEADER);
});

test("every single bit of a root and of a segment header is covered", (t) => {
	const rootBytes = encodeRoot(root, sha256);
	const headerBytes = encodeSegmentHeader(header);
	t.deepEqual(decodeRoot(rootBytes, sha256), root);
	t.deepEqual(decodeSegmentHeader(headerBytes), header);
	for (let bit = 0; bit < rootBytes.length * 8; bit++) {
		const flipped = rootBytes.slice();
		flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
		t.is(decodeRoot(flipped, sha256), undefined, `root bit ${bit}`);
	}
	for (let bit = 0; bit < headerBytes.length * 8; bit++) {
		const flipped = headerBytes.slice();
		flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
		t.is(decodeSegmentHeader(flipped), undefined, `header bit ${bit}`);
	}
});

test("media that cannot be served are refused with the reason", (t) => {
	const shape = { sizeBytes: 1_048_576, sectorBytes: 4_096, writeAlign: 1, eraseValue: 0xff };
	const refused = (change: Partial<typeof shape>, segmentBytes: number, reason: RegExp) =>
		t.throws(() => planLayout({ ...shape, ...change }, segmentBytes), {
			code: "USAGE",
			message: reason,
		});
	refused({ sizeBytes: 65_536 }, 16_384, /fewer than/);
	refused({ sectorBytes: 1_000 }, 16_384, /sectors of 1000/);
	refused({ writeAlign: 3 }, 16_384, /aligned to/);
	refused({ eraseValue: 7 }, 16_384, /erase value/);
	refused({}, 10_000, /whole sectors/);
	refused({}, 512, /segments of 512/);
});
