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

export interface Range {
	readonly from: number;
	readonly to: number;
}

/** Hears what is asked of media and done to them. */
export interface MediaListener {
	/** These bytes are given out. */
	read(offset: number, bytes: Uint8Array): void;
	/** A write may go ahead, or not, since the ground is erased, or not. */
	isErased(offset: number, length: number, answer: boolean): void;
	changed(offset: number, bytes: Uint8Array): void;
	/** The media as they are were compared with what they were. */
	compared(): void;
}

/** Bits that read differently from one time to the next, for each byte from an offset on. */
interface Wavering {
	readonly from: number;
	readonly bits: Uint8Array;
}

/** Places with such bits, none over another, in the order in which they stand. */
type WaveringPlaces = readonly Wavering[];

const STEADY: WaveringPlaces = [];

function endOf({ from, bits }: Wavering): number {
	return from + bits.length;
}

/** Index of the first place that ends behind an offset. */
function firstBehind(places: WaveringPlaces, offset: number): number {
	let low = 0;
	let high = places.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		const place = places[middle];
		if (place !== undefined && endOf(place) > offset) high = middle;
		else low = middle + 1;
	}
	return low;
}

/** What wavers outside a range. */
function steadied(places: WaveringPlaces, { from, to }: Range): WaveringPlaces {
	const first = firstBehind(places, from);
	if ((places[first]?.from ?? to) >= to) return places;
	const after = firstBehind(places, to);
	const cut = places.slice(first, after + 1).flatMap((place) => {
		const left = { from: place.from, bits: place.bits.subarray(0, Math.max(0, from - place.from)) };
		const right = {
			from: Math.max(place.from, to),
			bits: place.bits.subarray(Math.max(0, to - place.from)),
		};
		return [left, right].filter(({ bits }) => bits.length > 0);
	});
	return [...places.slice(0, first), ...cut, ...places.slice(after + 1)];
}

/** What wavers there already, and more; where both do, as the newer says. */
function shakier(places: WaveringPlaces, more: Wavering): WaveringPlaces {
	const range = { from: more.from, to: endOf(more) };
	const bits = more.bits.slice();
	for (const known of places.slice(firstBehind(places, range.from))) {
		if (known.from >= range.to) break;
		const end = Math.min(endOf(known), range.to);
		for (let at = Math.max(known.from, range.from); at < end; at++)
			if (bits[at - range.from] === 0) bits[at - range.from] = known.bits[at - known.from] ?? 0;
	}
	const others = steadied(places, range);
	const place = firstBehind(others, range.from);
	return [...others.slice(0, place), { from: range.from, bits }, ...others.slice(place)];
}

interface Undo {
	readonly offset: number;
	readonly length: number;
	readonly at: number;
	readonly wavering: WaveringPlaces;
}

const NOTHING = new Uint8Array(0);
const POOL_BYTES = 1_048_576;
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
	readonly #undo: Undo[] = [];
	/** What was there before each change, one after the other: a fresh array for each would keep the collector busy. */
	#undoBytes = new Uint8Array(UNDO_BYTES);
	#undoEnd = 0;
	#pool = new Uint8Array(0);
	#poolEnd = 0;
	readonly #erasedSector: Uint8Array;
	#wavering: WaveringPlaces = STEADY;
	#random = new Random(1);
	#cut: MediaCut | undefined;
	#isOff = false;
	/** Changing calls since power came back. */
	stepCount = 0;
	bytesRead = 0;
	/** Told of each reading. */
	onRead: ((offset: number, length: number) => void) | undefined;
	listener: MediaListener | undefined;
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
			const { offset, length, at, wavering } = entry;
			this.bytes.set(this.#undoBytes.subarray(at, at + length), offset);
			this.#undoEnd = at;
			this.#wavering = wavering;
		}
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
		this.#undo.push({ offset, length, at, wavering: this.#wavering });
		this.#undoEnd = at + length;
	}

	#makeRoom(length: number): void {
		if (length <= this.#undoBytes.length) return;
		if (length > UNDO_BYTES_MAX) throw new RangeError("more was changed than can be taken back");
		const grown = new Uint8Array(Math.max(length, 2 * this.#undoBytes.length));
		grown.set(this.#undoBytes);
		this.#undoBytes = grown;
	}

	/** True when the bytes differ from what they were at a mark; sectors in which a bit wavered then may be written anew. */
	hasChangedSince(mark: number): boolean {
		const [first] = this.#undo.slice(mark, mark + 1);
		if (first === undefined) return false;
		this.listener?.compared();
		const then = this.bytes.slice();
		for (const { offset, length, at } of this.#undo.slice(mark).reverse())
			then.set(this.#undoBytes.subarray(at, at + length), offset);
		const { sectorBytes } = this.#geometry;
		for (const { from, bits } of first.wavering) {
			for (const [index, some] of bits.entries()) {
				if (some === 0) continue;
				const sector = from + index - ((from + index) % sectorBytes);
				then.set(this.bytes.subarray(sector, sector + sectorBytes), sector);
			}
		}
		return Buffer.compare(then, this.bytes) !== 0;
	}

	/** Some bits read differently from one time to the next. */
	get isWavering(): boolean {
		return this.#wavering.length > 0;
	}

	/** Runs something after which bits waver on as if it had not been. */
	aside<T>(run: () => T): T {
		const random = this.#random.fork();
		const result = run();
		this.#random = random;
		return result;
	}

	/** Nobody holds on to bytes that were read so far: their memory is used again. */
	reuse(): void {
		this.#poolEnd = 0;
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
		if (unstable !== undefined)
			this.#wavering = shakier(this.#wavering, { from: offset, bits: unstable });
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
		this.onRead?.(offset, length);
		const bytes = this.#copyOf(offset, length);
		this.#shake(offset, bytes);
		this.listener?.read(offset, bytes);
		return bytes;
	}

	/** A copy for the caller to keep, out of one large piece of memory: millions of small ones keep the collector busy. */
	#copyOf(offset: number, length: number): Uint8Array {
		if (length > this.#pool.length - this.#poolEnd) {
			this.#pool = new Uint8Array(Math.max(POOL_BYTES, length));
			this.#poolEnd = 0;
		}
		const copy = this.#pool.subarray(this.#poolEnd, this.#poolEnd + length);
		this.#poolEnd += length;
		copy.set(this.bytes.subarray(offset, offset + length));
		return copy;
	}

	write(offset: number, bytes: Uint8Array): void {
		const { writeAlign } = this.#geometry;
		if (offset % writeAlign !== 0 || bytes.length % writeAlign !== 0)
			throw new RangeError(`write of ${bytes.length} bytes at ${offset} is not aligned`);
		const isErased = this.isErased(offset, bytes.length);
		this.listener?.isErased(offset, bytes.length, isErased);
		if (!isErased)
			throw new RangeError(`${bytes.length} bytes at ${offset} are written without an erase`);
		this.#change("write", offset, bytes);
	}

	erase(sector: number): void {
		this.#change("erase", sector * this.#geometry.sectorBytes, this.#erasedSector);
	}

	sync(): void {
		this.#change("sync", 0, NOTHING);
	}

	/** Nothing but the erase value stands there. */
	isErased(offset: number, length: number): boolean {
		const { length: most } = this.#erasedSector;
		for (let at = offset; at < offset + length; at += most) {
			const end = Math.min(at + most, offset + length);
			const standing = this.bytes.subarray(at, end);
			if (Buffer.compare(standing, this.#erasedSector.subarray(0, end - at)) !== 0) return false;
		}
		return true;
	}

	#change(kind: StepKind, offset: number, after: Uint8Array): void {
		if (this.#isOff) throw new PowerLoss("power is off");
		if (offset < 0 || offset + after.length > this.bytes.length)
			throw new CloseoutError("STORAGE_WRITE", `change at ${offset} is outside the media`);
		if (this.onStep !== undefined) this.onStep(this.#stepOf(kind, offset, after));
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
		this.carryOut({ offset, after });
	}

	/** A call that was recorded is made again. */
	carryOut({ offset, after }: Pick<Step, "offset" | "after">): void {
		this.#remember(offset, after.length);
		this.bytes.set(after, offset);
		this.listener?.changed(offset, after);
		this.#wavering = steadied(this.#wavering, { from: offset, to: offset + after.length });
	}

	#stepOf(kind: StepKind, offset: number, after: Uint8Array): Step {
		const before = this.bytes.slice(offset, offset + after.length);
		return { kind, offset, before, after: after.slice() };
	}

	#shake(offset: number, bytes: Uint8Array): void {
		const to = offset + bytes.length;
		for (let index = firstBehind(this.#wavering, offset); ; index++) {
			const place = this.#wavering[index];
			if (place === undefined || place.from >= to) return;
			const end = Math.min(endOf(place), to);
			for (let at = Math.max(place.from, offset); at < end; at++) {
				const some = place.bits[at - place.from] ?? 0;
				if (some !== 0)
					bytes[at - offset] = (bytes[at - offset] ?? 0) ^ (this.#random.next() & some);
			}
		}
	}
}
