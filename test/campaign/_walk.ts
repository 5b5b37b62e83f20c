import {
	BOTH_COPIES,
	chooseRoot,
	type Layout,
	type Root,
	readRootSlot,
	readSegmentHeader,
	type SegmentKey,
	SegmentWalker,
	segmentBases,
} from "../../protocol/media.ts";
import { sha256 } from "./_digest.ts";
import { isSame } from "./_invariants.ts";
import type { Life } from "./_life.ts";
import type { Media } from "./_media.ts";

/** A stretch of the media and what stands there, in either copy. */
export interface FramePlace {
	readonly type: "root" | "header" | "record" | "checkpoint" | "seal" | "gap" | "unused" | "free";
	readonly from: number;
	readonly to: number;
	/** Of a frame: the segment, the place in it and what comes before it. */
	readonly layout?: Layout;
	readonly key?: SegmentKey;
	readonly offset?: number;
	readonly expected?: number;
	readonly previous?: Uint8Array | undefined;
	readonly lastSequence?: number | undefined;
}

const ROOT_SLOTS = 4;

function rootOf(media: Media): Root {
	const root = chooseRoot(slotsOf(media))?.root;
	if (root === undefined) throw new RangeError("the media of this life hold no root");
	return root;
}

function slotsOf(media: Media) {
	const { sectorBytes, sizeBytes, eraseValue } = media.geometry();
	return Array.from({ length: ROOT_SLOTS }, (_, slot) => {
		const base = slot < 2 ? 0 : sizeBytes / 2;
		return readRootSlot(
			media.read(base + (slot % 2) * sectorBytes, sectorBytes),
			eraseValue,
			sha256,
		);
	});
}

/** Everything that stands on the media of a life that was shut down in order, place by place. */
export function findFrames(media: Media, life: Life): readonly FramePlace[] {
	media.powerOn();
	const root = rootOf(media);
	const half = life.geometry.sizeBytes / 2;
	const rootBytes = 2 * life.geometry.sectorBytes;
	const places: FramePlace[] = [
		{ type: "root", from: 0, to: rootBytes },
		{ type: "root", from: half, to: half + rootBytes },
	];
	for (let number = root.first.number; number <= root.newest.number; number++)
		places.push(...segmentPlaces(media, root, number));
	return places;
}

function keyOf(media: Media, root: Root, number: number): SegmentKey | undefined {
	if (number === root.newest.number) return root.newest;
	return readSegmentHeader(media.read.bind(media), segmentBases(root.layout, number), number)
		?.header;
}

function walkerOf(media: Media, layout: Layout, key: SegmentKey, lastSequence: number | undefined) {
	const bases = segmentBases(layout, key.number);
	const read = (offset: number, length: number) => media.read(offset, length);
	return new SegmentWalker({ read, sha256, layout, key, bases, lastSequence, thorough: true });
}

function segmentPlaces(media: Media, root: Root, number: number): readonly FramePlace[] {
	const { layout, newest } = root;
	const key = keyOf(media, root, number);
	if (key === undefined) throw new RangeError(`segment ${number} of this life has no header`);
	const next = number < newest.number ? keyOf(media, root, number + 1) : undefined;
	const lastSequence = next && next.firstSequence - 1;
	const walker = walkerOf(media, layout, key, lastSequence);
	const shared = { layout, key, lastSequence };
	const local: (FramePlace & { readonly offset: number })[] = [];
	local.push({ type: "header", from: 0, to: walker.offset, offset: 0, ...shared });
	let previous: Uint8Array | undefined = key.previousChain;
	for (;;) {
		const before = { offset: walker.offset, expected: walker.expected, previous };
		const item = walker.next();
		if (item.type === "end" || item.type === "damage") break;
		if (item.type === "record") previous = item.record.chain;
		local.push({ type: item.type, from: before.offset, to: walker.offset, ...before, ...shared });
	}
	const last = local.at(-1);
	if (last !== undefined)
		local.push({ ...last, type: "unused", from: walker.offset, to: layout.segmentBytes });
	return segmentBases(layout, number).flatMap((base) =>
		local.map((place) => ({ ...place, from: base + place.from, to: base + place.to })),
	);
}

/** Reads one place as it is now, with one of its bytes changed in one copy, and says what was not noticed. */
export function isRepairSeen(media: Media, life: Life, place: FramePlace): string | undefined {
	if (place.type === "root") return rootProblem(media, life);
	const { layout, key, offset, expected, previous, lastSequence } = place;
	if (layout === undefined || key === undefined || offset === undefined) return undefined;
	if (place.type === "header") {
		const bases = segmentBases(layout, key.number);
		const found = readSegmentHeader((at, length) => media.read(at, length), bases, key.number);
		if (found === undefined) return "header lost although its other copy is whole";
		if (found.good === BOTH_COPIES) return "silent: header reads as whole in both copies";
		return isSame(found.header.salt, key.salt) ? undefined : "I2 header has another salt";
	}
	const walker = walkerOf(media, layout, key, lastSequence);
	if (expected !== undefined) walker.seek(offset, expected, previous);
	const item = walker.next();
	if (place.type === "unused") return unusedProblem(walker, offset, item.type);
	if (item.type !== place.type) return `I1 ${place.type} reads as ${item.type}`;
	if (item.good === BOTH_COPIES) return "silent: it reads as whole in both copies";
	if (item.type !== "record") return undefined;
	const own = life.records[item.record.sequence - 1];
	return own && isSame(own.payload, item.record.payload) && isSame(own.chain, item.record.chain)
		? undefined
		: `I2 record ${item.record.sequence} is not what was appended`;
}

/** Behind the last frame of a segment everything is erased, or it is damage and told. */
function unusedProblem(
	walker: ReturnType<typeof walkerOf>,
	offset: number,
	first: string,
): string | undefined {
	const before = walker.offset;
	if (before === offset) return `I1 last frame reads as ${first}`;
	const item = walker.next();
	if (item.type === "damage" || item.type === "gap")
		return item.type === "gap" ? "I3 gap" : undefined;
	const written = item.type === "end" ? Math.max(...item.written) : 0;
	return written > before ? undefined : "silent: bytes behind the last frame";
}

function rootProblem(media: Media, life: Life): string | undefined {
	const slots = slotsOf(media);
	const choice = chooseRoot(slots);
	if (choice === undefined) return "I1 no root is left";
	if (choice.root.head.sequence !== life.finally.confirmed) return "I1 an older root was chosen";
	const isSeen = choice.holders.length < ROOT_SLOTS || slots.some(({ damaged }) => damaged > 0);
	return isSeen ? undefined : "silent: all four roots read as whole";
}

/** True when a place whose two copies have the same bit turned still reads as whole. */
export function isSilent(media: Media, life: Life, place: FramePlace): boolean {
	if (place.type === "root" || place.type === "header" || place.type === "unused") {
		return isRepairSeen(media, life, place)?.startsWith("silent") === true;
	}
	const { layout, key, offset, expected, previous, lastSequence } = place;
	if (layout === undefined || key === undefined) return false;
	if (offset === undefined || expected === undefined) return false;
	const walker = walkerOf(media, layout, key, lastSequence);
	walker.seek(offset, expected, previous);
	const item = walker.next();
	return item.type === place.type && item.good === BOTH_COPIES;
}
