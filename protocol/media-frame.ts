import { concatBytes } from "./bytes.ts";
import {
	CHAIN_BYTES,
	encodeFrameHead,
	FRAME_HEAD_BYTES,
	FRAME_MAGIC,
	type FrameType,
	frameType,
} from "./chain.ts";
import { crc32c, crc32cOfU32 } from "./crc.ts";
import { CHECKPOINT_BYTES_MAX, RECORD_PAYLOAD_BYTES_MAX, SEAL_NOTE_BYTES_MAX } from "./limits.ts";
import { isFilledWith, readU32, readU64, roundUp, u64, viewOf } from "./media-bytes.ts";

/** Head and its checksum; the length is trusted only after that. */
export const FRAME_HEADER_BYTES = FRAME_HEAD_BYTES + 4;
const CRC_BYTES = 4;
export const FRAME_OVERHEAD_BYTES = FRAME_HEADER_BYTES + CHAIN_BYTES + CRC_BYTES;

/** A frame of a segment. What `sequence`, `payload` and `chain` mean depends on the type, see `media.md`. */
export interface Frame {
	readonly type: FrameType;
	readonly kind: number;
	readonly flags: number;
	readonly sequence: number;
	readonly payload: Uint8Array;
	readonly chain: Uint8Array;
}

const payloadBytesMax: { readonly [type in FrameType]: number } = {
	[frameType.record]: RECORD_PAYLOAD_BYTES_MAX,
	[frameType.checkpoint]: CHECKPOINT_BYTES_MAX,
	[frameType.seal]: 36 + SEAL_NOTE_BYTES_MAX,
	[frameType.gap]: 44,
};

/** Bytes that a frame with this payload takes on the media, padding included. */
export function frameBytes(payloadLength: number, alignBytes: number): number {
	return roundUp(FRAME_OVERHEAD_BYTES + payloadLength, alignBytes);
}

/** Room that stays free in a segment for its seal. */
export function sealBytesMax(alignBytes: number): number {
	return frameBytes(payloadBytesMax[frameType.seal], alignBytes);
}

/** The CRC that all checksums of a segment start from; binds them to the segment's salt. */
export function saltCrc(salt: Uint8Array): number {
	return crc32c(salt);
}

/** The CRC that a frame at this offset of its segment starts from; a frame found elsewhere is not valid. */
function offsetCrc(seed: number, offset: number): number {
	return crc32cOfU32(offset, seed);
}

/** Where a frame stands: its offset in the segment and the segment's `saltCrc`. */
export interface FramePlace {
	readonly offset: number;
	readonly seed: number;
	readonly alignBytes: number;
}

export function encodeFrame(frame: Frame, { offset, seed, alignBytes }: FramePlace): Uint8Array {
	const { payload } = frame;
	const bytes = new Uint8Array(frameBytes(payload.length, alignBytes));
	const view = viewOf(bytes);
	bytes.set(encodeFrameHead({ ...frame, length: payload.length }));
	const headCrc = crc32c(bytes, 0, FRAME_HEAD_BYTES, offsetCrc(seed, offset));
	view.setUint32(FRAME_HEAD_BYTES, headCrc);
	bytes.set(payload, FRAME_HEADER_BYTES);
	bytes.set(frame.chain, FRAME_HEADER_BYTES + payload.length);
	const end = bytes.length - CRC_BYTES;
	view.setUint32(end, crc32c(bytes, FRAME_HEADER_BYTES, end, headCrc));
	return bytes;
}

/** What a valid frame header says. */
export interface FrameHeader {
	readonly type: FrameType;
	readonly kind: number;
	readonly flags: number;
	readonly length: number;
	readonly sequence: number;
	readonly crc: number;
}

/** Checks the 20 bytes of a frame header; undefined when they are none that belongs at this place. */
export function decodeFrameHeader(
	bytes: Uint8Array,
	{ offset, seed }: FramePlace,
): FrameHeader | undefined {
	if (bytes[0] !== FRAME_MAGIC) return undefined;
	const crc = readU32(bytes, FRAME_HEAD_BYTES);
	if (crc32c(bytes, 0, FRAME_HEAD_BYTES, offsetCrc(seed, offset)) !== crc) return undefined;
	const view = viewOf(bytes);
	const type = asFrameType(bytes[1]);
	const length = view.getUint16(4);
	const sequence = readU64(view, 8);
	if (type === undefined || length > payloadBytesMax[type] || view.getUint16(6) !== 0)
		return undefined;
	if (sequence === Number.POSITIVE_INFINITY) return undefined;
	return { type, kind: view.getUint8(2), flags: view.getUint8(3), length, sequence, crc };
}

function asFrameType(value: number | undefined): FrameType | undefined {
	if (value === frameType.record) return frameType.record;
	if (value === frameType.checkpoint) return frameType.checkpoint;
	if (value === frameType.seal) return frameType.seal;
	return value === frameType.gap ? frameType.gap : undefined;
}

/** Checks the rest of a frame whose header is valid. `bytes` is the whole frame with its padding. */
export function decodeFrame(bytes: Uint8Array, header: FrameHeader): Frame | undefined {
	const end = bytes.length - CRC_BYTES;
	const crc = crc32c(bytes, FRAME_HEADER_BYTES, end, header.crc);
	if (readU32(bytes, end) !== crc) return undefined;
	const payloadEnd = FRAME_HEADER_BYTES + header.length;
	const chainEnd = payloadEnd + CHAIN_BYTES;
	if (!isFilledWith(bytes.subarray(chainEnd, end), 0)) return undefined;
	const { type, kind, flags, sequence } = header;
	return {
		type,
		kind,
		flags,
		sequence,
		payload: bytes.slice(FRAME_HEADER_BYTES, payloadEnd),
		chain: bytes.slice(payloadEnd, chainEnd),
	};
}

/** What a seal says of the records of its segment. */
export interface Seal {
	readonly count: number;
	readonly root: Uint8Array;
	readonly note: Uint8Array;
}

export function encodeSeal({ count, root, note }: Seal): Uint8Array {
	const head = new Uint8Array(4);
	viewOf(head).setUint32(0, count);
	return concatBytes(head, root, note);
}

export function decodeSeal(payload: Uint8Array): Seal | undefined {
	if (payload.length < 36) return undefined;
	return {
		count: viewOf(payload).getUint32(0),
		root: payload.slice(4, 36),
		note: payload.slice(36),
	};
}

/** Kinds of a gap frame: whether the record after it chains to the gap or is taken as it was kept. */
export const gapKind = { adopted: 0, chained: 1 } as const;

/** Records `from` to the frame's sequence are destroyed; `hash` is over what stood in their place. */
export interface GapPayload {
	readonly from: number;
	readonly damagedBytes: number;
	readonly hash: Uint8Array;
}

export function encodeGap({ from, damagedBytes, hash }: GapPayload): Uint8Array {
	const size = new Uint8Array(4);
	viewOf(size).setUint32(0, damagedBytes);
	return concatBytes(u64(from), size, hash);
}

export function decodeGap(payload: Uint8Array): GapPayload | undefined {
	if (payload.length !== 44) return undefined;
	const view = viewOf(payload);
	return {
		from: readU64(view, 0),
		damagedBytes: view.getUint32(8),
		hash: payload.slice(12),
	};
}
