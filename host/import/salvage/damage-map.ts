import type { Generation } from "./generation.ts";
import type { Life } from "./life.ts";
import type { Salvaged } from "./salvage.ts";

/** One ring as it was found in a dump, a block for each segment place in the order of the offsets. */
export interface MapRow {
	readonly dump: string;
	/** 1 and 2 for the rings of one dump. */
	readonly ring: number;
	readonly offset: number;
	readonly blocks: string;
}

/** `whole`: every record that any copy has. `part`: some of them. `none`: none of them. `unknown`: no segment found. */
export const mapBlocks = { whole: "█", part: "▒", none: "░", unknown: "·" } as const;
const BLOCKS_PER_ROW_MAX = 4_096;

interface Spot {
	readonly dump: number;
	readonly base: number;
	readonly generation: Generation;
	readonly block: string;
}

/** Draws which segment places of which ring hold one journal's records whole. */
export function damageMap({ dumps }: Salvaged, { path, others }: Life): readonly MapRow[] {
	const spots = [...path, ...others].flatMap(spotsOf);
	return dumps.flatMap((dump, index) => {
		const own = spots.filter((spot) => spot.dump === index).toSorted((a, b) => a.base - b.base);
		const second = startOfSecondRing(own);
		const rings = [
			own.filter(({ base }) => base < second),
			own.filter(({ base }) => base >= second),
		];
		return rings.flatMap((ring, number) => {
			const [first] = ring;
			if (first === undefined) return [];
			const row = { dump: dump.name, ring: number + 1, offset: first.base };
			return [{ ...row, blocks: drawRing(ring) }];
		});
	});
}

function spotsOf(generation: Generation): readonly Spot[] {
	const { records, perPlace } = generation.summary;
	return generation.places.map(({ dump, base }, index) => {
		const here = perPlace[index] ?? 0;
		const part = here > 0 ? mapBlocks.part : mapBlocks.none;
		return { dump, base, generation, block: here === records ? mapBlocks.whole : part };
	});
}

/** The rings hold the same segments, so one distance between twins is the most frequent: from ring to ring. */
function startOfSecondRing(spots: readonly Spot[]): number {
	const distances = new Map<number, number>();
	const twins = [...Map.groupBy(spots, ({ generation }) => generation).values()];
	for (const [first, ...more] of twins) {
		for (const { base } of more) {
			const distance = base - (first?.base ?? 0);
			distances.set(distance, (distances.get(distance) ?? 0) + 1);
		}
	}
	const [best] = [...distances].toSorted((a, b) => b[1] - a[1]);
	if (best === undefined) return Number.POSITIVE_INFINITY;
	const [distance] = best;
	const starts = twins.flatMap((same) =>
		same.flatMap(({ base }) =>
			same.some((other) => other.base === base - distance) ? [base] : [],
		),
	);
	return starts.reduce((least, base) => Math.min(least, base), Number.POSITIVE_INFINITY);
}

function drawRing(ring: readonly Spot[]): string {
	let blocks = "";
	let next = ring[0]?.base ?? 0;
	for (const { base, block, generation } of ring) {
		const { segmentBytes } = generation.header;
		const missing = Math.floor((base - next + segmentBytes / 2) / segmentBytes);
		const room = BLOCKS_PER_ROW_MAX - blocks.length;
		if (missing > 0) blocks += mapBlocks.unknown.repeat(Math.min(missing, room));
		if (blocks.length < BLOCKS_PER_ROW_MAX) blocks += block;
		next = base + segmentBytes;
	}
	return blocks;
}
