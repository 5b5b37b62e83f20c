import { type ChainedRecord, leafHash, MerkleTree, type Sha256 } from "./chain.ts";
import { TREE_ROOTS_MAX } from "./limits.ts";
import { recordKinds } from "./record.ts";
import { bytes, type Infer, list, tuple, uint } from "./schema.ts";

/** All that must be kept of a stream's tree to go on with it. */
export const savedTree = tuple({
	/** The record that is its first leaf. */
	first: uint(),
	/** Leaves. */
	size: uint(),
	/** Roots of its complete subtrees, the largest first. */
	roots: list(bytes(32), TREE_ROOTS_MAX),
});
export type SavedTree = Infer<typeof savedTree>;

/**
 * The tree over a stream's records, kept record by record. It begins anew where it cannot go on: with the record
 * behind destroyed ones, and with each `gap` record, so that everybody who has the stream has the same tree.
 */
export class StreamTree {
	readonly #sha256: Sha256;
	#first: number;
	#tree: MerkleTree;

	/** Throws `SCHEMA` when the roots are not those of so many leaves. */
	constructor(
		sha256: Sha256,
		{ first, size, roots }: SavedTree = { first: 1, size: 0, roots: [] },
	) {
		this.#sha256 = sha256;
		this.#first = first;
		this.#tree = new MerkleTree(sha256, size, roots);
	}

	/** Sequence number of the record that is the first leaf. */
	get first(): number {
		return this.#first;
	}

	get size(): number {
		return this.#tree.count;
	}

	/** Sequence number of the record that it goes on with. */
	get next(): number {
		return this.#first + this.#tree.count;
	}

	root(): Uint8Array {
		return this.#tree.root();
	}

	/** Takes the next record; `leaf` is its leaf hash where the caller has it already. */
	add(record: ChainedRecord, leaf: Uint8Array = leafHash(record, this.#sha256)): void {
		const { sequence, kind } = record;
		if (sequence !== this.next || kind === recordKinds.gap.number) {
			this.#first = sequence;
			this.#tree = new MerkleTree(this.#sha256);
		}
		this.#tree.add(leaf);
	}

	save(): SavedTree {
		return { first: this.#first, size: this.size, roots: this.#tree.completeRoots };
	}
}
