import test from "ava";
import { Medium, scratchBases } from "../../../firmware/core/journal/medium.ts";
import { CloseoutError, type ErrorCode } from "../../../protocol/error.ts";
import { MemoryStorage, type MemoryStorageOptions } from "../../_helper/memory-storage.ts";

const shape = { sizeBytes: 65_536, sectorBytes: 512 };

/** A medium with what it has told its log. */
function mediumOn(options: MemoryStorageOptions = {}) {
	const storage = new MemoryStorage({ ...shape, ...options });
	const told: string[] = [];
	const log = {
		write: (level: string, code: string, text: string) => {
			told.push(`${level} ${code} ${text}`);
		},
	};
	return { storage, told, log, medium: new Medium(storage, log) };
}

/** A storage that does what it should and then says that it failed. */
class Complaining extends MemoryStorage {
	code: ErrorCode | undefined;
	override write(offset: number, bytes: Uint8Array): void {
		super.write(offset, bytes);
		if (this.code) throw new CloseoutError(this.code, "it says");
	}
	override read(offset: number, length: number): Uint8Array {
		if (this.code) throw new CloseoutError(this.code, "it says");
		return super.read(offset, length);
	}
}

const pattern = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 7) & 0xff);

test("what cannot be read is nothing, and the log says why", (t) => {
	const { medium, told } = mediumOn({ deadSectors: [1] });
	t.is(medium.read(0, 512)?.length, 512);
	t.is(medium.read(512, 4), undefined);
	t.deepEqual(told, ["error STORAGE_READ bytes at 512 cannot be read"]);
});

test("a read that gives fewer bytes than asked for gives nothing", (t) => {
	class Short extends MemoryStorage {
		override read(offset: number, length: number): Uint8Array {
			return super.read(offset, length).subarray(1);
		}
	}
	const medium = new Medium(new Short(shape), { write: () => t.fail() });
	t.is(medium.read(0, 16), undefined);
});

test("trouble that is not of the media's bytes goes through", (t) => {
	const storage = new Complaining(shape);
	const medium = new Medium(storage, { write: () => t.fail() });
	storage.code = "CLOSED";
	t.throws(() => medium.read(0, 4), { code: "CLOSED" });
	t.throws(() => medium.tryWrite(0, pattern(4)), { code: "CLOSED" });
	storage.code = "STORAGE_SYNC";
	t.throws(() => medium.read(0, 4), { code: "STORAGE_SYNC" });
	t.throws(() => medium.tryWrite(8, pattern(4)), { code: "STORAGE_SYNC" });
	storage.code = undefined;
	t.throws(() => medium.read(65_536, 4), { instanceOf: RangeError });
	t.throws(() => medium.tryWrite(65_536, pattern(4)), { instanceOf: RangeError });
	const foreign = Object.assign(new RangeError("not of our table"), { code: "STORAGE_WRITE" });
	storage.write = () => {
		throw foreign;
	};
	t.throws(() => medium.tryWrite(0, pattern(4)), { is: foreign });
});

test("a range is erased to its last sector and no further", (t) => {
	const { medium, storage } = mediumOn();
	storage.overwrite(0, new Uint8Array(2_560));
	medium.erase(512, 1_024);
	t.deepEqual(storage.eraseCounts.slice(0, 5), [0, 1, 1, 0, 0]);
});

test("bytes stand at a place only when every one of them does", (t) => {
	const { medium, storage } = mediumOn();
	const bytes = pattern(5_000);
	storage.overwrite(100, bytes);
	t.true(medium.holds(100, bytes));
	for (const place of [0, 2_047, 2_048, 4_999]) {
		storage.flip(100 + place, 1);
		t.false(medium.holds(100, bytes), `byte ${place}`);
		storage.flip(100 + place, 1);
	}
	t.true(medium.holds(100, bytes));
});

test("one read that fails is tried once more before the bytes count as lost", (t) => {
	const { medium, storage } = mediumOn({ failures: [{ operation: "read", at: 1 }] });
	storage.overwrite(0, pattern(64));
	t.true(medium.holds(0, pattern(64)));
	storage.setFaults({ failures: [{ operation: "read", at: 1, forever: true }] });
	const before = storage.calls.read;
	t.false(medium.holds(0, pattern(64)));
	t.is(storage.calls.read - before, 2);
});

test("bytes are compared block by block, each read once, and again where its read failed", (t) => {
	const { medium, storage } = mediumOn({ failures: [{ operation: "read", at: 2 }] });
	storage.overwrite(100, pattern(4_096));
	t.true(medium.holds(100, pattern(4_096)));
	t.is(storage.calls.read, 3);
});

test("the scratch segments lie behind the roots of each half", (t) => {
	const { medium } = mediumOn();
	const layout = medium.layout(2_048);
	t.is(layout.segmentCount, 14);
	t.deepEqual(scratchBases(layout), [1_024, 33_792]);
});

test("media that refuse a write or an erase are told of in the log, and nothing is thrown", (t) => {
	const { medium, storage, told } = mediumOn();
	const failures = (["write", "erase"] as const).map((operation) => ({ operation, at: 1 }));
	storage.setFaults({ failures });
	t.false(medium.tryWrite(0, pattern(8)));
	t.false(medium.tryReplace(0, 512, pattern(8)));
	t.deepEqual(told, [
		"error STORAGE_WRITE write 1 fails, as asked for",
		"error STORAGE_ERASE erase 1 fails, as asked for",
	]);
	t.true(medium.tryWrite(0, pattern(8)));
	t.true(medium.tryReplace(0, 512, pattern(16)));
	t.deepEqual(storage.image().subarray(0, 16), pattern(16));
	t.is(storage.image()[16], 0xff, "the rest of the sector is erased");
});

test("a write counts only when it was taken, is durable and reads back the same", (t) => {
	for (const name of ["place", "replace"] as const) {
		const run = (options: MemoryStorageOptions, bytes = pattern(8)) => {
			const { medium, storage } = mediumOn(options);
			const isKept = name === "place" ? medium.place(0, bytes) : medium.replace(0, 512, bytes);
			t.is(storage.calls.sync, 1, "synced in any case");
			return isKept;
		};
		t.true(run({}));
		t.false(run({ failures: [{ operation: "write", at: 1 }] }));
		t.false(run({ failures: [{ operation: "write", at: 1, manner: "silent" }] }));
		t.false(run({ failures: [{ operation: "write", at: 1, manner: "short" }] }));
		const blank = new Uint8Array(8).fill(0xff);
		t.false(run({ failures: [{ operation: "write", at: 1 }] }, blank), "taken by chance");
		t.throws(() => run({ failures: [{ operation: "sync", at: 1 }] }), { code: "STORAGE_SYNC" });
	}
});

test("a sector that holds old bytes is replaced as a whole", (t) => {
	const { medium, storage } = mediumOn();
	storage.overwrite(0, new Uint8Array(2_048));
	t.true(medium.replace(512, 1_024, pattern(700)));
	const image = storage.image();
	t.deepEqual(image.subarray(512, 1_212), pattern(700));
	t.true(image.subarray(1_212, 1_536).every((byte) => byte === 0xff));
	t.is(image[511], 0);
	t.is(image[1_536], 0);
});
