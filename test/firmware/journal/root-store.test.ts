import test from "ava";
import { Medium } from "../../../firmware/core/journal/medium.ts";
import { openRoots, type RootStore, readRoots } from "../../../firmware/core/journal/root-store.ts";
import { chooseRoot, deriveSalt, encodeRoot, ROOT_BYTES } from "../../../protocol/media.ts";
import { sha256 } from "../../_helper/digest.ts";
import { formatted, silentLog, smallMedia } from "../../_helper/journal.ts";
import { MemoryStorage, PowerLoss } from "../../_helper/memory-storage.ts";

/** Offsets of the four slots; the second two lie in the second half. */
const slotOffsets = [0, 512, 32_768, 33_280];
const slotSectors = [0, 1, 64, 65];

function rootsOn(storage: MemoryStorage) {
	return openRoots(new Medium(storage, silentLog), storage.geometry(), sha256);
}

/** Sequence of the newest root in each slot; 0 for none. */
function sequencesOn(storage: MemoryStorage): number[] {
	const medium = new Medium(storage, silentLog);
	return readRoots(medium, storage.geometry(), sha256).map(({ sequence }) => sequence);
}

/** The slots in the order in which a change of the roots touches them, with `sync` between. */
function orderOf(storage: MemoryStorage, change: () => void): (number | "sync")[] {
	const order: (number | "sync")[] = [];
	const { write, sync } = storage;
	storage.write = (offset, bytes) => {
		order.push(slotOffsets.findIndex((from) => offset >= from && offset < from + 512));
		write.call(storage, offset, bytes);
	};
	storage.sync = () => {
		order.push("sync");
		sync.call(storage);
	};
	change();
	Object.assign(storage, { write, sync });
	return order;
}

test("an update goes to two slots, is made durable, and goes to the other two", (t) => {
	const storage = formatted();
	t.deepEqual(sequencesOn(storage), [1, 1, 1, 1]);
	const { roots, healed } = rootsOn(storage);
	t.is(healed, 0);
	t.deepEqual(
		orderOf(storage, () => roots.update({ epoch: 5 })),
		[0, 1, "sync", 2, 3, "sync"],
	);
	t.deepEqual(sequencesOn(storage), [2, 2, 2, 2]);
	t.like(roots.root, { sequence: 2, epoch: 5, terminalId: "shop-0001" });
	t.deepEqual(rootsOn(storage).roots.root, roots.root);
});

test("slots that hold another root are written before those that hold the present one", (t) => {
	for (const stale of [[0], [1, 2], [3]]) {
		const storage = formatted();
		const { roots } = rootsOn(storage);
		storage.setFaults({ deadSectors: stale.map((slot) => slotSectors[slot] ?? 0) });
		roots.update({ epoch: 1 });
		storage.setFaults({});
		const good = [0, 1, 2, 3].filter((slot) => !stale.includes(slot));
		const [first, ...others] = good;
		const order = orderOf(storage, () => roots.update({ epoch: 2 }));
		const expected =
			stale.length === 1
				? [...stale, first, "sync", ...others, "sync"]
				: [...stale, "sync", ...good, "sync"];
		t.deepEqual(order, expected, `${stale}`);
		t.deepEqual(sequencesOn(storage), [3, 3, 3, 3]);
	}
});

test("with one holder left, the other three take the new root before it is touched", (t) => {
	const storage = formatted();
	for (const offset of slotOffsets.slice(1)) storage.overwrite(offset, new Uint8Array(512));
	storage.setFaults({ deadSectors: slotSectors.slice(1) });
	const { roots, healed } = rootsOn(storage);
	t.is(healed, 3);
	storage.setFaults({});
	const order = orderOf(storage, () => roots.update({ epoch: 1 }));
	t.deepEqual(order, [1, 2, 3, "sync", 0, "sync"]);
});

test("the last slot that holds a root is not touched when no other one takes the new root", (t) => {
	const storage = formatted();
	for (const offset of slotOffsets.slice(1)) storage.overwrite(offset, new Uint8Array(512));
	storage.setFaults({ deadSectors: slotSectors.slice(1) });
	const { roots } = rootsOn(storage);
	const message = /only 0 of 4 root slots/;
	const order = orderOf(storage, () => t.throws(() => roots.update({ epoch: 1 }), { message }));
	t.deepEqual(order, [1, 2, 3, "sync"]);
	t.is(rootsOn(storage.restart()).roots.root.epoch, 0);
});

test("at any cut of an update two slots agree, and the root is the one before or the new one", (t) => {
	const blank = formatted();
	for (let atChange = 1; ; atChange++) {
		const storage = blank.restart({ cut: { atChange, tear: "noise", seed: atChange } });
		const { roots } = rootsOn(storage);
		let isCut = false;
		try {
			roots.update({ epoch: 5 });
		} catch (error) {
			if (!(error instanceof PowerLoss)) throw error;
			isCut = true;
		}
		const after = storage.restart();
		const choice = chooseRoot(readRoots(new Medium(after, silentLog), after.geometry(), sha256));
		t.true((choice?.holders.length ?? 0) >= 2, `change ${atChange}`);
		if (!isCut) {
			t.is(atChange, 11, "four erases, four writes, two syncs");
			return;
		}
	}
});

test("a slot is filled place by place and erased only when it is full", (t) => {
	const storage = formatted({ sizeBytes: 131_072, sectorBytes: 2_048 }, 4_096);
	const erased = () => storage.eraseCounts[0];
	const before = erased();
	const { roots } = rootsOn(storage);
	for (let update = 1; update <= 3; update++) roots.update({ epoch: update });
	t.is(erased(), before, "four places in 2,048 bytes, the first filled by formatting");
	roots.update({ epoch: 4 });
	t.is(erased(), (before ?? 0) + 1);
	t.deepEqual(sequencesOn(storage), [5, 5, 5, 5]);
	t.true(
		storage
			.image()
			.subarray(ROOT_BYTES, 2_048)
			.every((byte) => byte === 0xff),
	);
	roots.update({ epoch: 5, state: "closed" });
	const again = rootsOn(storage).roots;
	again.update({ epoch: 6 });
	t.is(erased(), (before ?? 0) + 1, "a start after an orderly end goes on in the next place");
	t.is(
		storage
			.image()
			.subarray(2 * ROOT_BYTES)
			.indexOf(0x43),
		0,
	);
});

test("after an unclean end a slot is begun anew, so that nothing is programmed behind a torn write", (t) => {
	const storage = formatted({ sizeBytes: 131_072, sectorBytes: 2_048 }, 4_096);
	rootsOn(storage).roots.update({ state: "open" });
	const { roots, healed } = rootsOn(storage);
	t.is(healed, 0);
	const counts = storage.eraseCounts[0] ?? 0;
	roots.update({ epoch: 1 });
	t.is(storage.eraseCounts[0], counts + 1);
	t.deepEqual(rootsOn(storage).roots.root, roots.root);
});

test("a slot that does not keep a root is erased for the next one", (t) => {
	const storage = formatted({ sizeBytes: 131_072, sectorBytes: 2_048 }, 4_096);
	const { roots } = rootsOn(storage);
	const counts = storage.eraseCounts[0] ?? 0;
	const { write } = storage.calls;
	storage.setFaults({ failures: [{ operation: "write", at: write + 1, manner: "short" }] });
	roots.update({ epoch: 1 });
	t.is(sequencesOn(storage)[0], 1);
	roots.update({ epoch: 2 });
	t.is(storage.eraseCounts[0], counts + 1);
	t.deepEqual(sequencesOn(storage), [3, 3, 3, 3]);
});

test("a sequence is never used twice, also one that an update that failed has used", (t) => {
	const storage = formatted();
	const { roots } = rootsOn(storage);
	const saltBefore = roots.nextSalt();
	t.deepEqual(saltBefore, deriveSalt(roots.root.nonce, 2, sha256));
	storage.setFaults({ deadSectors: slotSectors });
	t.throws(() => roots.update({ epoch: 1 }), {
		code: "STORAGE_WRITE",
		message: "only 0 of 4 root slots keep what is written; replace the media",
	});
	t.is(roots.root.epoch, 0, "what failed does not count");
	storage.setFaults({});
	t.deepEqual(roots.nextSalt(), deriveSalt(roots.root.nonce, 3, sha256));
	roots.update({ epoch: 2 });
	t.is(roots.root.sequence, 3);
});

test("a newer root that stands alone is not used, and its sequence neither", (t) => {
	const storage = formatted();
	const { root } = rootsOn(storage).roots;
	storage.overwrite(0, encodeRoot({ ...root, sequence: 9, epoch: 9 }, sha256));
	const { roots, healed } = rootsOn(storage);
	t.is(roots.root.epoch, 0);
	t.is(healed, 1);
	t.deepEqual(sequencesOn(storage), [1, 1, 1, 1], "the start makes all slots agree");
	roots.update({});
	t.is(roots.root.sequence, 10);
});

/** Media with slots that are erased and then take nothing any more. */
function wornOut(slots: readonly number[]): { storage: MemoryStorage; roots: RootStore } {
	const storage = formatted();
	const { roots } = rootsOn(storage);
	const { write } = storage;
	storage.write = (offset, bytes) => {
		if (!slots.includes(slotOffsets.indexOf(offset))) write.call(storage, offset, bytes);
	};
	return { storage, roots };
}

test("two slots that keep it are enough, whichever they are", (t) => {
	for (const worn of [[0], [3], [0, 1], [0, 2], [2, 3], [1, 3]]) {
		const { storage, roots } = wornOut(worn);
		roots.update({ epoch: 7 });
		t.is(roots.root.epoch, 7, `${worn}`);
		t.is(rootsOn(storage.restart()).roots.root.epoch, 7, `${worn}`);
	}
});

test("where the first pair fails, the others are written one by one", (t) => {
	const { storage, roots } = wornOut([0, 1]);
	const order = orderOf(storage, () => roots.update({ epoch: 7 }));
	t.deepEqual(order, [0, 1, "sync", 2, "sync", 3, "sync"]);
});

test("an update that fewer than two slots keep fails and leaves it, or the root before it, somewhere", (t) => {
	for (const worn of [
		[0, 1, 2],
		[0, 1, 3],
		[0, 2, 3],
		[1, 2, 3],
		[0, 1, 2, 3],
	]) {
		const { storage, roots } = wornOut(worn);
		const kept = worn.includes(2) && worn.includes(1) && worn.includes(0) ? 0 : 1;
		t.throws(() => roots.update({ epoch: 7 }), {
			code: "STORAGE_WRITE",
			message: `only ${kept} of 4 root slots keep what is written; replace the media`,
		});
		t.is(roots.root.epoch, 0, `${worn}`);
		t.is(rootsOn(storage.restart()).roots.root.epoch, kept === 1 ? 7 : 0, `${worn}`);
	}
});

test("a start makes slots agree one by one, and never while no other one holds the root", (t) => {
	const blank = formatted();
	for (const lost of [[0], [1, 2], [0, 1, 3]]) {
		for (let atChange = 1; atChange <= 12; atChange++) {
			const storage = blank.restart({ cut: { atChange, tear: "noise", seed: atChange } });
			for (const slot of lost) storage.overwrite(slotOffsets[slot] ?? 0, new Uint8Array(512));
			try {
				t.is(rootsOn(storage).healed, lost.length);
			} catch (error) {
				if (!(error instanceof PowerLoss)) throw error;
			}
			const after = storage.restart();
			t.is(rootsOn(after).roots.root.sequence, 1);
			t.deepEqual(sequencesOn(after), [1, 1, 1, 1]);
		}
	}
});

test("a slot with damage beside its root is written anew, but not the last one that holds it", (t) => {
	const shape = { sizeBytes: 131_072, sectorBytes: 2_048 };
	const torn = 65_536 + 2_048 + ROOT_BYTES;
	const storage = formatted(shape, 4_096);
	storage.overwrite(torn, Uint8Array.of(1));
	t.is(rootsOn(storage).healed, 1);
	t.is(storage.image()[torn], 0xff);
	t.is(rootsOn(storage).healed, 0);

	const alone = formatted(shape, 4_096);
	alone.overwrite(torn, Uint8Array.of(1));
	const offsets = [0, 2_048, 65_536];
	for (const offset of offsets) alone.overwrite(offset, new Uint8Array(2_048));
	alone.setFaults({ deadSectors: [0, 1, 32] });
	t.is(rootsOn(alone).healed, 4);
	t.is(alone.image()[torn], 1, "the only copy is left as it is");
	const { roots } = rootsOn(alone);
	t.is(roots.root.sequence, 1);
	alone.setFaults({});
	roots.update({ epoch: 1 });
	t.is(alone.image()[torn], 0xff, "it is erased when the others hold the next root");
});

test("media without a root, or with one for other media, are refused with what is the matter", (t) => {
	t.throws(() => rootsOn(new MemoryStorage(smallMedia)), {
		code: "MEDIA_FORMAT",
		message: /hold no journal root; format new media, or send used ones in/,
	});
	const image = formatted({ sizeBytes: 131_072, sectorBytes: 512 }).image();
	const wrong = (options: object, message: RegExp, bytes = image) => {
		const storage = MemoryStorage.fromImage(bytes, { sectorBytes: 512, ...options });
		t.throws(() => rootsOn(storage), { code: "MEDIA_FORMAT", message });
	};
	wrong({ writeAlign: 16 }, /made for media with alignBytes 4, these have 16/);
	wrong({ eraseValue: 0 }, /with eraseValue 255, these have 0/);
	wrong({ sectorBytes: 1_024 }, /with sectorBytes 512, these have 1024/);
	wrong({}, /with mirrorOffset 65536, these have 65024/, image.slice(0, 130_048));
});
