import { equalBytes } from "../../protocol/bytes.ts";
import { CloseoutError } from "../../protocol/error.ts";
import {
	BOTH_COPIES,
	chooseRoot,
	decodeRoot,
	FLAG_LAST_OF_GROUP,
	type JournalRecord,
	leafHash,
	MerkleTree,
	ROOT_BYTES,
	ROOT_SLOTS,
	type Root,
	readRootSlot,
	readSegmentHeader,
	rootOffset,
	type SegmentItem,
	type SegmentKey,
	SegmentWalker,
	scratchOffset,
	segmentBases,
} from "../../protocol/media.ts";
import { sha256 } from "../digest.ts";

/** What a walk through a storage image meets, in the order of the records. */
export type ImageItem =
	| { readonly type: "record"; readonly record: JournalRecord }
	| { readonly type: "gap"; readonly from: number; readonly to: number }
	| { readonly type: "seal"; readonly isRight: boolean; readonly sequence: number }
	/** Something that is wrong: the journal is not whole. */
	| { readonly type: "problem"; readonly text: string }
	/** Something that a copy made good, or that was never confirmed. */
	| { readonly type: "remark"; readonly text: string };

/** The journal in a storage image, as it stands; nothing of the image is changed. */
export class JournalImage {
	readonly root: Root;
	readonly #bytes: Uint8Array;

	/** Throws `MEDIA_FORMAT` when the bytes are no storage image of a terminal. */
	constructor(name: string, bytes: Uint8Array) {
		this.#bytes = bytes;
		this.root = findRoot(name, bytes);
	}

	/**
	 * Every record that counts, with what was met between them. Chains are checked record by record and across
	 * segments, seals against the tree of their records, both copies against one another.
	 */
	*walk(): Generator<ImageItem, void> {
		const { root } = this;
		if (root.newest.number === 0) return;
		const keys = this.#keys();
		let expected = root.first.sequence;
		let chain: Uint8Array | undefined;
		for (const [index, key] of keys.entries()) {
			if (key.firstSequence > expected) {
				yield { type: "gap", from: expected, to: key.firstSequence - 1 };
				chain = undefined;
			}
			if (chain !== undefined && !equalBytes(chain, key.previousChain)) {
				const text = `segment ${key.number} does not chain to record ${key.firstSequence - 1}`;
				yield { type: "problem", text };
			}
			const next = keys[index + 1];
			const last = next === undefined ? this.#exactLast() : next.firstSequence - 1;
			const walk = new SegmentWalk(this.#walker(key, last), key, next === undefined);
			yield* walk.run();
			expected = walk.last + 1;
			chain = walk.chain;
		}
		if (expected <= root.head.sequence)
			yield { type: "gap", from: expected, to: root.head.sequence };
	}

	/** Segments that can be read, oldest first; the newest also without its header. */
	#keys(): readonly SegmentKey[] {
		const { first, newest, intent } = this.root;
		const keys: SegmentKey[] = [];
		for (let number = first.number; number <= newest.number; number++) {
			const isBegun = intent.kind === "begin" && intent.number === number;
			if (isBegun) continue;
			const found = readSegmentHeader(this.#read, this.#basesOf(number), number);
			const isRebuilt = intent.kind === "rebuild" && intent.number === number;
			if (number === newest.number)
				keys.push(isRebuilt ? { ...newest, salt: intent.salt } : newest);
			else if (found !== undefined) keys.push(found.header);
		}
		return keys;
	}

	/** The last record when the image says so itself; after a power cut more may have been written. */
	#exactLast(): number | undefined {
		const { state, head } = this.root;
		return state === "open" ? undefined : head.sequence;
	}

	#walker(key: SegmentKey, lastSequence: number | undefined): SegmentWalker {
		const { layout } = this.root;
		const bases = this.#basesOf(key.number);
		const shared = { read: this.#read, sha256, layout, key, bases };
		return new SegmentWalker({ ...shared, lastSequence, thorough: true });
	}

	/** A segment that was being replaced when the power went stands whole in the scratch segments. */
	#basesOf(number: number): readonly [number, number] {
		const { layout, intent } = this.root;
		if (intent.kind !== "rebuild" || intent.number !== number) return segmentBases(layout, number);
		return [scratchOffset(layout, 0), scratchOffset(layout, 1)];
	}

	readonly #read = (offset: number, length: number): Uint8Array | undefined =>
		offset + length <= this.#bytes.length
			? this.#bytes.subarray(offset, offset + length)
			: undefined;
}

/** Follows one segment and yields a group only when it is whole. */
class SegmentWalk {
	readonly #walker: SegmentWalker;
	readonly #key: SegmentKey;
	readonly #isNewest: boolean;
	readonly #tree = new MerkleTree(sha256);
	#pending: JournalRecord[] = [];
	#hasGap = false;
	/** Last record that counts, and its chain; undefined behind a gap whose chain is lost. */
	last: number;
	chain: Uint8Array | undefined;

	constructor(walker: SegmentWalker, key: SegmentKey, isNewest: boolean) {
		this.#walker = walker;
		this.#key = key;
		this.#isNewest = isNewest;
		this.last = key.firstSequence - 1;
		this.chain = key.previousChain;
	}

	*run(): Generator<ImageItem, void> {
		for (let item = this.#walker.next(); item.type !== "end"; item = this.#walker.next()) {
			if (item.good !== BOTH_COPIES && item.type !== "gap" && item.type !== "damage") {
				const text = `segment ${this.#key.number}: a ${item.type} is whole in one copy only`;
				yield { type: "remark", text };
			}
			yield* this.#take(item);
		}
		if (this.#pending.length === 0) return;
		const from = this.#pending[0]?.sequence ?? 0;
		const text = `records from ${from} on belong to a group that was never finished`;
		yield { type: this.#isNewest ? "remark" : "problem", text };
	}

	*#take(item: Exclude<SegmentItem, { type: "end" }>): Generator<ImageItem, void> {
		switch (item.type) {
			case "record":
				this.#tree.add(leafHash(item.record, sha256));
				this.#pending.push(item.record);
				if ((item.record.flags & FLAG_LAST_OF_GROUP) !== 0) yield* this.#count();
				return;
			case "gap":
				yield* this.#count();
				this.#hasGap = true;
				this.last = item.gap.to;
				this.chain = item.gap.chain;
				yield { type: "gap", from: item.gap.from, to: item.gap.to };
				return;
			case "seal": {
				yield* this.#count();
				const { count, root } = item.seal;
				const isRight =
					this.#hasGap || (count === this.#tree.count && equalBytes(root, this.#tree.root()));
				yield { type: "seal", isRight, sequence: item.position.sequence };
				return;
			}
			case "damage": {
				const text = `segment ${this.#key.number}: ${item.damagedBytes} bytes without a record are damaged`;
				yield { type: "remark", text };
				return;
			}
			case "checkpoint":
				return;
		}
	}

	*#count(): Generator<ImageItem, void> {
		for (const record of this.#pending) {
			this.last = record.sequence;
			this.chain = record.chain;
			yield { type: "record", record };
		}
		this.#pending = [];
	}
}

/** Roots stand at sector boundaries; the first that is whole tells where the others are. */
function findRoot(name: string, bytes: Uint8Array): Root {
	for (let offset = 0; offset + ROOT_BYTES <= bytes.length; offset += ROOT_BYTES) {
		const found = decodeRoot(bytes.slice(offset, offset + ROOT_BYTES), sha256);
		if (found === undefined) continue;
		const { layout } = found;
		const slots = Array.from({ length: ROOT_SLOTS }, (_, slot) => {
			const start = rootOffset(layout, slot);
			const end = start + layout.sectorBytes;
			const sector = end <= bytes.length ? bytes.slice(start, end) : undefined;
			return readRootSlot(sector, layout.eraseValue, sha256);
		});
		const choice = chooseRoot(slots);
		if (choice !== undefined) return choice.root;
	}
	const message = `${name}: there is no journal root in it; is it the storage image of a terminal?`;
	throw new CloseoutError("MEDIA_FORMAT", message);
}
