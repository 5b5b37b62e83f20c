import { concatBytes, equalBytes } from "../../protocol/bytes.ts";
import type { Sha256 } from "../../protocol/chain.ts";
import { assert } from "../../protocol/error.ts";

const NODE = Uint8Array.of(1);

/**
 * Gives inclusion proofs (RFC 6962, section 2.1.1) over the leaf hashes of a tree. Holds twice the leaves: nodes are
 * joined in pairs level by level, and the last one of an odd level moves up as it is.
 */
export class InclusionProofs {
	readonly #levels: readonly (readonly Uint8Array[])[];

	constructor(leaves: readonly Uint8Array[], sha256: Sha256) {
		const levels: (readonly Uint8Array[])[] = [leaves];
		for (let level = leaves; level.length > 1; ) {
			const above: Uint8Array[] = [];
			for (let at = 0; at < level.length; at += 2) {
				const [left, right] = [level[at], level[at + 1]];
				assert(left !== undefined, `level ${levels.length} of the tree has no node ${at}`);
				above.push(right === undefined ? left : join(sha256, left, right));
			}
			levels.push(above);
			level = above;
		}
		this.#levels = levels;
	}

	/** The hashes that lead from the leaf `index`, counted from 0, to the root. */
	pathOf(index: number): readonly Uint8Array[] {
		const path: Uint8Array[] = [];
		let at = index;
		for (const level of this.#levels) {
			const sibling = level[at % 2 === 0 ? at + 1 : at - 1];
			if (sibling !== undefined) path.push(sibling);
			at = Math.floor(at / 2);
		}
		return path;
	}
}

/** True when the path leads from this leaf to this root (RFC 9162, section 2.1.3.2). */
export function verifyInclusion(
	proof: {
		readonly index: number;
		readonly size: number;
		readonly leaf: Uint8Array;
		readonly path: readonly Uint8Array[];
		readonly root: Uint8Array;
	},
	sha256: Sha256,
): boolean {
	const { index, size, leaf, path, root } = proof;
	if (index < 0 || index >= size) return false;
	let at = index;
	let last = size - 1;
	let hash = leaf;
	for (const sibling of path) {
		if (last === 0) return false;
		if (at % 2 === 1 || at === last) {
			hash = join(sha256, sibling, hash);
			while (at % 2 === 0 && at !== 0) {
				at = Math.floor(at / 2);
				last = Math.floor(last / 2);
			}
		} else hash = join(sha256, hash, sibling);
		at = Math.floor(at / 2);
		last = Math.floor(last / 2);
	}
	return last === 0 && equalBytes(hash, root);
}

function join(sha256: Sha256, left: Uint8Array, right: Uint8Array): Uint8Array {
	return sha256(concatBytes(NODE, left, right));
}
