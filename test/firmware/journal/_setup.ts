import type { JournalContext } from "../../../firmware/core/journal/context.ts";
import type { Journal } from "../../../firmware/core/journal/journal.ts";
import { Medium } from "../../../firmware/core/journal/medium.ts";
import { openRoots } from "../../../firmware/core/journal/root-store.ts";
import {
	type Copy,
	copies,
	findRoot,
	imageOf,
	type Root,
	segmentBases,
} from "../../../protocol/media.ts";
import { sha256 } from "../../_helper/digest.ts";
import { recordOf } from "../../_helper/journal.ts";
import type { MemoryStorage } from "../../_helper/memory-storage.ts";

/** What the parts of a journal work with, on media that hold one, and what they have told the log. */
export function contextOn(storage: MemoryStorage): { context: JournalContext; told: string[] } {
	const told: string[] = [];
	const log = {
		write: (level: string, code: string, text: string) => {
			told.push(`${level} ${code} ${text}`);
		},
	};
	const medium = new Medium(storage, log);
	const { roots } = openRoots(medium, storage.geometry(), sha256);
	return { context: { medium, roots, sha256, log }, told };
}

/** The root that counts on media. */
export function rootOn(storage: MemoryStorage): Root {
	const found = findRoot(imageOf(storage.image()), sha256);
	if (!found) throw new RangeError("the media hold no root");
	return found.root;
}

export function fill(journal: Journal, count: number): void {
	for (let index = 0; index < count; index++) journal.append([recordOf(journal.head.sequence + 1)]);
}

/** Turns bits of some bytes of a segment, in both copies or the ones named. */
export function damage(
	storage: MemoryStorage,
	number: number,
	{ from, to, of = copies }: { from: number; to: number; of?: readonly Copy[] },
): void {
	const bases = segmentBases(rootOn(storage).layout, number);
	for (const copy of of) {
		for (let offset = from; offset < to; offset++) storage.flip(bases[copy] + offset, 0x55);
	}
}
