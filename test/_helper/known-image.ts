import { Journal } from "../../firmware/core/journal/journal.ts";
import { genesisChain, nextChain } from "../../protocol/chain.ts";
import {
	decodeFrame,
	decodeFrameHeader,
	decodeSegmentHeader,
	FRAME_HEADER_BYTES,
	frameBytes,
	frameType,
	type JournalRecord,
	SEGMENT_HEADER_BYTES,
	saltCrc,
} from "../../protocol/media.ts";
import { digest, sha256 } from "./digest.ts";
import { formatted, journalOn, recordOf, smallSegmentBytes } from "./journal.ts";
import { groupAt, type Progress, ranOutOfPower, runWorkload } from "./journal-workload.ts";
import { MemoryStorage, tearModels } from "./memory-storage.ts";
import { Random } from "./random.ts";

/** One frame of a record as it stood on whole media, with the header that its segment had. */
export interface KnownFrame {
	readonly sequence: number;
	readonly bytes: Buffer;
	readonly header: Buffer;
}

/** An image with everything that is known to have been written. */
export interface KnownImage {
	readonly name: string;
	readonly bytes: Uint8Array;
	/** What was appended, chained from the beginning; the last ones may never have been confirmed. */
	readonly truth: readonly JournalRecord[];
	readonly confirmed: number;
	readonly frames: readonly KnownFrame[];
}

/** Chains what a test appended, with nothing but the rule of the format. */
export function chained(
	groups: readonly (readonly { readonly kind: number; readonly payload: Uint8Array }[])[],
): readonly JournalRecord[] {
	const records: JournalRecord[] = [];
	let chain = genesisChain("shop-0001", 0, sha256);
	for (const group of groups) {
		for (const [index, { kind, payload }] of group.entries()) {
			const flags = index === group.length - 1 ? 1 : 0;
			const record = { sequence: records.length + 1, kind, flags, payload };
			chain = nextChain(chain, record, sha256);
			records.push({ ...record, chain });
		}
	}
	return records;
}

/** Every whole record frame of whole media, found from the headers at sector starts. */
export function knownFrames(image: Uint8Array): readonly KnownFrame[] {
	const frames: KnownFrame[] = [];
	for (let base = 0; base + SEGMENT_HEADER_BYTES <= image.length; base += 512) {
		const headerBytes = image.slice(base, base + SEGMENT_HEADER_BYTES);
		const header = decodeSegmentHeader(headerBytes);
		if (header === undefined) continue;
		const { alignBytes, segmentBytes, salt } = header;
		let offset = SEGMENT_HEADER_BYTES;
		while (offset + FRAME_HEADER_BYTES <= segmentBytes) {
			const start = base + offset;
			const head = decodeFrameHeader(image.subarray(start, start + FRAME_HEADER_BYTES), {
				offset,
				seed: saltCrc(salt),
				alignBytes,
			});
			const bytes = head && image.slice(start, start + frameBytes(head.length, alignBytes));
			const frame = head && bytes && decodeFrame(bytes, head);
			if (frame?.type === frameType.record) {
				const { sequence } = frame;
				frames.push({
					sequence,
					bytes: Buffer.from(bytes ?? []),
					header: Buffer.from(headerBytes),
				});
			}
			offset += frame && bytes ? bytes.length : alignBytes;
		}
	}
	return frames;
}

type Group = readonly { readonly kind: number; readonly payload: Uint8Array }[];

function groupsOf({ confirmed, inFlight }: Progress): readonly Group[] {
	const groups: Group[] = [];
	let number = 1;
	for (let index = 0; number <= confirmed.length; index++) {
		const group = groupAt(index, number);
		groups.push(group);
		number += group.length;
	}
	return inFlight.length > 0 ? [...groups, inFlight] : groups;
}

function knownImage(
	name: string,
	storage: MemoryStorage,
	groups: readonly Group[],
	confirmed: number,
): KnownImage {
	const bytes = storage.image();
	return { name, bytes, truth: chained(groups), confirmed, frames: knownFrames(bytes) };
}

/** Images in every state that the real journal leaves its media in. */
export function knownImages(): readonly KnownImage[] {
	const images: KnownImage[] = [];
	for (const count of [3, 25, 70, 120]) {
		const storage = formatted();
		const journal = journalOn(storage);
		journal.open();
		const progress: Progress = { confirmed: [], inFlight: [] };
		runWorkload(journal, { groups: count, progress });
		const { length } = progress.confirmed;
		images.push(knownImage(`closed after ${count} groups`, storage, groupsOf(progress), length));
	}
	const random = new Random(11);
	for (let cut = 0; cut < 16; cut++) {
		const tear = tearModels[cut % 5] ?? "old";
		const afterBytes = 2_000 + random.below(cut % 2 === 0 ? 90_000 : 300_000);
		const storage = formatted().restart({ cut: { afterBytes, tear, seed: cut + 1 } });
		const progress: Progress = { confirmed: [], inFlight: [] };
		const isCut = ranOutOfPower(() => {
			const journal = journalOn(storage);
			journal.open();
			runWorkload(journal, { groups: 90, progress });
		});
		if (!isCut) continue;
		const name = `cut after ${afterBytes} bytes, ${tear}`;
		const groups = groupsOf(progress);
		const { length } = progress.confirmed;
		images.push(knownImage(name, storage, groups, length));
		images.push(wentOn(name, storage, groups));
	}
	return images;
}

/** The same media after a start that recovered them and some more records; the last start is cut short again. */
function wentOn(name: string, cut: MemoryStorage, groups: readonly Group[]): KnownImage {
	const storage = cut.restart();
	const journal = journalOn(storage);
	const { lastSequence } = journal.open();
	const kept: Group[] = [];
	for (const group of groups) {
		const before = kept.reduce((sum, { length }) => sum + length, 0);
		if (before < lastSequence) kept.push(group);
	}
	for (let number = 1; number <= 7; number++) {
		const group = groupAt(number, 700 + number * 4);
		journal.append([...group]);
		kept.push(group);
	}
	const confirmed = journal.head.sequence;
	const again = storage.restart({ cut: { afterBytes: 900 + lastSequence * 13, tear: "noise" } });
	ranOutOfPower(() => journalOn(again).open());
	return knownImage(`${name}, recovered, cut again`, again, kept, confirmed);
}

/** Media of the same shape with another journal on them. */
export function otherImage(terminalId: string, epoch: number, records: number): Uint8Array {
	const storage = new MemoryStorage({ sizeBytes: 65_536, sectorBytes: 512 });
	const entropy = new Random(epoch + 99);
	Journal.format(storage, { terminalId, epoch, digest, entropy, segmentBytes: smallSegmentBytes });
	const journal = journalOn(storage);
	journal.open();
	for (let number = 1; number <= records; number++) journal.append([recordOf(number + 1_000)]);
	return storage.image();
}
