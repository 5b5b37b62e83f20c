import { sha256 } from "../../host/digest.ts";
import { formatCheckpoint, streamName } from "../../protocol/checkpoint.ts";
import { keyIdOf, noteKeyType } from "../../protocol/note.ts";
import { StreamTree } from "../../protocol/stream-tree.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import type { FakeJournal } from "./fake-terminal.ts";
import { keyOfSeed, type TestKey } from "./head-keys.ts";

/** The key of a terminal that signs the same at every run. */
export const terminalKey: TestKey = keyOfSeed(new Uint8Array(32).fill(0x54));

export function appendKey(journal: FakeJournal, key: TestKey = terminalKey): number {
	return journal.append("signingKey", { publicKey: key.publicKey });
}

/** Signs the head of a journal as it is and appends it; `changed` is what a liar signs instead. */
export function appendHead(
	journal: FakeJournal,
	{
		key = terminalKey,
		tenant = "shop",
		from = 1,
		changed = {},
	}: {
		readonly key?: TestKey;
		readonly tenant?: string;
		readonly from?: number;
		readonly changed?: { readonly root?: Uint8Array; readonly size?: number };
	} = {},
): number {
	const tree = new StreamTree(sha256, { first: from, size: 0, roots: [] });
	for (const record of journal.entries.slice(from - 1)) tree.add(record);
	const { terminal, epoch } = journal;
	const { first, size } = tree;
	const own = { first, size, root: tree.root(), chain: journal.chainAt(journal.last) };
	const head = { ...own, ...changed };
	const stream = { tenant, terminal, epoch };
	const signature = key.sign(encodeUtf8(formatCheckpoint({ ...stream, ...head })));
	const named = { name: streamName(stream), type: noteKeyType.ed25519, publicKey: key.publicKey };
	return journal.append("signedHead", { ...head, keyId: keyIdOf(named, sha256), signature });
}
