import { leafHash } from "../../protocol/chain.ts";
import {
	cosignedBytes,
	formatCheckpoint,
	streamName,
	type TreeHead,
} from "../../protocol/checkpoint.ts";
import { formatNote, keyIdOf, type NoteKey, noteKeyType } from "../../protocol/note.ts";
import { StreamTree } from "../../protocol/stream-tree.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import { keyOfSeed } from "../_helper/head-keys.ts";
import { sha256 } from "./_digest.ts";
import { bytesOf, hexOf } from "./_json.ts";
import { chainVectors } from "./_vectors-chain.ts";

const stream = { tenant: "shop", terminal: "shop-0001", epoch: 3 };
const terminalSeed = Uint8Array.from({ length: 32 }, (_none, index) => index);
const hostSeed = Uint8Array.from({ length: 32 }, (_none, index) => 0x40 + index);
const COSIGNED_S = 1_795_259_110;

/** The trees over the first records of the stream in `chain.json`. */
function trees() {
	const tree = new StreamTree(sha256);
	return chainVectors.records.map(({ sequence, kind, flags, payload, chain }) => {
		const record = { sequence, kind, flags, payload: bytesOf(payload) };
		tree.add(record);
		return {
			name: `records 1 to ${sequence}`,
			leaf: hexOf(leafHash(record, sha256)),
			size: tree.size,
			root: hexOf(tree.root()),
			chain,
		};
	});
}

function signed(name: string, part: Pick<TreeHead, "first" | "size" | "root" | "chain">) {
	const head = { ...stream, ...part };
	const terminal = keyOfSeed(terminalSeed);
	const host = keyOfSeed(hostSeed);
	const keyName = streamName(stream);
	const hostName = "closeout-host/example";
	const text = formatCheckpoint(head);
	const signature = terminal.sign(encodeUtf8(text));
	const cosignature = host.sign(cosignedBytes(head, COSIGNED_S));
	const key: NoteKey = {
		name: keyName,
		type: noteKeyType.ed25519,
		publicKey: terminal.publicKey,
	};
	const hostKey: NoteKey = {
		name: hostName,
		type: noteKeyType.cosignature,
		publicKey: host.publicKey,
	};
	const time = bytesOf(COSIGNED_S.toString(16).padStart(16, "0"));
	return {
		name,
		...stream,
		first: part.first,
		size: part.size,
		root: hexOf(part.root),
		chain: hexOf(part.chain),
		text,
		seed: hexOf(terminalSeed),
		publicKey: hexOf(terminal.publicKey),
		keyId: hexOf(keyIdOf(key, sha256)),
		signature: hexOf(signature),
		hostName,
		hostSeed: hexOf(hostSeed),
		hostKey: hexOf(host.publicKey),
		hostKeyId: hexOf(keyIdOf(hostKey, sha256)),
		timeS: COSIGNED_S,
		cosignature: hexOf(cosignature),
		note: formatNote({
			text,
			signatures: [
				{ name: keyName, keyId: keyIdOf(key, sha256), signature },
				{
					name: hostName,
					keyId: keyIdOf(hostKey, sha256),
					signature: Uint8Array.from([...time, ...cosignature]),
				},
			],
		}),
	};
}

const all = trees();
const last = all.at(-1);

export const checkpointVectors = {
	description:
		"Trees over the records of chain.json, and signed heads as notes with the signature of the terminal and the cosignature of a host. Seeds are Ed25519 secret keys of RFC 8032.",
	trees: all,
	heads: [
		signed("the tree from record 1 on", {
			first: 1,
			size: last?.size ?? 0,
			root: bytesOf(last?.root ?? ""),
			chain: bytesOf(last?.chain ?? ""),
		}),
		signed("a tree that was begun anew", {
			first: 1_418,
			size: 9_007_199_254_739_000,
			root: new Uint8Array(32).fill(0xfb),
			chain: new Uint8Array(32).fill(0xff),
		}),
	],
	badTexts: [
		{ name: "no chain line", text: "closeout/shop/shop-0001/3\n1\nAAAA\n" },
		{
			name: "first record 1 in the origin",
			text: formatCheckpoint({
				...stream,
				first: 1,
				size: 1,
				root: new Uint8Array(32),
				chain: new Uint8Array(32),
			}).replace("/3\n", "/3/1\n"),
		},
		{
			name: "size with a zero before it",
			text: formatCheckpoint({
				...stream,
				first: 1,
				size: 1,
				root: new Uint8Array(32),
				chain: new Uint8Array(32),
			}).replace("\n1\n", "\n01\n"),
		},
		{
			name: "another log",
			text: `example.com/log\n1\n${"A".repeat(43)}=\nchain ${"A".repeat(43)}=\n`,
		},
		{
			name: "a root that is not 32 bytes",
			text: `closeout/shop/shop-0001/3\n1\n${"A".repeat(44)}\nchain ${"A".repeat(43)}=\n`,
		},
	],
};
