import {
	encodeFrame,
	encodeSeal,
	encodeSegmentHeader,
	FLAG_LAST_OF_GROUP,
	type Frame,
	frameBytes,
	frameType,
	type JournalRecord,
	type Layout,
	leafHash,
	MerkleTree,
	type Position,
	SEGMENT_HEADER_BYTES,
	type SegmentHeader,
	saltCrc,
} from "../../protocol/media.ts";
import { sha256 } from "../digest.ts";
import type { HeldSegment } from "./held-segment.ts";

/** A record, or records that stay lost. */
export type Content =
	| { readonly type: "record"; readonly record: JournalRecord; readonly isPut: boolean }
	| { readonly type: "gap"; readonly from: number; readonly to: number };

/**
 * The content by the segments that are to hold it: whole groups, as many as fit. Undefined when they do not all fit,
 * or when a part would begin behind records that stay lost.
 */
export function partsOf(
	{ alignBytes, segmentBytes }: Layout,
	{ checkpoint, spare }: HeldSegment,
	content: readonly Content[],
): readonly (readonly Content[])[] | undefined {
	if (spare.length === 0) return [content];
	if (content.some(({ type }) => type === "gap")) return undefined;
	const room = segmentBytes - SEGMENT_HEADER_BYTES - frameBytes(SEAL_BYTES, alignBytes);
	const first = checkpoint ? frameBytes(checkpoint.length, alignBytes) : 0;
	const parts: Content[][] = [[]];
	let used = first;
	for (const group of groupsOf(content)) {
		const bytes = group.reduce((sum, one) => sum + bytesOf(one, alignBytes), 0);
		if (used + bytes > room) {
			parts.push([]);
			used = 0;
		}
		parts.at(-1)?.push(...group);
		used += bytes;
	}
	return parts.length > spare.length + 1 ? undefined : parts;
}

function groupsOf(content: readonly Content[]): readonly (readonly Content[])[] {
	const groups: Content[][] = [];
	let isOpen = false;
	for (const one of content) {
		if (isOpen) groups.at(-1)?.push(one);
		else groups.push([one]);
		isOpen = one.type === "record" && (one.record.flags & FLAG_LAST_OF_GROUP) === 0;
	}
	return groups;
}

function bytesOf(one: Content, alignBytes: number): number {
	return one.type === "record" ? frameBytes(one.record.payload.length, alignBytes) : alignBytes;
}

/** Count and Merkle root. */
const SEAL_BYTES = 36;

/**
 * The bytes of a segment up to its last frame; undefined when it does not hold the content. Records that stay lost
 * leave a hole, so that the terminal finds and tells them as it would have.
 */
export function buildSegment(
	layout: Layout,
	header: SegmentHeader,
	checkpoint: Uint8Array | undefined,
	content: readonly Content[],
	isEnded: boolean,
): Uint8Array | undefined {
	const { alignBytes, segmentBytes, eraseValue } = layout;
	const bytes = new Uint8Array(segmentBytes);
	const seed = saltCrc(header.salt);
	const tree = new MerkleTree(sha256);
	bytes.set(encodeSegmentHeader(header));
	let offset = SEGMENT_HEADER_BYTES;
	const push = (frame: Frame): boolean => {
		const length = frameBytes(frame.payload.length, alignBytes);
		if (offset + length > segmentBytes) return false;
		bytes.set(encodeFrame(frame, { offset, seed, alignBytes }), offset);
		offset += length;
		return true;
	};
	const plain = { kind: 0, flags: 0 } as const;
	let head: Position = { sequence: header.firstSequence - 1, chain: header.previousChain };
	if (checkpoint) push({ type: frameType.checkpoint, ...plain, payload: checkpoint, ...head });
	for (const one of content) {
		if (offset + bytesOf(one, alignBytes) > segmentBytes) return undefined;
		if (one.type === "gap") {
			bytes.fill(eraseValue ^ 0xaa, offset, offset + alignBytes);
			offset += alignBytes;
			continue;
		}
		const { record } = one;
		push({ type: frameType.record, ...record });
		tree.add(leafHash(record, sha256));
		head = { sequence: record.sequence, chain: record.chain };
	}
	const isWhole = content.every(({ type }) => type === "record");
	const seal = encodeSeal({ count: tree.count, root: tree.root(), note: new Uint8Array(0) });
	if (isEnded && isWhole && !push({ type: frameType.seal, ...plain, payload: seal, ...head }))
		return undefined;
	return bytes.subarray(0, offset);
}
