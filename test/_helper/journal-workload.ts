import type { NewRecord } from "../../firmware/core/journal/group.ts";
import type { Journal } from "../../firmware/core/journal/journal.ts";
import type { OpenReport } from "../../firmware/core/journal/recovery.ts";
import { equalBytes } from "../../protocol/bytes.ts";
import { journalOn, recordOf } from "./journal.ts";
import { type Change, type MemoryStorage, PowerLoss } from "./memory-storage.ts";

/** What a workload knows: what was confirmed to it, and the group that was being written when it stopped. */
export interface Progress {
	readonly confirmed: NewRecord[];
	inFlight: readonly NewRecord[];
}

/** Groups of one to four records, the same for every run. */
export function groupAt(index: number, firstNumber: number): NewRecord[] {
	return Array.from({ length: 1 + (index % 4) }, (_, offset) => recordOf(firstNumber + offset));
}

/**
 * Appends groups, acknowledges and reclaims as it goes, scrubs now and then, and closes at the end. Stops by
 * itself when the power goes and says what it had been promised by then.
 */
export function runWorkload(
	journal: Journal,
	{ groups, progress }: { groups: number; progress: Progress },
): void {
	for (let index = 0; index < groups; index++) {
		const group = groupAt(index, progress.confirmed.length + 1);
		progress.inFlight = group;
		journal.append(group);
		progress.confirmed.push(...group);
		progress.inFlight = [];
		if (index % 4 === 3) journal.acknowledge(journal.head.sequence, journal.head.chain);
		if (index % 8 === 7) journal.reclaim(progress.confirmed.length - 40);
		if (index % 20 === 19) journal.scrubStep();
	}
	journal.close();
}

export function ranOutOfPower(run: () => void): boolean {
	try {
		run();
		return false;
	} catch (error) {
		if (error instanceof PowerLoss) return true;
		throw error;
	}
}

/** What is wrong with a journal that was opened after a cut, or undefined when every promise was kept. */
export function brokenPromise(
	journal: Journal,
	report: OpenReport,
	{ confirmed, inFlight }: Progress,
): string | undefined {
	if (report.readOnly) return "opened for reading only";
	if (report.gaps.length > 0) return `gap ${report.gaps[0]?.from} to ${report.gaps[0]?.to}`;
	const { lastSequence } = report;
	const whole = confirmed.length + inFlight.length;
	if (lastSequence !== confirmed.length && lastSequence !== whole)
		return `ends at ${lastSequence}, confirmed ${confirmed.length}, in flight ${inFlight.length}`;
	const records = [...confirmed, ...inFlight];
	let next = report.firstSequence;
	let problem: string | undefined;
	journal.scan(
		1,
		lastSequence,
		(sequence, record) => {
			const expected = records[sequence - 1];
			if (sequence !== next) problem ??= `record ${sequence} where ${next} was expected`;
			if (expected?.kind !== record.kind || !equalBytes(expected.payload, record.payload))
				problem ??= `record ${sequence} is not what was appended`;
			next = sequence + 1;
		},
		(gap) => {
			problem ??= `gap ${gap.from} to ${gap.to} in a scan`;
		},
	);
	if (next !== lastSequence + 1) problem ??= `scan ended at ${next - 1} of ${lastSequence}`;
	return problem;
}

/** Opens media after a cut, checks every promise, that a second start changes nothing, and that it goes on. */
export function recoverAndCheck(storage: MemoryStorage, progress: Progress): string | undefined {
	const journal = journalOn(storage);
	const report = journal.open();
	const problem = brokenPromise(journal, report, progress);
	if (problem !== undefined) return problem;
	const image = storage.image();
	const again = storage.restart();
	const second = journalOn(again);
	const secondReport = second.open();
	if (!equalBytes(again.image(), image)) return "a second recovery changes the media";
	if (secondReport.lastSequence !== report.lastSequence || secondReport.clean !== report.clean)
		return "a second recovery says something else";
	const first = second.append([recordOf(5_000)]);
	if (first !== report.lastSequence + 1) return `went on with ${first}`;
	second.close();
	return undefined;
}

/** One change of the media in a workload, with what had been promised when it was begun. */
export interface Step {
	readonly change: Change;
	readonly progress: Progress;
}

/** Runs a workload once and keeps every change, so that each can be cut without running it again. */
export function recordSteps(blank: MemoryStorage, groups: number): readonly Step[] {
	const storage = blank.restart();
	const progress: Progress = { confirmed: [], inFlight: [] };
	const steps: Step[] = [];
	storage.onChange = (change) => {
		const { confirmed, inFlight } = progress;
		steps.push({ change, progress: { confirmed: confirmed.slice(), inFlight } });
	};
	const journal = journalOn(storage);
	journal.open();
	runWorkload(journal, { groups, progress });
	return steps;
}

/** Visits the media as they were when each change began. The image is reused: copy what is kept. */
export function replaySteps(
	blank: MemoryStorage,
	steps: readonly Step[],
	visit: (image: Uint8Array, step: Step) => void,
): void {
	const image = blank.image();
	for (const step of steps) {
		visit(image, step);
		image.set(step.change.after, step.change.offset);
	}
}
