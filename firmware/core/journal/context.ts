import type { Position, SegmentKey, Sha256 } from "../../../protocol/media.ts";
import { MerkleTree } from "../../../protocol/media.ts";
import type { Log } from "../port.ts";
import type { Medium } from "./medium.ts";
import type { RootStore } from "./root-store.ts";

/** What every part of the journal works with. */
export interface JournalContext {
	readonly medium: Medium;
	readonly roots: RootStore;
	readonly sha256: Sha256;
	readonly log: Log;
}

/** The newest segment as it is kept in memory: where the next frame goes and what its seal will say. */
export interface Tail {
	readonly key: SegmentKey;
	/** Epoch in the segment's header. */
	readonly epoch: number;
	offset: number;
	tree: MerkleTree;
	head: Position;
	/** Takes no more records; the next group begins a new segment. */
	retired: boolean;
}

export function emptyTail(head: Position, key: SegmentKey, epoch: number, sha256: Sha256): Tail {
	return { key, epoch, offset: 0, tree: new MerkleTree(sha256), head, retired: true };
}
