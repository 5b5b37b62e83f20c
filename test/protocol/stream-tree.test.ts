import test from "ava";
import { leafHash, MerkleTree } from "../../protocol/chain.ts";
import { TREE_ROOTS_MAX } from "../../protocol/limits.ts";
import { recordKinds } from "../../protocol/record.ts";
import { StreamTree, savedTree } from "../../protocol/stream-tree.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import { sha256 } from "../_helper/digest.ts";

const payload = encodeUtf8("sold");

function record(sequence: number, kind = 9) {
	return { sequence, kind, flags: 1, payload };
}

function rootOf(from: number, to: number, kind = 9): Uint8Array {
	const tree = new MerkleTree(sha256);
	for (let sequence = from; sequence <= to; sequence++)
		tree.add(leafHash(record(sequence, sequence === from ? kind : 9), sha256));
	return tree.root();
}

test("a tree that was saved after any record goes on to the same root", (t) => {
	for (let cut = 0; cut <= 33; cut++) {
		const before = new StreamTree(sha256);
		for (let sequence = 1; sequence <= cut; sequence++) before.add(record(sequence));
		const saved = savedTree.decode(savedTree.encode(before.save(), "tree"), "tree");
		const tree = new StreamTree(sha256, saved);
		t.is(tree.next, cut + 1);
		for (let sequence = cut + 1; sequence <= 37; sequence++) tree.add(record(sequence));
		t.like(tree, { first: 1, size: 37 });
		t.deepEqual(tree.root(), rootOf(1, 37));
		t.true(tree.save().roots.length <= TREE_ROOTS_MAX);
	}
});

test("behind destroyed records the tree begins anew", (t) => {
	const tree = new StreamTree(sha256);
	for (const sequence of [1, 2, 3, 7, 8, 9]) tree.add(record(sequence));
	t.like(tree, { first: 7, size: 3, next: 10 });
	t.deepEqual(tree.root(), rootOf(7, 9));
});

test("with a record of a gap the tree begins anew, also where nothing is missing here", (t) => {
	const gap = recordKinds.gap.number;
	const tree = new StreamTree(sha256);
	for (let sequence = 1; sequence <= 9; sequence++)
		tree.add(record(sequence, sequence === 5 ? gap : 9));
	t.like(tree, { first: 5, size: 5 });
	t.deepEqual(tree.root(), rootOf(5, 9, gap));
});

test("roots that are not those of so many leaves are refused", (t) => {
	const hash = new Uint8Array(32);
	t.throws(() => new StreamTree(sha256, { first: 1, size: 3, roots: [hash] }), { code: "SCHEMA" });
	t.throws(() => new StreamTree(sha256, { first: 1, size: 0, roots: [hash] }), { code: "SCHEMA" });
});
