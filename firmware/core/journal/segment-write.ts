import { CloseoutError } from "../../../protocol/error.ts";
import { SEGMENT_BEGIN_ATTEMPTS_MAX } from "../../../protocol/limits.ts";
import {
	copies,
	decodeSegmentHeader,
	encodeSeal,
	type Frame,
	frameBytes,
	frameType,
	MerkleTree,
	type Position,
	type Root,
	SEGMENT_HEADER_BYTES,
	type SegmentHeader,
	type SegmentKey,
	sealBytesMax,
	segmentBases,
} from "../../../protocol/media.ts";
import type { JournalContext, Tail } from "./context.ts";
import type { RootPatch } from "./root-store.ts";
import { checkpointFrame, encodeFrames, SegmentImage } from "./segment-image.ts";

/** True when frames of this many bytes fit behind the tail and the seal still fits behind them. */
export function fits({ roots }: JournalContext, tail: Tail, bytes: number): boolean {
	const { segmentBytes, alignBytes } = roots.root.layout;
	return !tail.retired && tail.offset + bytes + sealBytesMax(alignBytes) <= segmentBytes;
}

/** Writes frames behind the tail on both copies, one after the other, each made durable and read back. */
export function writeFrames(context: JournalContext, tail: Tail, frames: readonly Frame[]): void {
	const { layout } = context.roots.root;
	const { salt, number } = tail.key;
	const { offset } = tail;
	const bytes = encodeFrames(frames, { offset, salt, alignBytes: layout.alignBytes });
	for (const base of segmentBases(layout, number)) {
		if (context.medium.place(base + offset, bytes)) continue;
		// Once it is known, the next start goes on in another segment instead of failing here again.
		context.roots.update({ retired: true });
		throw new CloseoutError(
			"STORAGE_WRITE",
			`segment ${number} does not keep what is written at its byte ${offset}; open the journal again`,
		);
	}
	tail.offset = offset + bytes.length;
}

/** Ends the newest segment: count, last record and Merkle root of what it holds. */
export function sealSegment(context: JournalContext, tail: Tail): void {
	const { tree, head } = tail;
	const payload = encodeSeal({ count: tree.count, root: tree.root(), note: new Uint8Array(0) });
	writeFrames(context, tail, [{ type: frameType.seal, kind: 0, flags: 0, payload, ...head }]);
	tail.retired = true;
}

/** Free places in the ring. */
export function freeSegments({ first, newest, layout }: Root): number {
	return layout.segmentCount - (newest.number - first.number + 1);
}

/** Throws `LIMIT` when a state and a group of this size do not fit a fresh segment together. */
export function checkFreshSegment(root: Root, stateLength: number, groupBytes: number): void {
	const { segmentBytes, alignBytes } = root.layout;
	const needed =
		SEGMENT_HEADER_BYTES +
		frameBytes(stateLength, alignBytes) +
		groupBytes +
		sealBytesMax(alignBytes);
	if (needed <= segmentBytes) return;
	throw new CloseoutError(
		"LIMIT",
		`state of ${stateLength} bytes and group of ${groupBytes} bytes do not fit a segment of ` +
			`${segmentBytes} bytes; write smaller groups or format with larger segments`,
	);
}

/**
 * Begins a segment with the folded state at its head. The root names it before anything is erased and again
 * when it stands on both copies, so that a cut at any instant leaves either no segment or a whole one. A place
 * that does not keep what is written is passed over.
 */
export function beginSegment(
	context: JournalContext,
	{ head, state, patch }: { head: Position; state: Uint8Array; patch: RootPatch },
): Tail {
	const { root } = context.roots;
	const attempts = Math.min(SEGMENT_BEGIN_ATTEMPTS_MAX, freeSegments(root));
	for (let attempt = 1; attempt <= attempts; attempt++) {
		const number = root.newest.number + attempt;
		const salt = context.roots.nextSalt();
		context.roots.update({ ...patch, intent: { kind: "begin", number, salt } });
		const key: SegmentKey = {
			number,
			salt,
			firstSequence: head.sequence + 1,
			previousChain: head.chain,
		};
		const header = headerFor(context, key, root.newest.number);
		const image = new SegmentImage(
			root.layout,
			header,
			SEGMENT_HEADER_BYTES + frameBytes(state.length, root.layout.alignBytes),
		);
		image.push(checkpointFrame(state, head));
		if (!placeOnBoth(context, number, image.bytes)) continue;
		context.roots.update({ newest: key, intent: { kind: "none" }, head, retired: false });
		const tree = new MerkleTree(context.sha256);
		return { key, epoch: root.epoch, offset: image.offset, tree, head, retired: false };
	}
	throw new CloseoutError(
		"STORAGE_WRITE",
		`none of ${attempts} places keeps a new segment; replace the media`,
	);
}

function placeOnBoth(
	{ medium, roots }: JournalContext,
	number: number,
	bytes: Uint8Array,
): boolean {
	const { layout } = roots.root;
	const bases = segmentBases(layout, number);
	return copies.every((copy) => medium.replace(bases[copy], layout.segmentBytes, bytes));
}

/** The header for a segment that is about to be written over whatever stands in its place. */
export function headerFor(
	{ medium, roots }: JournalContext,
	key: SegmentKey,
	previousNumber: number,
): SegmentHeader {
	const { layout, epoch, terminalId } = roots.root;
	let eraseCount = 0;
	for (const base of segmentBases(layout, key.number)) {
		const bytes = medium.read(base, SEGMENT_HEADER_BYTES);
		const old = bytes && decodeSegmentHeader(bytes);
		if (old) eraseCount = Math.max(eraseCount, old.eraseCount);
	}
	return {
		...key,
		epoch,
		terminalId,
		previousNumber,
		segmentBytes: layout.segmentBytes,
		alignBytes: layout.alignBytes,
		eraseCount: eraseCount + 1,
	};
}
