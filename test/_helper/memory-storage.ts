import type { Storage, StorageGeometry } from "../../firmware/core/port.ts";
import { CloseoutError, type ErrorCode } from "../../protocol/error.ts";
import { isFilledWith } from "../../protocol/media-bytes.ts";
import { Random } from "./random.ts";

/**
 * What is left of the part of a write that power did not reach: the erase value, zeros, what stood there before,
 * noise, a random part of the bits, or bits that read differently from one time to the next.
 */
export type TearModel = "erased" | "zeros" | "old" | "noise" | "someBits" | "unstable";
export const tearModels: readonly TearModel[] = [
	"erased",
	"zeros",
	"old",
	"noise",
	"someBits",
	"unstable",
];

export type Operation = "read" | "write" | "erase" | "sync";
const changes: readonly Operation[] = ["write", "erase", "sync"];

/** Power goes. Afterwards every call throws, until the image is taken up by `restart`. */
export interface PowerCut {
	/** Bytes that still reach the media, counted over all writes; an erase counts one byte for each of its own. */
	readonly afterBytes?: number;
	/** Or: the number of the changing call (write, erase, sync) that is cut short, from 1. */
	readonly atChange?: number;
	readonly tear?: TearModel;
	/** What happens to writes that no sync has made durable: they stay, or a random part of them is lost. */
	readonly unsynced?: "kept" | "reordered";
	readonly seed?: number;
}

/**
 * The n-th call of one kind fails, from 1, once or from then on. `silent`: it does nothing and says nothing;
 * `altered`: one bit comes out otherwise, without an error.
 */
export interface Failure {
	readonly operation: Operation;
	readonly at: number;
	readonly forever?: boolean;
	/** `short`: half of the bytes are written, without an error. */
	readonly manner?: "error" | "silent" | "short" | "altered";
}

export interface MemoryStorageOptions {
	readonly sizeBytes?: number;
	readonly sectorBytes?: number;
	readonly writeAlign?: number;
	readonly eraseValue?: number;
	readonly cut?: PowerCut;
	readonly failures?: readonly Failure[];
	/** Sectors whose bytes do not take what is written, or cannot be read. */
	readonly deadSectors?: readonly number[];
	/** Sync returns at once; what it should have made durable stays unsynced. */
	readonly lyingSync?: boolean;
}

/** Thrown when the power is cut. Not an error of the product's table: nothing may catch it. */
export class PowerLoss extends Error {}

/** Bytes that a write or an erase changes. */
export interface Change {
	readonly offset: number;
	readonly before: Uint8Array;
	readonly after: Uint8Array;
}

const failureCodes: { readonly [operation in Operation]: ErrorCode } = {
	read: "STORAGE_READ",
	write: "STORAGE_WRITE",
	erase: "STORAGE_ERASE",
	sync: "STORAGE_SYNC",
};

/**
 * Makes a change on an image as far as power reached, and leaves the rest as the model says. Returns the bits
 * that read differently from one time to the next, for each byte of the change, if there are any.
 */
export function tearChange(
	image: Uint8Array,
	{ offset, before, after, reached }: Change & { readonly reached: number },
	tear: TearModel,
	eraseValue: number,
	random: Random,
): Uint8Array | undefined {
	const unstable = tear === "unstable" ? new Uint8Array(after.length) : undefined;
	image.set(after.subarray(0, reached), offset);
	for (let index = reached; index < after.length; index++) {
		const old = before[index] ?? 0;
		const differing = old ^ (after[index] ?? 0);
		const at = offset + index;
		if (tear === "erased") image[at] = eraseValue;
		if (tear === "zeros") image[at] = 0;
		if (tear === "noise") image[at] = random.next() & 0xff;
		if (tear === "someBits") image[at] = old ^ (differing & random.next());
		if (unstable !== undefined) unstable[index] = differing;
	}
	return unstable;
}

/**
 * Media in memory that keep the rules of flash: bytes are written once after each erase and aligned. They can
 * lose power at any byte, tear, forget what was not synced, fail, lie and rot.
 */
export class MemoryStorage implements Storage {
	readonly #geometry: StorageGeometry;
	readonly #bytes: Uint8Array;
	#faults: Pick<MemoryStorageOptions, "cut" | "failures" | "deadSectors" | "lyingSync">;
	#random: Random;
	#isOff = false;
	#unsynced: Change[] = [];
	/** Bytes that read differently each time, by offset, with the bits concerned. */
	readonly #unstable = new Map<number, number>();
	/** Sectors whose last erase did nothing and did not say so. */
	readonly #unerased = new Set<number>();
	readonly calls = { read: 0, write: 0, erase: 0, sync: 0 };
	/** Changing calls so far: write, erase, sync. */
	changeCount = 0;
	bytesRead = 0;
	bytesWritten = 0;
	/** Bytes that a cut counts: written ones and erased ones. */
	bytesChanged = 0;
	readonly eraseCounts: number[];
	/** Told of each change before it is made. */
	onChange: ((change: Change) => void) | undefined;

	constructor(options: MemoryStorageOptions = {}, image?: Uint8Array) {
		const { sizeBytes = 65_536, sectorBytes = 4_096, writeAlign = 1, eraseValue = 0xff } = options;
		this.#geometry = { sizeBytes, sectorBytes, writeAlign, eraseValue };
		this.#bytes = image ? image.slice() : new Uint8Array(sizeBytes).fill(eraseValue);
		this.#faults = options;
		this.#random = new Random(options.cut?.seed ?? 1);
		this.eraseCounts = new Array(Math.floor(sizeBytes / sectorBytes)).fill(0);
	}

	/** The same media with power back, other faults and counters at zero. */
	restart(faults: MemoryStorageOptions = {}): MemoryStorage {
		const next = new MemoryStorage({ ...this.#geometry, ...faults }, this.#bytes);
		for (const [offset, bits] of this.#unstable) next.#unstable.set(offset, bits);
		return next;
	}

	static fromImage(image: Uint8Array, options: MemoryStorageOptions = {}): MemoryStorage {
		return new MemoryStorage({ ...options, sizeBytes: image.length }, image);
	}

	/** Makes bits of the bytes from an offset on read differently from one time to the next, until these are written. */
	unsettle(offset: number, bits: Uint8Array): void {
		for (const [index, some] of bits.entries())
			if (some !== 0) this.#unstable.set(offset + index, some);
	}

	/** A copy of all bytes. */
	image(): Uint8Array {
		return this.#bytes.slice();
	}

	/** Changes what the media will do from now on. Counts of calls go on. */
	setFaults(faults: Pick<MemoryStorageOptions, "cut" | "failures" | "deadSectors" | "lyingSync">) {
		this.#faults = faults;
	}

	/** Rot: turns bits of one byte. */
	flip(offset: number, bits: number): void {
		this.#bytes[offset] = (this.#bytes[offset] ?? 0) ^ bits;
	}

	/** Puts bytes on the media past all rules. */
	overwrite(offset: number, bytes: Uint8Array): void {
		this.#bytes.set(bytes, offset);
	}

	geometry(): StorageGeometry {
		return this.#geometry;
	}

	read(offset: number, length: number): Uint8Array {
		this.#begin("read", offset, length);
		this.bytesRead += length;
		const bytes = this.#bytes.slice(offset, offset + length);
		if (this.#unstable.size > 0) this.#shake(offset, bytes);
		return bytes;
	}

	write(offset: number, bytes: Uint8Array): void {
		const manner = this.#begin("write", offset, bytes.length);
		const { writeAlign, eraseValue } = this.#geometry;
		if (offset % writeAlign !== 0 || bytes.length % writeAlign !== 0) {
			throw new RangeError(
				`write of ${bytes.length} bytes at ${offset} is not aligned to ${writeAlign}`,
			);
		}
		if (manner === "silent" || this.#isDead(offset, bytes.length)) return;
		const before = this.#bytes.slice(offset, offset + bytes.length);
		if (!isFilledWith(before, eraseValue)) {
			if (!this.#isUnerased(offset, bytes.length))
				throw new RangeError(`${bytes.length} bytes at ${offset} are written without an erase`);
			// What real flash does: a bit that is programmed stays so.
			bytes = bytes.map((byte, index) => byte & (before[index] ?? 0));
		}
		const length = manner === "short" ? bytes.length >> 1 : bytes.length;
		const written = bytes.slice(0, length);
		if (manner === "altered") written[length >> 1] = (written[length >> 1] ?? 0) ^ 0x10;
		this.#change(offset, written);
		this.bytesWritten += length;
	}

	erase(sector: number): void {
		const { sectorBytes, eraseValue } = this.#geometry;
		const offset = sector * sectorBytes;
		const manner = this.#begin("erase", offset, sectorBytes);
		if (manner !== "error" || this.#isDead(offset, 1)) {
			this.#unerased.add(sector);
			return;
		}
		this.#unerased.delete(sector);
		this.eraseCounts[sector] = (this.eraseCounts[sector] ?? 0) + 1;
		this.#change(offset, new Uint8Array(sectorBytes).fill(eraseValue));
	}

	sync(): void {
		const manner = this.#begin("sync", 0, 0);
		if (manner === "silent" || this.#faults.lyingSync) return;
		this.#unsynced = [];
	}

	/** Counts the call and lets it fail where that was asked for. Returns how the call is to fail without a word. */
	#begin(operation: Operation, offset: number, length: number): NonNullable<Failure["manner"]> {
		if (this.#isOff) throw new PowerLoss("power is off");
		if (offset < 0 || offset + length > this.#geometry.sizeBytes) {
			throw new RangeError(`${operation} of ${length} bytes at ${offset} is outside the media`);
		}
		this.calls[operation] += 1;
		const count = this.calls[operation];
		if (changes.includes(operation)) this.changeCount += 1;
		if (operation === "sync" && this.#isCutHere()) this.#cutPower();
		for (const { operation: failing, at, forever, manner = "error" } of this.#faults.failures ??
			[]) {
			if (failing !== operation || (forever ? count < at : count !== at)) continue;
			if (manner !== "error") return manner;
			throw new CloseoutError(failureCodes[operation], `${operation} ${count} fails, as asked for`);
		}
		if (operation === "read" && this.#isDead(offset, length)) {
			throw new CloseoutError("STORAGE_READ", `bytes at ${offset} cannot be read`);
		}
		return "error";
	}

	#isDead(offset: number, length: number): boolean {
		const { sectorBytes } = this.#geometry;
		const first = Math.floor(offset / sectorBytes);
		const last = Math.floor((offset + length - 1) / sectorBytes);
		return (this.#faults.deadSectors ?? []).some((sector) => sector >= first && sector <= last);
	}

	#isUnerased(offset: number, length: number): boolean {
		const { sectorBytes } = this.#geometry;
		const last = Math.floor((offset + length - 1) / sectorBytes);
		for (let sector = Math.floor(offset / sectorBytes); sector <= last; sector++) {
			if (this.#unerased.has(sector)) return true;
		}
		return false;
	}

	#isCutHere(): boolean {
		return this.#faults.cut?.atChange === this.changeCount;
	}

	/** Changes bytes, as far as the power lasts. */
	#change(offset: number, after: Uint8Array): void {
		const { cut } = this.#faults;
		const before = this.#bytes.slice(offset, offset + after.length);
		const left = (cut?.afterBytes ?? Number.POSITIVE_INFINITY) - this.bytesChanged;
		this.#unsynced.push({ offset, before, after });
		this.onChange?.({ offset, before, after });
		if (left >= after.length && !this.#isCutHere()) {
			this.#bytes.set(after, offset);
			this.#settle(offset, after.length);
			this.bytesChanged += after.length;
			return;
		}
		const reached = this.#isCutHere() ? this.#random.below(after.length + 1) : left;
		const torn = { offset, before, after, reached };
		const { eraseValue } = this.#geometry;
		const unstable = tearChange(this.#bytes, torn, cut?.tear ?? "old", eraseValue, this.#random);
		if (unstable !== undefined) this.unsettle(offset, unstable);
		this.#cutPower();
	}

	#cutPower(): never {
		const { cut } = this.#faults;
		if (cut?.unsynced === "reordered") {
			for (const { offset, before } of this.#unsynced) {
				if (this.#random.below(2) === 0) this.#bytes.set(before, offset);
			}
		}
		this.#isOff = true;
		throw new PowerLoss("power was cut");
	}

	#settle(offset: number, length: number): void {
		for (const at of this.#unstable.keys()) {
			if (at >= offset && at < offset + length) this.#unstable.delete(at);
		}
	}

	/** Lets unstable bits come out one way or the other. */
	#shake(offset: number, bytes: Uint8Array): void {
		for (const [at, bits] of this.#unstable) {
			const index = at - offset;
			if (index < 0 || index >= bytes.length) continue;
			bytes[index] = (bytes[index] ?? 0) ^ (this.#random.next() & bits);
		}
	}
}
