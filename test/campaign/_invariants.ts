import { Journal } from "../../firmware/core/journal/journal.ts";
import type { OpenReport } from "../../firmware/core/journal/recovery.ts";
import type { Log } from "../../firmware/core/port.ts";
import { decodeState } from "../../firmware/core/state/state.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { imageOf, readImage } from "../../protocol/media.ts";
import { digest, sha256 } from "./_digest.ts";
import { chainAfter, genesis, type KnownRecord } from "./_independent.ts";
import type { Life, Promised } from "./_life.ts";
import type { Media } from "./_media.ts";

export const silentLog: Log = { write: () => {} };

/** Bytes that one start may read: its newest segment a bounded number of times, and the roots. */
const START_SEGMENTS_READ_MAX = 40;

/** Records that are read back after every fault. */
const NEWEST_RECORDS = 6;

const stateOfTests = new Uint8Array(300).fill(0x41);

export function journalOn(media: Media): Journal {
	return new Journal({ storage: media, digest, log: silentLog, snapshot: () => stateOfTests });
}

export interface Examined {
	readonly problem: string | undefined;
	readonly report: OpenReport | undefined;
}

export interface ExamineOptions {
	/** Read every record that is kept, not only the newest few. */
	readonly thorough: boolean;
	/** Open a second time and compare the bytes, then append. */
	readonly goOn: boolean;
}

/**
 * Opens media after a fault that is within the promise and checks everything that was promised: nothing confirmed
 * is lost (I1), nothing is there that was not appended (I2), no gap (I3), a second start changes nothing (I4),
 * the work is bounded (I5), the next append succeeds (I6). Compares with records and chains of its own.
 */
export function examine(
	media: Media,
	life: Life,
	promised: Promised,
	{ thorough, goOn }: ExamineOptions,
): string | undefined {
	const journal = journalOn(media);
	let report: OpenReport;
	const readBefore = media.bytesRead;
	try {
		report = journal.open();
	} catch (error) {
		return promised.doing === "format" ? formatAgain(media, error) : `I6 open: ${said(error)}`;
	}
	const readBytes = media.bytesRead - readBefore;
	const most = START_SEGMENTS_READ_MAX * life.segmentBytes + 64 * media.geometry().sectorBytes;
	if (readBytes > most) return `I5 start read ${readBytes} bytes`;
	const problem =
		reportProblem(report, promised) ?? recordsProblem(journal, report, life, promised, thorough);
	return problem !== undefined || !goOn ? problem : secondStart(media, report);
}

/** A format that was cut leaves media that can be formatted again, as the terminal does by itself. */
function formatAgain(media: Media, error: unknown): string | undefined {
	if (!(error instanceof CloseoutError) || error.code !== "MEDIA_FORMAT")
		return `I6 open: ${said(error)}`;
	try {
		const entropy = { read: (length: number) => new Uint8Array(length).fill(9) };
		Journal.format(media, {
			terminalId: "shop-0001",
			epoch: 1,
			digest,
			entropy,
			segmentBytes: 8_192,
		});
		const journal = journalOn(media);
		journal.open();
		journal.append([{ kind: 1, payload: Uint8Array.of(0x80) }]);
	} catch (again) {
		return `I6 formatting again: ${said(again)}`;
	}
	return undefined;
}

function reportProblem(report: OpenReport, promised: Promised): string | undefined {
	const { confirmed, inFlightTo, mayFreeBelow } = promised;
	const { lastSequence, firstSequence, gaps } = report;
	if (report.readOnly) return "I6 opened for reading only";
	const [gap] = gaps;
	if (gap !== undefined) return `I3 gap ${gap.from} to ${gap.to}`;
	if (lastSequence < confirmed) return `I1 ends at ${lastSequence}, confirmed ${confirmed}`;
	if (lastSequence !== confirmed && lastSequence !== inFlightTo)
		return `I2 ends at ${lastSequence}, confirmed ${confirmed}, in flight to ${inFlightTo}`;
	if (firstSequence > mayFreeBelow)
		return `I1 begins at ${firstSequence}, kept from ${mayFreeBelow}`;
	return undefined;
}

function recordsProblem(
	journal: Journal,
	report: OpenReport,
	{ records }: Life,
	{ mayFreeBelow }: Promised,
	thorough: boolean,
): string | undefined {
	const { checkpoint, lastSequence, lastChain } = report;
	if (checkpoint !== undefined) {
		const problem = checkpointProblem(checkpoint, records, thorough);
		if (problem !== undefined) return problem;
	}
	const own = records[lastSequence - 1];
	if (own !== undefined && !isSame(own.chain, lastChain)) return "I2 head has another chain";
	// The chain of the head covers all before it; which bytes stand there is read for the newest and, now and then, for all.
	const newest = Math.max(report.firstSequence, lastSequence - NEWEST_RECORDS);
	const from = thorough ? report.firstSequence : newest;
	let next = from;
	let problem: string | undefined;
	journal.scan(
		from,
		lastSequence,
		(sequence, record) => {
			if (sequence !== next) problem ??= `I1 record ${sequence} where ${next} was expected`;
			problem ??= recordProblem(record, records[sequence - 1]);
			next = sequence + 1;
		},
		(gap) => {
			problem ??= `I3 gap ${gap.from} to ${gap.to} in a scan`;
		},
	);
	if (next !== lastSequence + 1 && lastSequence >= from)
		problem ??= `I1 scan ended at ${next - 1} of ${lastSequence}`;
	if (thorough && report.firstSequence > Math.max(1, mayFreeBelow)) problem ??= "I1 freed too much";
	return problem;
}

function checkpointProblem(
	checkpoint: { readonly sequence: number; readonly chain: Uint8Array; readonly state: Uint8Array },
	records: readonly KnownRecord[],
	thorough: boolean,
): string | undefined {
	const at = records[checkpoint.sequence - 1];
	if (at !== undefined && !isSame(at.chain, checkpoint.chain))
		return `I2 checkpoint at ${checkpoint.sequence} has another chain`;
	if (!thorough || isSame(checkpoint.state, stateOfTests)) return undefined;
	const { sequence } = decodeState(checkpoint.state);
	return sequence === checkpoint.sequence
		? undefined
		: `I2 checkpoint ${checkpoint.sequence} holds the state of ${sequence}`;
}

export function recordProblem(
	found: Omit<KnownRecord, "sequence">,
	own: KnownRecord | undefined,
): string | undefined {
	if (own === undefined) return "I2 a record that nobody appended";
	const isOwn =
		found.kind === own.kind && found.flags === own.flags && isSame(found.payload, own.payload);
	if (!isOwn) return `I2 record ${own.sequence} is not what was appended`;
	return isSame(found.chain, own.chain) ? undefined : `I2 record ${own.sequence} has another chain`;
}

/** I4 and I6: starts again, which changes no byte and says the same, and then appends. */
function secondStart(media: Media, report: OpenReport): string | undefined {
	const mark = media.mark();
	const journal = journalOn(media);
	try {
		const again = journal.open();
		if (media.hasChangedSince(mark)) return "I4 a second start changes the media";
		const isSameReport =
			again.lastSequence === report.lastSequence &&
			again.clean === report.clean &&
			again.firstSequence === report.firstSequence &&
			again.tornBytes === report.tornBytes &&
			again.gaps.length === report.gaps.length &&
			isSame(again.lastChain, report.lastChain);
		if (!isSameReport) return "I4 a second start says something else";
		return appendProblem(journal);
	} catch (error) {
		return `I6 second start: ${said(error)}`;
	}
}

/** I6: a group of two can be appended and read again, and chains to what was there. */
export function appendProblem(journal: Journal): string | undefined {
	const { head } = journal;
	const payloads = [Uint8Array.of(0x81, 1), new Uint8Array(90).fill(7)];
	const first = journal.append(payloads.map((payload) => ({ kind: 4, payload })));
	if (first !== head.sequence + 1) return `I6 append went to ${first} after ${head.sequence}`;
	let chain = head.chain;
	for (const [index, payload] of payloads.entries()) {
		const sequence = first + index;
		const made = { sequence, kind: 4, flags: index === 1 ? 1 : 0, payload };
		chain = chainAfter(chain, made);
		const problem = recordProblem(journal.read(sequence) ?? NO_RECORD, { ...made, chain });
		if (problem !== undefined) return `I6 after the append: ${problem}`;
	}
	return undefined;
}

const NO_RECORD = { kind: -1, flags: 0, payload: new Uint8Array(0), chain: genesis("none", 0) };

export function isSame(left: Uint8Array, right: Uint8Array): boolean {
	return Buffer.compare(left, right) === 0;
}

export function said(error: unknown): string {
	return error instanceof CloseoutError ? `${error.code}: ${error.message}` : String(error);
}

/**
 * Opens media after a fault that is outside the promise. Records may be gone; but every record that comes out is
 * one that was appended, in its place (I2), every one that is missing lies in a gap that is told or behind the
 * end (I3), and the journal goes on (I6) or says that it cannot.
 */
export function examineLoose(media: Media, life: Life, promised: Promised): string | undefined {
	const journal = journalOn(media);
	let report: OpenReport;
	try {
		report = journal.open();
	} catch (error) {
		return error instanceof CloseoutError ? undefined : `I5 open: ${said(error)}`;
	}
	const problem = untoldLoss(journal, report.firstSequence, report.lastSequence, life);
	if (problem !== undefined || report.readOnly) return problem;
	if (report.gaps.length === 0 && report.lastSequence > promised.inFlightTo)
		return `I2 ends at ${report.lastSequence}, last ever ${promised.inFlightTo}`;
	try {
		journal.append([{ kind: 4, payload: Uint8Array.of(0x81, 1) }]);
	} catch (error) {
		return `I6 append: ${said(error)}`;
	}
	return undefined;
}

/** Every sequence number in the range is either the record that was appended or lies in a gap that is told. */
export function untoldLoss(
	journal: Journal,
	from: number,
	to: number,
	{ records }: Life,
): string | undefined {
	let next = from;
	let problem: string | undefined;
	journal.scan(
		from,
		to,
		(sequence, record) => {
			if (sequence !== next) problem ??= `I3 record ${sequence} where ${next} was expected`;
			const own = records[sequence - 1];
			if (own !== undefined && recordProblem({ ...record, chain: own.chain }, own) !== undefined)
				problem ??= `I2 record ${sequence} is not what was appended`;
			next = sequence + 1;
		},
		(gap) => {
			if (gap.from !== next) problem ??= `I3 gap from ${gap.from} where ${next} was expected`;
			next = gap.to + 1;
		},
	);
	if (next !== to + 1 && to >= from) problem ??= `I3 scan ended at ${next - 1} of ${to}`;
	return problem;
}

/**
 * Opens media that were shut down in order and damaged since, reads everything and scrubs everything. Every record
 * comes out as it was or lies in a gap that is told (I3), without `mayLose` every one comes out; afterwards the
 * media verify as whole apart from the gaps, and say the same again.
 */
export function examineDamaged(media: Media, life: Life, mayLose = false): string | undefined {
	const journal = journalOn(media);
	try {
		const { firstSequence } = journal.open();
		const problem = untoldLoss(journal, firstSequence, life.finally.confirmed, life);
		if (problem !== undefined) return problem;
		scrubRound(journal);
		const after = untoldLoss(journal, firstSequence, life.finally.confirmed, life);
		if (after !== undefined) return `after scrubbing: ${after}`;
		journal.close();
	} catch (error) {
		return `I6 ${said(error)}`;
	}
	const { findings, gaps } = readImage(imageOf(media.bytes), sha256);
	const [left] = findings.filter(({ type }) => type !== "unused");
	if (left !== undefined && !mayLose) return `left after scrubbing: ${left.type}: ${left.detail}`;
	return gaps.length > 0 && !mayLose ? `I3 gap from ${gaps[0]?.from} after scrubbing` : undefined;
}

function scrubRound(journal: Journal): void {
	for (let step = 0; step < 10_000; step++) {
		const report = journal.scrubStep();
		if (report === undefined || report.lastOfRound) return;
	}
	throw new RangeError("a round of scrubbing never ends");
}

/** Records in the gaps that a start of these media tells. */
export function lostRecords(media: Media): number {
	const journal = journalOn(media);
	const { firstSequence, lastSequence } = journal.open();
	let lost = 0;
	journal.scan(
		firstSequence,
		lastSequence,
		() => true,
		({ from, to }) => {
			lost += to - from + 1;
		},
	);
	return lost;
}
