import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloseoutError } from "../../../protocol/error.ts";

/** A slot takes 32 bytes in the 64-bit worker and 16 bytes on a 32-bit terminal. */
const SLOT_BYTES = 32;
const DEVICE_SLOT_BYTES = 16;
const ATOM_HEADER_BYTES = 8;

/**
 * What is alive in an engine, built-in objects and the byte code of the program included. Take one measurement
 * before and one after what is of interest and use the difference.
 */
export interface HeapSize {
	readonly slots: number;
	/** Strings, byte arrays, array items, byte code. Array items and headers are wider here than on a terminal. */
	readonly chunkBytes: number;
	/** Slots at the size of a 32-bit terminal plus chunks at the size here: an upper bound for a terminal. */
	readonly deviceBytesMax: number;
}

/**
 * Measures by the engine's own snapshot, which holds each live slot and chunk once. The snapshot itself is
 * thrown away.
 *
 * @param write makes the engine write a snapshot to a path.
 */
export async function readHeapSize(write: (path: string) => Promise<unknown>): Promise<HeapSize> {
	const directory = await mkdtemp(join(tmpdir(), "closeout-heap-"));
	try {
		const path = join(directory, "snapshot");
		await write(path);
		return parseHeapSize(await readFile(path));
	} finally {
		await rm(directory, { recursive: true, force: true });
	}
}

/** The counts that the worker of the SDK's engine tells after a collection, as JSON. */
export function readHeapCount(text: Uint8Array): HeapSize {
	const { slots, chunkBytes } = JSON.parse(Buffer.from(text).toString());
	return { slots, chunkBytes, deviceBytesMax: slots * DEVICE_SLOT_BYTES + chunkBytes };
}

/** A snapshot is a tree of atoms, each `length (4 bytes, big-endian), type (4 letters), content`. */
export function parseHeapSize(snapshot: Uint8Array): HeapSize {
	const view = new DataView(snapshot.buffer, snapshot.byteOffset, snapshot.byteLength);
	const sizes = new Map<string, number>();
	let at = ATOM_HEADER_BYTES;
	while (at + ATOM_HEADER_BYTES <= snapshot.length) {
		const length = view.getUint32(at);
		if (length < ATOM_HEADER_BYTES) break;
		const type = String.fromCharCode(...snapshot.subarray(at + 4, at + 8));
		sizes.set(type, length - ATOM_HEADER_BYTES);
		at += length;
	}
	const chunkBytes = sizes.get("BLOC");
	const slotBytes = sizes.get("HEAP");
	if (chunkBytes === undefined || slotBytes === undefined) {
		throw new CloseoutError("ENGINE", "the XS worker wrote a heap that cannot be measured");
	}
	const slots = slotBytes / SLOT_BYTES;
	return { slots, chunkBytes, deviceBytesMax: slots * DEVICE_SLOT_BYTES + chunkBytes };
}
