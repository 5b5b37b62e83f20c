import type { Storage, StorageGeometry } from "../../firmware/core/port.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { PowerLoss, type TearModel, tearChange } from "../_helper/memory-storage.ts";
import { Random } from "../_helper/random.ts";

export type StepKind = "write" | "erase" | "sync";

/** One call that changes media: what stood there before and what stands there after; a sync changes nothing. */
export interface Step {
	readonly kind: StepKind;
	readonly offset: number;
	readonly before: Uint8Array;
	readonly after: Uint8Array;
}

/** Power goes in the `at`-th changing call from now, 0 being the next, when `reached` bytes of it are done. */
export interface MediaCut {
	readonly at: number;
	readonly reached: number;
	readonly tear: TearModel;
	readonly seed: number;
}

const NOTHING = new Uint8Array(0);
const UNDO_BYTES = 65_536;
const UNDO_BYTES_MAX = 64 * 1_048_576;
/** Reads after which a recovery counts as one that never ends. */
const READ_BYTES_MAX = 256 * 1_048_576;

/**
 * Media with the rules of bare flash over one image that is used again and again: everything done to them can be
 * taken back, so that a million cuts cost no copy of the image.
 */
export class Media implements Storage {
	readonly bytes: Uint8Array;
	readonly #geometry: StorageGeometry;
	readonly #undo: { readonly offset: number; readonly length: number; readonly at: number }[] = [];
	/** What was there before each change, one after the other: a fresh array for each would keep the collector busy. */
	#undoBytes = new Uint8Array(UNDO_BYTES);
	#undoEnd = 0;
	readonly #erasedSector: Uint8Array;
	readonly #unstable = new Map<number, number>();
	#random = new Random(1);
	#cut: MediaCut | undefined;
	#isOff = false;
	/** Changing calls since power came back. */
	stepCount = 0;
	bytesRead = 0;
	/** Told of each changing call before it is made. */
	onStep: ((step: Step) => void) | undefined;

	constructor(geometry: StorageGeometry, bytes?: Uint8Array) {
		this.#geometry = geometry;
		this.bytes = bytes ?? new Uint8Array(geometry.sizeBytes).fill(geometry.eraseValue);
		this.#erasedSector = new Uint8Array(geometry.sectorBytes).fill(geometry.eraseValue);
	}

	/** Power comes back; with a cut, it goes again there. */
	powerOn(cut?: MediaCut): void {
		this.#isOff = false;
		this.#cut = cut;
		this.stepCount = 0;
		this.bytesRead = 0;
	}

	/** A point that can be returned to. */
	mark(): number {
		return this.#undo.length;
	}

	/** Takes back everything since a mark. */
	rollBack(mark = 0): void {
		while (this.#undo.length > mark) {
			const entry = this.#undo.pop();
			if (entry === undefined) break;
			const { offset, length, at } = entry;
			this.bytes.set(this.#undoBytes.subarray(at, at + length), offset);
			this.#undoEnd = at;
		}
		if (mark === 0) this.#unstable.clear();
	}

	/** Makes everything so far the new ground that `rollBack` returns to. Bits that waver go on wavering. */
	settle(): void {
		this.#undo.length = 0;
		this.#undoEnd = 0;
	}

	#remember(offset: number, length: number): void {
		const at = this.#undoEnd;
		this.#makeRoom(at + length);
		this.#undoBytes.set(this.bytes.subarray(offset, offset + length), at);
		this.#undo.push({ offset, length, at });
		this.#undoEnd = at + length;
	}

	#makeRoom(length: number): void {
		if (length <= this.#undoBytes.length) return;
		if (length > UNDO_BYTES_MAX) throw new RangeError("more was changed than can be taken back");
		const grown = new Uint8Array(Math.max(length, 2 * this.#undoBytes.length));
		grown.set(this.#undoBytes);
		this.#undoBytes = grown;
	}

	/** True when the bytes differ from what they were at a mark. */
	hasChangedSince(mark: number): boolean {
		if (this.#undo.length === mark) return false;
		const now = this.bytes.slice();
		for (const { offset, length, at } of this.#undo.slice(mark).reverse())
			now.set(this.#undoBytes.subarray(at, at + length), offset);
		return Buffer.compare(now, this.bytes) !== 0;
	}

	/** Puts bytes there past all rules, as rot and attackers do. */
	put(offset: number, bytes: Uint8Array): void {
		this.#remember(offset, bytes.length);
		this.bytes.set(bytes, offset);
	}

	/** A step that power did not survive. */
	tear(step: Step, { reached, tear, seed }: Omit<MediaCut, "at">): void {
		const { offset, before, after } = step;
		this.#remember(offset, after.length);
		const torn = { offset, before, after, reached };
		this.#random = new Random(seed);
		const { eraseValue } = this.#geometry;
		const unstable = tearChange(this.bytes, torn, tear, eraseValue, this.#random);
		for (const [at, bits] of unstable) this.#unstable.set(at, bits);
	}

	geometry(): StorageGeometry {
		return this.#geometry;
	}

	read(offset: number, length: number): Uint8Array {
		if (this.#isOff) throw new PowerLoss("power is off");
		if (offset < 0 || offset + length > this.bytes.length)
			throw new RangeError(`read of ${length} bytes at ${offset} is outside the media`);
		this.bytesRead += length;
		if (this.bytesRead > READ_BYTES_MAX) throw new RangeError("reading never ends");
		const bytes = this.bytes.slice(offset, offset + length);
		if (this.#unstable.size > 0) this.#shake(offset, bytes);
		return bytes;
	}

	write(offset: number, bytes: Uint8Array): void {
		const { writeAlign, eraseValue } = this.#geometry;
		if (offset % writeAlign !== 0 || bytes.length % writeAlign !== 0)
			throw new RangeError(`write of ${bytes.length} bytes at ${offset} is not aligned`);
		if (!this.#isErased(offset, bytes.length, eraseValue))
			throw new RangeError(`${bytes.length} bytes at ${offset} are written without an erase`);
		this.#change("write", offset, bytes);
	}

	erase(sector: number): void {
		this.#change("erase", sector * this.#geometry.sectorBytes, this.#erasedSector);
	}

	sync(): void {
		this.#change("sync", 0, NOTHING);
	}

	#isErased(offset: number, length: number, eraseValue: number): boolean {
		for (let at = offset; at < offset + length; at++)
			if (this.bytes[at] !== eraseValue) return false;
		return true;
	}

	#change(kind: StepKind, offset: number, after: Uint8Array): void {
		if (this.#isOff) throw new PowerLoss("power is off");
		if (offset < 0 || offset + after.length > this.bytes.length)
			throw new CloseoutError("STORAGE_WRITE", `change at ${offset} is outside the media`);
		this.onStep?.(this.#stepOf(kind, offset, after));
		const cut = this.#cut?.at === this.stepCount ? this.#cut : undefined;
		this.stepCount += 1;
		if (cut !== undefined) {
			this.tear(this.#stepOf(kind, offset, after), {
				...cut,
				reached: Math.min(cut.reached, after.length),
			});
			this.#isOff = true;
			throw new PowerLoss("power was cut");
		}
		this.#remember(offset, after.length);
		this.bytes.set(after, offset);
		if (this.#unstable.size === 0) return;
		for (const at of this.#unstable.keys())
			if (at >= offset && at < offset + after.length) this.#unstable.delete(at);
	}

	#stepOf(kind: StepKind, offset: number, after: Uint8Array): Step {
		const before = this.bytes.slice(offset, offset + after.length);
		return { kind, offset, before, after: after.slice() };
	}

	#shake(offset: number, bytes: Uint8Array): void {
		for (const [at, bits] of this.#unstable) {
			const index = at - offset;
			if (index < 0 || index >= bytes.length) continue;
			bytes[index] = (bytes[index] ?? 0) ^ (this.#random.next() & bits);
		}
	}
}
