import { decodeCbor, encodeCbor } from "../../protocol/cbor.ts";
import { crc32c } from "../../protocol/crc.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { bytes, list, text, tuple } from "../../protocol/schema.ts";
import type { Storage, Vault } from "../core/port.ts";

/** Two slots, each of this many bytes: `magic, sequence, length, CRC-32C` as big-endian words, then the entries. */
const SLOT_BYTES = 4_096;
const HEADER_BYTES = 16;
const MAGIC = 0x434f_5631;
const ENTRIES_MAX = 64;

/** Media that a vault needs. */
export const VAULT_BYTES = 2 * SLOT_BYTES;

const entries = list(tuple({ name: text(64), value: bytes(0, 1_024) }), ENTRIES_MAX);

interface Slot {
	readonly sequence: number;
	readonly values: ReadonlyMap<string, Uint8Array>;
}

/**
 * Secrets in two slots that are rewritten in turn, over any media of the terminal: a power cut in the middle of a
 * write leaves the other slot, which holds everything as it was before.
 */
export class SlotVault implements Vault {
	readonly #storage: Storage;
	readonly #slotBytes: number;
	readonly #place: number;
	#newest: Slot;
	/** The slot that holds `#newest`. */
	#slot: 0 | 1;

	/** @param place Offset of the first slot on the media, the start of a sector. */
	constructor(storage: Storage, place = 0) {
		this.#storage = storage;
		this.#place = place;
		const { sectorBytes } = storage.geometry();
		this.#slotBytes = Math.max(SLOT_BYTES, sectorBytes);
		const [first, second] = [this.#read(0), this.#read(1)];
		this.#slot = (second?.sequence ?? 0) > (first?.sequence ?? 0) ? 1 : 0;
		this.#newest = (this.#slot === 1 ? second : first) ?? { sequence: 0, values: new Map() };
	}

	read(name: string): Uint8Array | undefined {
		return this.#newest.values.get(name)?.slice();
	}

	/** Throws `LIMIT` when the entries are more than a slot holds; the vault is as it was then. */
	write(name: string, value: Uint8Array | undefined): void {
		const values = new Map(this.#newest.values);
		if (value === undefined) values.delete(name);
		else values.set(name, value.slice());
		const next = { sequence: this.#newest.sequence + 1, values };
		const slot = this.#slot === 0 ? 1 : 0;
		this.#write(slot, next);
		this.#newest = next;
		this.#slot = slot;
	}

	#read(slot: 0 | 1): Slot | undefined {
		const image = this.#storage.read(this.#place + slot * this.#slotBytes, SLOT_BYTES);
		const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
		const length = view.getUint32(8);
		if (view.getUint32(0) !== MAGIC || length > SLOT_BYTES - HEADER_BYTES) return undefined;
		const payload = image.subarray(HEADER_BYTES, HEADER_BYTES + length);
		if (crc32c(payload, 0, length, crc32c(image, 0, 12)) !== view.getUint32(12)) return undefined;
		const decoded = entries.decode(decodeCbor(payload), "vault");
		return {
			sequence: view.getUint32(4),
			values: new Map(decoded.map(({ name, value }) => [name, value])),
		};
	}

	#write(slot: 0 | 1, { sequence, values }: Slot): void {
		const listed = [...values].map(([name, value]) => ({ name, value }));
		const payload = encodeCbor(entries.encode(listed, "vault"));
		const { writeAlign, sectorBytes } = this.#storage.geometry();
		const length = Math.ceil((HEADER_BYTES + payload.length) / writeAlign) * writeAlign;
		if (length > SLOT_BYTES) {
			const message = `the vault's entries need ${length} bytes and a slot has ${SLOT_BYTES}; remove some`;
			throw new CloseoutError("LIMIT", message);
		}
		const image = new Uint8Array(length).fill(0xff);
		const view = new DataView(image.buffer);
		view.setUint32(0, MAGIC);
		view.setUint32(4, sequence);
		view.setUint32(8, payload.length);
		view.setUint32(12, crc32c(payload, 0, payload.length, crc32c(image, 0, 12)));
		image.set(payload, HEADER_BYTES);
		const offset = this.#place + slot * this.#slotBytes;
		for (let at = 0; at < this.#slotBytes; at += sectorBytes) {
			this.#storage.erase((offset + at) / sectorBytes);
		}
		this.#storage.write(offset, image);
		this.#storage.sync();
	}
}
