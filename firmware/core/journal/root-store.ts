import { CloseoutError } from "../../../protocol/error.ts";
import {
	chooseRoot,
	deriveSalt,
	encodeRoot,
	type Layout,
	mirrorOffsetOf,
	ROOT_BYTES,
	ROOT_SLOTS,
	type Root,
	type RootSlot,
	readRootSlot,
	rootOffset,
	type Sha256,
} from "../../../protocol/media.ts";
import type { StorageGeometry } from "../port.ts";
import type { Medium } from "./medium.ts";

const slotPairs: readonly (readonly number[])[] = [
	[0, 1],
	[2, 3],
];
const QUORUM = 2;

export type RootPatch = Partial<Omit<Root, "sequence" | "layout" | "nonce" | "terminalId">>;

/**
 * The four root slots. An update appends to all of them, two and two with a `sync` between, so that at any
 * instant two slots agree; a slot is erased only when its sector is full.
 */
export class RootStore {
	readonly #medium: Medium;
	readonly #sha256: Sha256;
	#root: Root;
	/** Highest sequence met in any slot: a sequence is never used twice. */
	#sequence: number;
	/** Next free place in each slot. */
	readonly #places: number[];

	constructor(
		medium: Medium,
		sha256: Sha256,
		start: { readonly root: Root; readonly sequence: number; readonly places: number[] },
	) {
		this.#medium = medium;
		this.#sha256 = sha256;
		this.#root = start.root;
		this.#sequence = start.sequence;
		this.#places = start.places;
	}

	get root(): Root {
		return this.#root;
	}

	/** The salt for a segment that the next update names. */
	nextSalt(): Uint8Array {
		return deriveSalt(this.#root.nonce, this.#sequence + 1, this.#sha256);
	}

	/** Makes a changed root durable. Throws `STORAGE_WRITE` when fewer than two slots took it. */
	update(patch: RootPatch): void {
		this.#sequence += 1;
		const root: Root = { ...this.#root, ...patch, sequence: this.#sequence };
		const bytes = encodeRoot(root, this.#sha256);
		let holders = 0;
		for (const pair of slotPairs) {
			for (const slot of pair) this.#append(slot, bytes);
			this.#medium.sync();
			for (const slot of pair) if (this.#holds(slot, bytes)) holders += 1;
		}
		if (holders < QUORUM) {
			throw new CloseoutError(
				"STORAGE_WRITE",
				`${ROOT_SLOTS - holders} of ${ROOT_SLOTS} root slots do not keep what is written; replace the media`,
			);
		}
		this.#root = root;
	}

	/** Writes the root that counts over slots that hold another one, one slot at a time. */
	heal(slots: readonly number[]): void {
		const bytes = encodeRoot(this.#root, this.#sha256);
		for (const slot of slots) {
			this.#places[slot] = Number.POSITIVE_INFINITY;
			this.#append(slot, bytes);
			this.#medium.sync();
		}
	}

	#append(slot: number, bytes: Uint8Array): void {
		const { layout } = this.#root;
		const offset = rootOffset(layout, slot);
		const place = this.#places[slot] ?? 0;
		if (place < Math.floor(layout.sectorBytes / ROOT_BYTES)) {
			this.#places[slot] = place + 1;
			this.#medium.tryWrite(offset + place * ROOT_BYTES, bytes);
			return;
		}
		this.#places[slot] = 1;
		this.#medium.tryReplace(offset, layout.sectorBytes, bytes);
	}

	#holds(slot: number, bytes: Uint8Array): boolean {
		const place = (this.#places[slot] ?? 1) - 1;
		const isKept = this.#medium.holds(
			rootOffset(this.#root.layout, slot) + place * ROOT_BYTES,
			bytes,
		);
		if (!isKept) this.#places[slot] = Number.POSITIVE_INFINITY;
		return isKept;
	}
}

/** Reads the four slots of media with this geometry. */
export function readRoots(
	medium: Medium,
	geometry: StorageGeometry,
	sha256: Sha256,
): readonly RootSlot[] {
	const { sizeBytes, sectorBytes, eraseValue } = geometry;
	const place = { sectorBytes, mirrorOffset: mirrorOffsetOf(sizeBytes, sectorBytes) };
	return Array.from({ length: ROOT_SLOTS }, (_, slot) =>
		readRootSlot(medium.read(rootOffset(place, slot), sectorBytes), eraseValue, sha256),
	);
}

/**
 * Chooses the root of media and makes all slots agree on it. Throws `MEDIA_FORMAT` when there is none or it was
 * made for media of another shape.
 */
export function openRoots(
	medium: Medium,
	geometry: StorageGeometry,
	sha256: Sha256,
): { readonly roots: RootStore; readonly healed: number } {
	const slots = readRoots(medium, geometry, sha256);
	const choice = chooseRoot(slots);
	if (choice === undefined) {
		throw new CloseoutError(
			"MEDIA_FORMAT",
			"the media hold no journal root; format new media, or send used ones in for recovery",
		);
	}
	const { root, holders } = choice;
	checkLayout(root.layout, medium.layout(root.layout.segmentBytes));
	// Those that hold another root come first: the last copy of this one is never erased.
	const strangers = slots.flatMap((_, index) => (holders.includes(index) ? [] : [index]));
	const others = [...strangers, ...holders.filter((index) => slots[index]?.damaged !== 0)];
	const isFresh = root.state !== "closed" || others.length > 0;
	const roots = new RootStore(medium, sha256, {
		root,
		sequence: Math.max(...slots.map((slot) => slot.sequence)),
		places: slots.map((slot) => (isFresh ? Number.POSITIVE_INFINITY : slot.used)),
	});
	roots.heal(others);
	return { roots, healed: others.length };
}

function checkLayout(found: Layout, planned: Layout): void {
	for (const name of ["sectorBytes", "alignBytes", "eraseValue", "mirrorOffset"] as const) {
		if (found[name] === planned[name]) continue;
		throw new CloseoutError(
			"MEDIA_FORMAT",
			`the journal was made for media with ${name} ${found[name]}, these have ${planned[name]}`,
		);
	}
}
