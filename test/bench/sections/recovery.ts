import { join } from "node:path";
import { Journal } from "../../../firmware/core/journal/journal.ts";
import { crc32c } from "../../../protocol/crc.ts";
import { imageOf, readImage, segmentBases } from "../../../protocol/media.ts";
import { AgedJournal } from "../../_helper/aged-journal.ts";
import { digest, sha256 } from "../../_helper/digest.ts";
import { silentLog } from "../../_helper/journal.ts";
import { MemoryStorage } from "../../_helper/memory-storage.ts";
import { missingForXs } from "../../emulator/engine/build-worker.ts";
import { measureStart, RING_BYTES } from "../aged-start.ts";
import { inFolder } from "../folder.ts";
import type { Row, Section } from "../section.ts";

const RECORDS = 900;
/** A day of so many records is one of so many sales: five records each, and those of the settlement and the close. */
const SALES = 146;
const ROUNDS = 40;
const SEGMENT_HEADER_BYTES = 192;
/** Bytes of the last frame that the power cut left unwritten in the second copy. */
const TORN_BYTES = 40;

export const section: Section = {
	name: "recovery",
	about:
		"recovery of a torn segment in a day of 900 records, beside bare checksums of the same bytes",
	async *run(say) {
		const day = tornDay();
		say(`${day.records} records, ${day.inSegment} of them in the torn segment`);
		yield recoveryRow(day);
		yield verifyRow(day);
		const missing = missingForXs();
		if (missing !== undefined) {
			say(`no XS here: ${missing}`);
			return;
		}
		yield await inFolder((folder) => computronRow(join(folder, "torn")));
	},
};

interface TornDay {
	readonly image: Uint8Array;
	readonly records: number;
	readonly inSegment: number;
	/** Where the records of the torn segment stand in each copy, and how far. */
	readonly bases: readonly [number, number];
	readonly usedBytes: number;
}

/** The image of a terminal whose power went inside the last write of its day. */
function tornDay(): TornDay {
	const storage = new MemoryStorage({ sizeBytes: 2_228_224, sectorBytes: 4_096, writeAlign: 4 });
	const { records } = AgedJournal.make({
		storage,
		digest,
		terminal: "till-0001",
		epoch: 1,
		records: 1,
		salesPerDay: SALES,
		turning: false,
		isClosed: false,
	});
	const image = storage.image();
	const { root } = readImage(imageOf(image), sha256);
	const { layout, newest } = root;
	const bases = segmentBases(layout, newest.number);
	const usedBytes = usedOf(image, bases[0], layout.segmentBytes);
	image.fill(0xff, bases[1] + usedBytes - TORN_BYTES, bases[1] + usedBytes);
	return { image, records, inSegment: records - newest.firstSequence + 1, bases, usedBytes };
}

function usedOf(image: Uint8Array, base: number, segmentBytes: number): number {
	let used = segmentBytes;
	while (image[base + used - 1] === 0xff) used--;
	return used;
}

function recoveryRow({ image, inSegment, bases, usedBytes }: TornDay): Row {
	const torn = Array.from({ length: ROUNDS + 1 }, () => journalOn(image));
	const perSecond = rate(inSegment, () => torn.pop()?.open());
	const bare = rate(inSegment, () => {
		for (const base of bases) checksums(image.subarray(base, base + usedBytes));
	});
	return {
		what: "recovery of the torn segment, both copies written anew",
		unit: "records a second",
		ours: perSecond,
		peerName: "CRC-32C and SHA-256 over its two copies",
		peer: bare,
		note: `${inSegment} records; each is checked, chained, hashed for the seal, staged, written twice and read back`,
	};
}

function verifyRow({ image, records }: TornDay): Row {
	const read = imageOf(image);
	const { root } = readImage(read, sha256);
	const { layout, first, newest } = root;
	const segments = Array.from({ length: newest.number - first.number + 1 }, (_, index) =>
		segmentBases(layout, first.number + index),
	).flat();
	return {
		what: `verification of the whole day, ${records} records`,
		unit: "records a second",
		ours: rate(records, () => readImage(read, sha256)),
		peerName: "CRC-32C and SHA-256 over the same segments",
		peer: rate(records, () => {
			for (const base of segments) checksums(image.subarray(base, base + layout.segmentBytes));
		}),
	};
}

async function computronRow(folder: string): Promise<Row> {
	const aged = { records: RECORDS, journalBytes: RING_BYTES };
	const torn = await measureStart(`${folder}-cut`, { ...aged, isClosed: false });
	const closed = await measureStart(`${folder}-closed`, { ...aged, isClosed: true });
	return {
		what: "start on XS after a power cut",
		unit: "computrons a record of the newest segment",
		ours: torn.computrons / torn.tailRecords,
		peerName: "the same start after an orderly end",
		peer: closed.computrons / closed.tailRecords,
	};
}

function journalOn(image: Uint8Array): Journal {
	const storage = MemoryStorage.fromImage(image, { sectorBytes: 4_096, writeAlign: 4 });
	const snapshot = () => new Uint8Array(0);
	return new Journal({ storage, digest, log: silentLog, snapshot });
}

function checksums(bytes: Uint8Array): void {
	crc32c(bytes.subarray(SEGMENT_HEADER_BYTES), 0, bytes.length - SEGMENT_HEADER_BYTES, 0);
	sha256(bytes);
}

/** Records a second over some rounds, the first of which warms up and does not count. */
function rate(records: number, run: () => unknown): number {
	run();
	const startMs = performance.now();
	for (let round = 0; round < ROUNDS; round++) run();
	return (records * ROUNDS * 1_000) / (performance.now() - startMs);
}
