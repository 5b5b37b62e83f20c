import { concatBytes, equalBytes } from "./bytes.ts";
import { CHAIN_BYTES, type Sha256 } from "./chain.ts";
import { crc32c } from "./crc.ts";
import { isId } from "./id.ts";
import { isFilledWith, readU64, u64, viewOf, writeU64 } from "./media-bytes.ts";
import { type Layout, layoutProblem } from "./media-layout.ts";
import { encodeUtf8 } from "./utf8.ts";

export const ROOT_BYTES = 512;
export const MEDIA_VERSION = 1;
export const NONCE_BYTES = 16;
export const SALT_BYTES = 8;
export const TERMINAL_ID_BYTES = 32;
/** "CLRT" */
const ROOT_MAGIC = 0x434c_5254;
const RESERVED_OFFSET = 280;
const HASH_OFFSET = 476;
const CRC_OFFSET = 508;

/** A place in the stream: a sequence number and the chain hash after that record. */
export interface Position {
	readonly sequence: number;
	readonly chain: Uint8Array;
}

/**
 * Closed: shut down in order, the head is exact. Open: records may have been written since. Recovered: the
 * newest segment was rebuilt after an unclean end and nothing has been written since, the head is exact.
 */
export type RootState = "closed" | "open" | "recovered";

/** What was about to be erased; until it is cleared the segment named here is not read. */
export type Intent =
	| { readonly kind: "none" }
	| { readonly kind: "begin" | "rebuild"; readonly number: number; readonly salt: Uint8Array };

export interface Root {
	readonly sequence: number;
	readonly terminalId: string;
	readonly epoch: number;
	/** Unpredictable, made when the media were formatted; every salt is derived from it. */
	readonly nonce: Uint8Array;
	readonly layout: Layout;
	readonly state: RootState;
	/** The newest segment takes no more records. */
	readonly retired: boolean;
	/** Recovery has found gaps, and no record that tells of them is known to stand in the journal. */
	readonly untold: boolean;
	readonly intent: Intent;
	/** What the last recovery found, kept until records are written again. */
	readonly tornBytes: number;
	readonly repairedRecords: number;
	readonly staleRecords: number;
	/** Oldest live segment and its first record. */
	readonly first: { readonly number: number; readonly sequence: number };
	/** Newest live segment; number 0 before the first record. */
	readonly newest: SegmentKey;
	/** What the host has confirmed. */
	readonly watermark: Position;
	/** Last record when this root was written. */
	readonly head: Position;
}

/** What must be known of a segment to read it when its header is lost. */
export interface SegmentKey {
	readonly number: number;
	readonly firstSequence: number;
	readonly previousChain: Uint8Array;
	readonly salt: Uint8Array;
}

const states: readonly RootState[] = ["closed", "open", "recovered"];
const intents: readonly Intent["kind"][] = ["none", "begin", "rebuild"];

export function encodeRoot(root: Root, sha256: Sha256): Uint8Array {
	const bytes = new Uint8Array(ROOT_BYTES);
	const view = viewOf(bytes);
	const { layout, intent, newest } = root;
	view.setUint32(0, ROOT_MAGIC);
	view.setUint16(4, MEDIA_VERSION);
	view.setUint16(6, ROOT_BYTES);
	writeU64(view, 8, root.sequence);
	writeU64(view, 16, root.epoch);
	bytes.set(encodeUtf8(root.terminalId), 24);
	bytes.set(root.nonce, 56);
	view.setUint32(72, layout.segmentBytes);
	view.setUint32(76, layout.segmentCount);
	bytes[80] = states.indexOf(root.state);
	bytes[81] = intents.indexOf(intent.kind);
	bytes[82] = root.retired ? 1 : 0;
	bytes[83] = root.untold ? 1 : 0;
	view.setUint32(84, root.tornBytes);
	view.setUint32(88, root.repairedRecords);
	view.setUint32(92, root.staleRecords);
	view.setUint32(96, layout.sectorBytes);
	view.setUint32(100, layout.mirrorOffset);
	bytes[104] = layout.alignBytes;
	bytes[105] = layout.eraseValue;
	writeU64(view, 112, root.first.number);
	writeU64(view, 120, root.first.sequence);
	writeU64(view, 128, newest.number);
	writeU64(view, 136, newest.firstSequence);
	bytes.set(newest.salt, 144);
	bytes.set(newest.previousChain, 152);
	writeU64(view, 184, root.watermark.sequence);
	bytes.set(root.watermark.chain, 192);
	writeU64(view, 224, root.head.sequence);
	bytes.set(root.head.chain, 232);
	if (intent.kind !== "none") {
		writeU64(view, 264, intent.number);
		bytes.set(intent.salt, 272);
	}
	bytes.set(sha256(bytes.subarray(0, HASH_OFFSET)), HASH_OFFSET);
	view.setUint32(CRC_OFFSET, crc32c(bytes, 0, CRC_OFFSET));
	return bytes;
}

/** The root in these 512 bytes, or undefined when they hold none that is whole and of this version. */
export function decodeRoot(bytes: Uint8Array, sha256: Sha256): Root | undefined {
	const view = viewOf(bytes);
	if (bytes.length !== ROOT_BYTES || view.getUint32(0) !== ROOT_MAGIC) return undefined;
	if (view.getUint32(CRC_OFFSET) !== crc32c(bytes, 0, CRC_OFFSET)) return undefined;
	const hash = bytes.subarray(HASH_OFFSET, CRC_OFFSET);
	if (!equalBytes(sha256(bytes.slice(0, HASH_OFFSET)), hash)) return undefined;
	if (view.getUint16(4) !== MEDIA_VERSION || view.getUint16(6) !== ROOT_BYTES) return undefined;
	if (!isFilledWith(bytes.subarray(RESERVED_OFFSET, HASH_OFFSET), 0)) return undefined;
	return checkedRoot(bytes, view);
}

function checkedRoot(bytes: Uint8Array, view: DataView): Root | undefined {
	const state = states[view.getUint8(80)];
	const intent = decodeIntent(bytes, view);
	const terminalId = decodeTerminalId(bytes.subarray(24, 24 + TERMINAL_ID_BYTES));
	const layout: Layout = {
		segmentBytes: view.getUint32(72),
		segmentCount: view.getUint32(76),
		sectorBytes: view.getUint32(96),
		mirrorOffset: view.getUint32(100),
		alignBytes: view.getUint8(104),
		eraseValue: view.getUint8(105),
	};
	if (!state || !intent || terminalId === undefined || layoutProblem(layout)) return undefined;
	return {
		sequence: readU64(view, 8),
		terminalId,
		epoch: readU64(view, 16),
		nonce: bytes.slice(56, 56 + NONCE_BYTES),
		layout,
		state,
		retired: bytes[82] === 1,
		untold: bytes[83] === 1,
		intent,
		tornBytes: view.getUint32(84),
		repairedRecords: view.getUint32(88),
		staleRecords: view.getUint32(92),
		first: { number: readU64(view, 112), sequence: readU64(view, 120) },
		newest: {
			number: readU64(view, 128),
			firstSequence: readU64(view, 136),
			salt: bytes.slice(144, 144 + SALT_BYTES),
			previousChain: bytes.slice(152, 152 + CHAIN_BYTES),
		},
		watermark: { sequence: readU64(view, 184), chain: bytes.slice(192, 192 + CHAIN_BYTES) },
		head: { sequence: readU64(view, 224), chain: bytes.slice(232, 232 + CHAIN_BYTES) },
	};
}

function decodeIntent(bytes: Uint8Array, view: DataView): Intent | undefined {
	const kind = intents[view.getUint8(81)];
	if (kind === undefined || kind === "none") return kind && { kind };
	return { kind, number: readU64(view, 264), salt: bytes.slice(272, 272 + SALT_BYTES) };
}

/** Text padded with zeros to its field; undefined for anything that is no terminal identifier. */
export function decodeTerminalId(field: Uint8Array): string | undefined {
	const end = field.indexOf(0);
	const length = end === -1 ? field.length : end;
	const text = String.fromCharCode(...field.subarray(0, length));
	return isId(text) && isFilledWith(field.subarray(length), 0) ? text : undefined;
}

/**
 * The salt of a segment that is begun or rebuilt by the root with this sequence. A root sequence is used once,
 * so no two lives of a place on the media share a salt and nothing left over from an earlier one is taken for
 * valid.
 */
export function deriveSalt(nonce: Uint8Array, rootSequence: number, sha256: Sha256): Uint8Array {
	const domain = encodeUtf8("closeout/salt/1\0");
	return sha256(concatBytes(domain, nonce, u64(rootSequence))).slice(0, SALT_BYTES);
}

/** What one root slot holds: its newest whole root, and how many root places are written to in any way. */
export interface RootSlot {
	readonly root: Root | undefined;
	readonly bytes: Uint8Array | undefined;
	/** Highest sequence seen in the slot. */
	readonly sequence: number;
	/** Places that are not erased; the next root goes to the place after them. */
	readonly used: number;
	/** Places that hold neither a root nor the erase value. */
	readonly damaged: number;
}

/** Reads one root slot; undefined bytes stand for a sector that cannot be read. */
export function readRootSlot(
	sector: Uint8Array | undefined,
	eraseValue: number,
	sha256: Sha256,
): RootSlot {
	let slot: RootSlot = { root: undefined, bytes: undefined, sequence: 0, used: 0, damaged: 0 };
	if (sector === undefined) return { ...slot, used: Number.POSITIVE_INFINITY, damaged: 1 };
	for (let place = 0; (place + 1) * ROOT_BYTES <= sector.length; place++) {
		const bytes = sector.slice(place * ROOT_BYTES, (place + 1) * ROOT_BYTES);
		if (isFilledWith(bytes, eraseValue)) continue;
		const root = decodeRoot(bytes, sha256);
		slot = { ...slot, used: place + 1, damaged: slot.damaged + (root ? 0 : 1) };
		if (root && root.sequence > slot.sequence)
			slot = { ...slot, root, bytes, sequence: root.sequence };
	}
	return slot;
}

export interface RootChoice {
	readonly root: Root;
	readonly bytes: Uint8Array;
	/** Slots whose newest root is this one. */
	readonly holders: readonly number[];
}

/**
 * The root to open: the newest that at least two slots hold. A newer one that stands alone is an update that
 * was cut short, before anything was done that relies on it. Only when no two slots agree, the newest counts.
 */
export function chooseRoot(slots: readonly RootSlot[]): RootChoice | undefined {
	let best: RootChoice | undefined;
	for (const { root, bytes } of slots) {
		if (!root || !bytes) continue;
		const holders = slots.flatMap((slot, index) =>
			slot.bytes && equalBytes(slot.bytes, bytes) ? [index] : [],
		);
		const choice = { root, bytes, holders };
		if (best === undefined || isBetter(choice, best)) best = choice;
	}
	return best;
}

function isBetter(candidate: RootChoice, best: RootChoice): boolean {
	const agreed = candidate.holders.length > 1;
	if (agreed !== best.holders.length > 1) return agreed;
	return candidate.root.sequence > best.root.sequence;
}
