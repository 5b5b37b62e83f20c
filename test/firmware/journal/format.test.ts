import test from "ava";
import { type FormatOptions, formatMedia } from "../../../firmware/core/journal/format.ts";
import { genesisChain } from "../../../protocol/media.ts";
import { digest, sha256 } from "../../_helper/digest.ts";
import { formatted, opened, smallMedia, smallSegmentBytes } from "../../_helper/journal.ts";
import { verified } from "../../_helper/journal-damage.ts";
import { MemoryStorage } from "../../_helper/memory-storage.ts";
import { Random } from "../../_helper/random.ts";
import { fill, rootOn } from "./_setup.ts";

function format(storage: MemoryStorage, options: Partial<FormatOptions> = {}): void {
	formatMedia(storage, {
		terminalId: "shop-0001",
		epoch: 3,
		digest,
		entropy: new Random(1),
		segmentBytes: smallSegmentBytes,
		...options,
	});
}

test("formatted media hold four roots of an empty journal and nothing else", (t) => {
	const storage = new MemoryStorage({ ...smallMedia, sizeBytes: 66_000 });
	storage.overwrite(0, new Random(2).read(66_000));
	format(storage);
	const chain = genesisChain("shop-0001", 3, sha256);
	t.deepEqual(rootOn(storage), {
		sequence: 1,
		terminalId: "shop-0001",
		epoch: 3,
		nonce: new Random(1).read(16),
		layout: rootOn(storage).layout,
		state: "closed",
		retired: false,
		untold: false,
		intent: { kind: "none" },
		tornBytes: 0,
		repairedRecords: 0,
		staleRecords: 0,
		first: { number: 1, sequence: 1 },
		newest: { number: 0, firstSequence: 1, previousChain: chain, salt: new Uint8Array(8) },
		watermark: { sequence: 0, chain },
		head: { sequence: 0, chain },
	});
	t.like(rootOn(storage).layout, { segmentBytes: 2_048, segmentCount: 14, sectorBytes: 512 });
	const roots = [0, 512, 32_768, 33_280];
	const image = storage.image();
	const whole = image
		.subarray(0, 65_536)
		.every(
			(byte, offset) =>
				byte === 0xff || roots.some((from) => offset >= from && offset < from + 512),
		);
	t.true(whole, "every whole sector is erased");
	t.is(storage.eraseCounts.length, 128);
	t.deepEqual(
		image.subarray(65_536),
		new Random(2).read(66_000).subarray(65_536),
		"a rest is not used",
	);
	t.deepEqual(verified(image.slice(0, 65_536)).findings, []);
});

test("segments have the default length unless another one is asked for", (t) => {
	const storage = new MemoryStorage({ sizeBytes: 262_144, sectorBytes: 4_096 });
	formatMedia(storage, { terminalId: "shop-0001", epoch: 0, digest, entropy: new Random(1) });
	t.is(rootOn(storage).layout.segmentBytes, 16_384);
});

test("the erased media are durable before all four roots are written", (t) => {
	const storage = new MemoryStorage(smallMedia);
	let changed = 0;
	storage.onChange = () => {
		changed += 1;
	};
	const syncs: number[] = [];
	const { sync } = storage;
	storage.sync = () => {
		syncs.push(changed);
		sync.call(storage);
	};
	format(storage);
	t.deepEqual(syncs, [128, 132, 132]);
	t.true(storage.eraseCounts.every((count) => count === 1));
});

test("a name or media that cannot be served are refused before anything is erased", (t) => {
	const storage = formatted();
	const image = storage.image();
	const discard = { epoch: 0 };
	t.throws(() => format(storage, { terminalId: "A", discard }), { code: "SCHEMA" });
	t.throws(() => format(storage, { segmentBytes: 100, discard }), { code: "USAGE" });
	t.deepEqual(storage.image(), image);
});

test("media that hold a journal are erased only when its epoch is named", (t) => {
	const storage = new MemoryStorage(smallMedia);
	format(storage, { discard: { epoch: 9 } });
	const image = storage.image();
	const refusal = {
		code: "REFUSED",
		message: /hold a journal of epoch 3; pull it first, then format naming that epoch/,
	};
	t.throws(() => format(storage), refusal);
	t.throws(() => format(storage, { discard: { epoch: 2 } }), refusal);
	t.deepEqual(storage.image(), image);
	format(storage, { epoch: 8, discard: { epoch: 3 } });
	t.is(rootOn(storage).epoch, 8);
});

test("without any root a segment anywhere on the media tells the epoch", (t) => {
	const storage = formatted();
	const [journal] = opened(storage);
	journal.adoptEpoch(5);
	fill(journal, 10);
	for (const offset of [0, 512, 32_768, 33_280]) storage.overwrite(offset, new Uint8Array(512));
	const last = 65_536 - 2_048;
	const header = storage.image().slice(3_072, 3_264);
	storage.overwrite(1_024, new Uint8Array(64_512).fill(0xff));
	storage.overwrite(32_768, new Uint8Array(1_024));
	storage.setFaults({ deadSectors: [4] });
	storage.overwrite(last, header);
	t.throws(() => format(storage), { code: "REFUSED", message: /epoch 5/ });
	storage.overwrite(last, new Uint8Array(192));
	storage.overwrite(65_024, header);
	t.throws(() => format(storage), { code: "REFUSED" }, "in the last sector");
	storage.overwrite(65_024, new Uint8Array(512));
	storage.setFaults({});
	format(storage);
	t.is(rootOn(storage).epoch, 3);
});
