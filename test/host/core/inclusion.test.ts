import test from "ava";
import { InclusionProofs, verifyInclusion } from "../../../host/core/inclusion.ts";
import { sha256 } from "../../../host/digest.ts";
import { MerkleTree } from "../../../protocol/chain.ts";

function treeOf(size: number) {
	const leaves = Array.from({ length: size }, (_, index) => sha256(Uint8Array.of(index)));
	const tree = new MerkleTree(sha256);
	for (const leaf of leaves) tree.add(leaf);
	return { leaves, root: tree.root(), proofs: new InclusionProofs(leaves, sha256) };
}

test("every leaf of every tree up to 40 leaves is proven by its path, and by no other place", (t) => {
	for (let size = 1; size <= 40; size++) {
		const { leaves, root, proofs } = treeOf(size);
		for (const [index, leaf] of leaves.entries()) {
			const proof = { index, size, leaf, path: proofs.pathOf(index), root };
			t.true(verifyInclusion(proof, sha256), `${index} of ${size}`);
			t.false(verifyInclusion({ ...proof, index: index === 0 ? size : index - 1 }, sha256));
			t.false(verifyInclusion({ ...proof, leaf: sha256(leaf) }, sha256));
			t.false(verifyInclusion({ ...proof, path: [...proof.path, leaf] }, sha256));
			if (size > 1) t.false(verifyInclusion({ ...proof, path: proof.path.slice(1) }, sha256));
			t.false(verifyInclusion({ ...proof, root: leaf === root ? sha256(root) : leaf }, sha256));
		}
	}
});

test("the path of the third of seven leaves is that of RFC 6962, section 2.1.3", (t) => {
	const { leaves, proofs } = treeOf(7);
	const [a, b, , d, e, f, g] = leaves;
	const node = (left: Uint8Array | undefined, right: Uint8Array | undefined) =>
		sha256(Uint8Array.from([1, ...(left ?? []), ...(right ?? [])]));
	t.deepEqual(proofs.pathOf(2), [d, node(a, b), node(node(e, f), g)]);
});
