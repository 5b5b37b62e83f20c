import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { PowerLost } from "./engine/power-lost.ts";
import { Flash } from "./storage.ts";

const small = { sizeBytes: 64, sectorBytes: 16 } as const;
const four = Uint8Array.of(1, 2, 3, 4);

test("bytes can be written once until their sector is erased", (t) => {
	const flash = new Flash(small);
	flash.write(16, four);
	t.throws(() => flash.write(16, four), { code: "ASSERTION" });
	flash.erase(1);
	flash.write(16, four);
	t.deepEqual(flash.read(15, 3), Uint8Array.of(255, 1, 2));
});

test("writes that are not aligned or not on the media are faults of the firmware", (t) => {
	const flash = new Flash(small);
	t.throws(() => flash.write(2, four), { code: "ASSERTION" });
	t.throws(() => flash.write(0, four.subarray(1)), { code: "ASSERTION" });
	t.throws(() => flash.read(60, 5), { code: "ASSERTION" });
	t.throws(() => flash.erase(4), { code: "ASSERTION" });
});

test("a cut tears an erase as well", (t) => {
	const flash = new Flash(small);
	flash.write(0, Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8));
	flash.cutAfterBytes(3);
	t.throws(() => flash.erase(0), { instanceOf: PowerLost });
	flash.powerOff();
	t.deepEqual(flash.read(0, 5), Uint8Array.of(255, 255, 255, 4, 5));
});

test("what was synced survives the loss of what was not", (t) => {
	const flash = new Flash({ ...small, unsynced: "lost" });
	flash.write(0, four);
	flash.sync();
	flash.erase(0);
	flash.write(4, four);
	flash.powerOff();
	t.deepEqual(flash.read(0, 8), Uint8Array.of(1, 2, 3, 4, 255, 255, 255, 255));
});

test("a file keeps what was synced, and a file of another size is refused", (t) => {
	const folder = mkdtempSync(join(tmpdir(), "closeout-flash-"));
	t.teardown(() => rmSync(folder, { recursive: true }));
	const path = join(folder, "journal.img");
	const flash = new Flash({ ...small, path });
	flash.write(0, four);
	flash.sync();
	flash.write(8, four);
	flash.close();
	const again = new Flash({ ...small, path });
	t.teardown(() => again.close());
	t.deepEqual(again.read(0, 12), Uint8Array.of(1, 2, 3, 4, ...Array(8).fill(255)));
	writeFileSync(path, "short");
	t.throws(() => new Flash({ ...small, path }), { code: "MEDIA_FORMAT", message: /move the file/ });
});

test("a write that lies says yes, after as many true ones as were asked for", (t) => {
	const written = (manner: "silent" | "short" | "altered") => {
		const flash = new Flash(small);
		flash.lie({ manner, afterWrites: 1, times: 1 });
		for (const offset of [0, 16, 32]) flash.write(offset, Uint8Array.of(1, 2, 3, 4));
		return [0, 16, 32].map((offset) => [...flash.read(offset, 4)]);
	};
	const truth = [1, 2, 3, 4];
	t.deepEqual(written("silent"), [truth, [255, 255, 255, 255], truth]);
	t.deepEqual(written("short"), [truth, [1, 2, 255, 255], truth]);
	t.deepEqual(written("altered"), [truth, [1, 2, 3 ^ 0x10, 4], truth]);
});

test("an image is replaced by one of the same length only", (t) => {
	const flash = new Flash(small);
	t.throws(() => flash.replaceImage(new Uint8Array(63)), { code: "USAGE" });
	flash.replaceImage(new Uint8Array(64).fill(7));
	t.deepEqual(flash.read(62, 2), Uint8Array.of(7, 7));
});
