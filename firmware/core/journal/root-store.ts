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

const slots: readonly number[] = Array.from({ length: ROOT_SLOTS }, (_, slot) => slot);
const QUORUM = 2;

export type RootPatch = Partial<Omit<Root, "sequence" | "layout" | "nonce" | "terminalId">>;

/**
 * The four root slots. An update goes to all of them, two and two with a `sync` between, so that at any
 * instant two slots agree; a slot is erased only when its sector is full.
 */
export class RootStore {
	readonly #medium: Medium;
	readonly #sha256: Sha256;
	#root: Root;
	/** Highest sequence met in any slot: a sequence is never used twice. */
	#sequence: number;
	/** Next free place in each slot; the first where none is named. */
	readonly #places: number[];
	/** Slots that are known to hold the present root. */
	#holders: readonly number[];

	constructor(
		medium: Medium,
		sha256: Sha256,
		start: {
			readonly root: Root;
			readonly sequence: number;
			readonly places: number[];
			readonly holders: readonly number[];
		},
	) {
		this.#medium = medium;
		this.#sha256 = sha256;
		this.#root = start.root;
		this.#sequence = start.sequence;
		this.#places = start.places;
		this.#holders = start.holders;
	}

	get root(): Root {
		return this.#root;
	}

	/** The salt for a segment that the next update names. */
	nextSalt(): Uint8Array {
		return deriveSalt(this.#root.nonce, this.#sequence + 1, this.#sha256);
	}

	/**
	 * Makes a changed root durable. Throws `STORAGE_WRITE` when fewer than two slots take it; then at least one
	 * holds it or the root before it.
	 */
	update(patch: RootPatch): void {
		this.#sequence += 1;
		const root: Root = { ...this.#root, ...patch, sequence: this.#sequence };
		const bytes = encodeRoot(root, this.#sha256);
		// Slots that hold the present root come last, and one pair of them is not touched before the others took it.
		const isGood = (slot: number) => this.#holders.includes(slot);
		const order = [...slots.filter((slot) => !isGood(slot)), ...slots.filter(isGood)];
		const split = Math.max(QUORUM, order.length - this.#holders.length);
		const early = this.#write(order.slice(0, split), bytes);
		const rest = order.slice(split);
		const late = early.length > 0 ? this.#write(rest, bytes) : this.#writeOneByOne(rest, bytes);
		const holders = [...early, ...late];
		if (holders.length < QUORUM) {
			throw new CloseoutError(
				"STORAGE_WRITE",
				`only ${holders.length} of ${ROOT_SLOTS} root slots keep what is written; replace the media`,
			);
		}
		this.#holders = holders;
		this.#root = root;
	}

	/**
	 * Writes the root that counts over slots that hold another one, and anew into slots that hold it beside
	 * damage, one after the other and only as long as another one holds it.
	 */
	heal(impaired: readonly number[]): void {
		const bytes = encodeRoot(this.#root, this.#sha256);
		for (const slot of slots) {
			if (this.#holders.includes(slot)) continue;
			this.#places[slot] = Number.POSITIVE_INFINITY;
			this.#holders = [...this.#holders, ...this.#write([slot], bytes)];
		}
		for (const slot of impaired) {
			this.#places[slot] = Number.POSITIVE_INFINITY;
			const others = this.#holders.filter((holder) => holder !== slot);
			if (others.length === 0) return;
			this.#holders = [...others, ...this.#write([slot], bytes)];
		}
	}

	/**
	 * Goes from slot to slot as long as the media take it; returns the ones that keep it. A single slot could not
	 * make two and is left as it is.
	 */
	#writeOneByOne(order: readonly number[], bytes: Uint8Array): readonly number[] {
		if (order.length < QUORUM) return [];
		const refusing = order.findIndex((slot) => this.#write([slot], bytes).length === 0);
		return refusing === -1 ? order : order.slice(0, refusing);
	}

	/** Writes to some slots at once; returns those that keep it. */
	#write(order: readonly number[], bytes: Uint8Array): readonly number[] {
		const written = order.map((slot) => ({ slot, offset: this.#append(slot, bytes) }));
		this.#medium.sync();
		const kept = written.filter(({ slot, offset }) => this.#keeps(slot, offset, bytes));
		return kept.map(({ slot }) => slot);
	}

	/** Writes behind what a slot holds, or to the erased slot when it is full; returns the offset. */
	#append(slot: number, bytes: Uint8Array): number {
		const { layout } = this.#root;
		const start = rootOffset(layout, slot);
		const place = this.#places[slot] ?? 0;
		if (place < Math.floor(layout.sectorBytes / ROOT_BYTES)) {
			this.#places[slot] = place + 1;
			const offset = start + place * ROOT_BYTES;
			this.#medium.tryWrite(offset, bytes);
			return offset;
		}
		this.#places[slot] = 1;
		this.#medium.tryReplace(start, layout.sectorBytes, bytes);
		return start;
	}

	#keeps(slot: number, offset: number, bytes: Uint8Array): boolean {
		const isKept = this.#medium.holds(offset, bytes);
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
	const found = readRoots(medium, geometry, sha256);
	const choice = chooseRoot(found);
	if (choice === undefined) {
		throw new CloseoutError(
			"MEDIA_FORMAT",
			"the media hold no journal root; format new media, or send used ones in for recovery",
		);
	}
	const { root, holders } = choice;
	checkLayout(root.layout, medium.layout(root.layout.segmentBytes));
	const isWhole = found.map(({ damaged }) => damaged === 0);
	const impaired = holders.filter((index) => !isWhole[index]);
	const healed = ROOT_SLOTS - holders.length + impaired.length;
	const roots = new RootStore(medium, sha256, {
		root,
		holders,
		sequence: Math.max(...found.map((slot) => slot.sequence)),
		// Behind what was written last before an unclean end nothing is programmed, however erased it looks.
		places: found.map(({ used }) => (root.state === "closed" ? used : Number.POSITIVE_INFINITY)),
	});
	roots.heal(impaired);
	return { roots, healed };
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
