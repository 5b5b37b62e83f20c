import test from "ava";
import { dumpOf } from "../../../host/import/salvage/dump.ts";
import { crcBefore, mayShareSegment, offsetFrom } from "../../../host/import/salvage/frame-crc.ts";
import { salvage, salvageLife } from "../../../host/import/salvage/salvage.ts";
import { crc32c, crc32cOfU32 } from "../../../protocol/crc.ts";
import { encodeFrame, encodeSegmentHeader, saltCrc } from "../../../protocol/media.ts";
import { Random } from "../../_helper/random.ts";

/** Everything that comes out of bytes, of every journal that is found in them. */
function everything(bytes: Uint8Array) {
	const search = salvage([dumpOf("x", bytes)]);
	let step = search.next();
	while (!step.done) step = search.next();
	const found = step.value;
	return found.lives.flatMap((life) => [...salvageLife(found, life)]);
}

const random = new Random(2);
const header = (changes: object) =>
	encodeSegmentHeader({
		number: 1,
		firstSequence: 1,
		previousChain: random.read(32),
		salt: random.read(8),
		epoch: 1,
		terminalId: "till-0001",
		previousNumber: 0,
		segmentBytes: 2_048,
		eraseCount: 1,
		alignBytes: 4,
		...changes,
	});

/** The beginning of a PNG, then what looks like compressed data. */
const picture = Buffer.concat([
	Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"),
	random.read(200_000),
]);

const corpus: readonly (readonly [name: string, bytes: Uint8Array, most: number])[] = [
	["nothing", new Uint8Array(0), 0],
	["one byte", Uint8Array.of(0xc5), 0],
	["text", Buffer.from("CLSG\u0000CLRT 0xC5 ".repeat(9_000)), 0],
	["a picture", picture, 0],
	["frame magics only", new Uint8Array(100_000).fill(0xc5), 0],
	[
		"frame heads of the greatest length",
		repeated("c501000104000000000000000000000100000000", 5_000),
		0,
	],
	[
		"frame heads of impossible lengths",
		repeated("c50100ffffff0000ffffffffffffffffffffffff", 5_000),
		0,
	],
	["a lone header", header({}), 1],
	[
		"headers in a heap",
		Buffer.concat(Array.from({ length: 600 }, (_, n) => header({ number: n + 1 }))),
		2,
	],
	["the same header again and again", repeated(Buffer.from(header({})).toString("hex"), 600), 2],
	[
		"numbers at the end of what can be counted",
		header({ number: 2 ** 53 - 1, firstSequence: 2 ** 53 - 1 }),
		2,
	],
	["sequence zero", header({ firstSequence: 0 }), 0],
	["a segment size of nothing", header({ segmentBytes: 0 }), 0],
	["a segment size beyond all", header({ segmentBytes: 0xffff_ffff }), 0],
	["an alignment of nothing", header({ alignBytes: 0 }), 0],
	["an odd alignment", header({ alignBytes: 5 }), 0],
];

function repeated(hex: string, times: number): Uint8Array {
	return Buffer.from(hex.repeat(times), "hex");
}

test("bytes that somebody made up give no record", (t) => {
	for (const [name, bytes, most] of corpus) {
		const items = everything(bytes);
		t.deepEqual(
			items.filter(({ type }) => type === "record"),
			[],
			name,
		);
		t.true(items.length <= most, `${name}: ${items.length}`);
	}
});

test("a whole record far beyond its segment does not lead to a search without end", (t) => {
	const salt = random.read(8);
	const bytes = new Uint8Array(4_096);
	bytes.set(header({ salt }));
	const payload = random.read(8);
	const sequence = 2 ** 50;
	const place = { offset: 192, seed: saltCrc(salt), alignBytes: 4 };
	const frame = { type: 1, kind: 1, flags: 1, sequence, payload, chain: random.read(32) } as const;
	bytes.set(encodeFrame(frame, place), 192);
	// The same again without a header: a loose one.
	bytes.set(encodeFrame(frame, { ...place, seed: 5 }), 3_000);
	const records = everything(bytes).filter(({ type }) => type === "record");
	t.true(records.length <= 1);
});

test("a frame tells its offset and its segment by its checksum alone", (t) => {
	for (let run = 0; run < 500; run++) {
		const head = random.read(16);
		const seed = random.next();
		const offset = 192 + random.below(16_000) * 4;
		const start = crc32cOfU32(offset, seed);
		const stored = crc32c(head, 0, 16, start);
		t.is(crcBefore(stored, head, 0, 16), start);
		t.is(offsetFrom(seed, start), offset);
		const distance = 4 + random.below(300) * 4;
		t.true(mayShareSegment(start, crc32cOfU32(offset + distance, seed), distance, 70_000));
		t.false(mayShareSegment(start, crc32cOfU32(offset + distance, seed) ^ 1, distance, 70_000));
	}
});
