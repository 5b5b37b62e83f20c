import type { NewRecord } from "../../firmware/core/journal/group.ts";
import { Journal } from "../../firmware/core/journal/journal.ts";
import type { OpenReport } from "../../firmware/core/journal/recovery.ts";
import type { Log, Storage } from "../../firmware/core/port.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import { digest } from "./digest.ts";
import { MemoryStorage, type MemoryStorageOptions } from "./memory-storage.ts";
import { Random } from "./random.ts";

export const silentLog: Log = { write: () => {} };

/** Small media: sectors of 512 bytes, segments of 2 KiB, so that a few dozen records fill several segments. */
export const smallMedia: MemoryStorageOptions = { sizeBytes: 65_536, sectorBytes: 512 };
export const smallSegmentBytes = 2_048;

export function formatted(
	options: MemoryStorageOptions = smallMedia,
	segmentBytes: number = smallSegmentBytes,
): MemoryStorage {
	const storage = new MemoryStorage(options);
	const entropy = new Random(7);
	Journal.format(storage, { terminalId: "shop-0001", epoch: 0, digest, entropy, segmentBytes });
	return storage;
}

/** A journal whose folded state is a text that the test gives. */
export function journalOn(
	storage: Storage,
	snapshot: () => Uint8Array = () => encodeUtf8("state"),
): Journal {
	return new Journal({ storage, digest, log: silentLog, snapshot });
}

export function opened(storage: Storage, snapshot?: () => Uint8Array): [Journal, OpenReport] {
	const journal = journalOn(storage, snapshot);
	return [journal, journal.open()];
}

/** A record whose payload tells its own number and has a length of its own. */
export function recordOf(number: number): NewRecord {
	const text = `record ${number} ${"x".repeat((number * 37) % 90)}`;
	return { kind: number % 251, payload: encodeUtf8(text) };
}
