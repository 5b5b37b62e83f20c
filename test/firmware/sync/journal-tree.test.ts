import test from "ava";
import { emptyState } from "../../../firmware/core/state/state.ts";
import { JournalTree } from "../../../firmware/core/sync/journal-tree.ts";
import { leafHash } from "../../../protocol/chain.ts";
import { StreamTree } from "../../../protocol/stream-tree.ts";
import { digest, sha256 } from "../../_helper/digest.ts";
import { formatted, opened, recordOf } from "../../_helper/journal.ts";

/** A journal with some records and the tree that the terminal kept beside it. */
function grown(count: number) {
	const [journal] = opened(formatted());
	for (let number = 1; number <= count; number++)
		journal.append([{ ...recordOf(number), kind: 1 }]);
	const kept = new JournalTree(digest);
	journal.scan(1, count, (_, record) => kept.add(record, leafHash(record, sha256)));
	return { journal, kept: kept.current };
}

test("a tree begins with the first record and takes leaves as they are given", (t) => {
	const tree = new JournalTree(digest);
	t.is(tree.current.first, 1);
	t.is(tree.current.size, 0);
	const { journal, kept } = grown(7);
	t.is(kept.size, 7);
	const computed = new StreamTree(sha256);
	journal.scan(1, 7, (_, record) => computed.add(record));
	t.deepEqual(kept.root(), computed.root());
	const other = new JournalTree(digest);
	other.add(recordAt(1), new Uint8Array(32).fill(1));
	t.deepEqual(other.current.root(), new Uint8Array(32).fill(1));
});

test("at a start the tree goes on from the checkpoint's, up to the record that is asked for", (t) => {
	const { journal, kept } = grown(12);
	const half = new StreamTree(sha256);
	journal.scan(1, 5, (_, record) => half.add(record));
	const tree = new JournalTree(digest);
	tree.grow({ ...emptyState(), sequence: 5, tree: half.save() }, journal, 12);
	t.deepEqual(tree.current.save(), kept.save());
	tree.grow({ ...emptyState(), sequence: 5, tree: half.save() }, journal, 11);
	t.is(tree.current.next, 12);
});

test("behind a checkpoint without a tree it begins anew", (t) => {
	const { journal } = grown(12);
	const tree = new JournalTree(digest);
	tree.grow({ ...emptyState(), sequence: 5, tree: null }, journal, 12);
	t.is(tree.current.first, 6);
	t.is(tree.current.size, 7);
	tree.grow({ ...emptyState(), sequence: 12, tree: null }, journal, 12);
	t.is(tree.current.first, 13);
	t.is(tree.current.size, 0);
});

function recordAt(sequence: number) {
	return { sequence, flags: 1, ...recordOf(sequence) };
}
