import type { Journal } from "../../firmware/core/journal/journal.ts";
import type { ScrubReport } from "../../firmware/core/journal/scrub.ts";
import { equalBytes } from "../../protocol/bytes.ts";
import {
	type ImageReport,
	imageOf,
	planLayout,
	readImage,
	segmentOffset,
} from "../../protocol/media.ts";
import { sha256 } from "./digest.ts";
import { formatted, opened, smallSegmentBytes } from "./journal.ts";
import { type Progress, runWorkload } from "./journal-workload.ts";
import type { MemoryStorage } from "./memory-storage.ts";

/** Media with a closed journal of some segments, and what it was promised to hold. */
export function closedJournal(groups = 60): { storage: MemoryStorage; progress: Progress } {
	const storage = formatted();
	const [journal] = opened(storage);
	const progress: Progress = { confirmed: [], inFlight: [] };
	runWorkload(journal, { groups, progress });
	return { storage: storage.restart(), progress };
}

export function verified(image: Uint8Array): ImageReport {
	return readImage(imageOf(image), sha256);
}

/** Offset on the small media of a byte of a segment, in ring 1 (copy 0) or ring 2 (copy 1). */
export function byteOf(
	storage: MemoryStorage,
	copy: 0 | 1,
	number: number,
	offset: number,
): number {
	const layout = planLayout(storage.geometry(), smallSegmentBytes);
	return segmentOffset(layout, copy, number) + offset;
}

/** One round of background verification over all segments but the newest. */
export function scrubRound(journal: Journal): ScrubReport[] {
	const reports: ScrubReport[] = [];
	for (let steps = 0; steps < 100; steps++) {
		const report = journal.scrubStep();
		if (report) reports.push(report);
		const isOwed = report?.gaps.some(({ recorded }) => !recorded);
		if (!report || (report.lastOfRound && !isOwed)) return reports;
	}
	throw new RangeError("the round does not end");
}

/** Every record that is promised either comes out as it was or lies in a gap that is told; what is wrong else. */
export function silentLoss(journal: Journal, { confirmed }: Progress): string | undefined {
	const told = new Set<number>();
	let problem: string | undefined;
	journal.scan(
		1,
		confirmed.length,
		(sequence, record) => {
			const expected = confirmed[sequence - 1];
			if (expected?.kind !== record.kind || !equalBytes(expected.payload, record.payload))
				problem ??= `record ${sequence} is not what was appended`;
			told.add(sequence);
		},
		({ from, to }) => {
			for (let sequence = from; sequence <= to; sequence++) told.add(sequence);
		},
	);
	for (let sequence = journal.firstSequence; sequence <= confirmed.length; sequence++) {
		if (!told.has(sequence)) problem ??= `record ${sequence} is missing without a word`;
	}
	return problem;
}
