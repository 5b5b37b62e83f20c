import type { ChainedRecord } from "../../../protocol/chain.ts";
import { type SavedTree, StreamTree } from "../../../protocol/stream-tree.ts";
import type { Journal } from "../journal/journal.ts";
import type { Digest } from "../port.ts";
import type { State } from "../state/state.ts";

/** The tree over the stream up to the head of the journal. */
export class JournalTree {
	readonly #digest: Digest;
	#tree: StreamTree;

	constructor(digest: Digest) {
		this.#digest = digest;
		this.#tree = this.#treeOf({ first: 1, size: 0, roots: [] });
	}

	get current(): StreamTree {
		return this.#tree;
	}

	add(record: ChainedRecord, leaf: Uint8Array): void {
		this.#tree.add(record, leaf);
	}

	/** At a start: from a checkpoint and the records after it. A checkpoint of the first firmware has no tree. */
	grow({ tree, sequence }: State, journal: Journal, last: number): void {
		this.#tree = this.#treeOf(tree ?? { first: sequence + 1, size: 0, roots: [] });
		journal.scan(sequence + 1, last, (_, record) => this.#tree.add(record));
	}

	#treeOf(saved: SavedTree): StreamTree {
		return new StreamTree((bytes) => this.#digest.sha256(bytes), saved);
	}
}
