import test from "ava";
import { concatBytes } from "../../protocol/bytes.ts";
import { leafHash, MerkleTree } from "../../protocol/chain.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import { sha256 } from "../_helper/digest.ts";

const record = { kind: 9, flags: 1, sequence: 0x1_0000_0002, payload: encodeUtf8("sold") };

/** The definition of RFC 6962, section 2.1, word for word. */
function treeHash(leaves: readonly Uint8Array[]): Uint8Array {
	const [only] = leaves;
	if (only === undefined) return sha256(new Uint8Array(0));
	if (leaves.length === 1) return only;
	let split = 1;
	while (split * 2 < leaves.length) split *= 2;
	const left = treeHash(leaves.slice(0, split));
	return sha256(concatBytes(Uint8Array.of(1), left, treeHash(leaves.slice(split))));
}

test("the growing tree has the root that RFC 6962 defines", (t) => {
	const tree = new MerkleTree(sha256);
	const leaves: Uint8Array[] = [];
	t.deepEqual(tree.root(), treeHash([]));
	for (let sequence = 1; sequence <= 70; sequence++) {
		const leaf = leafHash({ ...record, sequence }, sha256);
		leaves.push(leaf);
		tree.add(leaf);
		t.is(tree.count, sequence);
		t.deepEqual(tree.root(), treeHash(leaves));
	}
});
