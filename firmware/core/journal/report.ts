import type { Checkpoint, ReportedGap } from "../../../protocol/media.ts";

/** What a start found and did. The caller tells it in records of its own, in the first group it appends. */
export interface OpenReport {
	/** Shut down in order and nothing was wrong. */
	readonly clean: boolean;
	/** More than the step budget was needed: nothing was changed and nothing can be appended. */
	readonly readOnly: boolean;
	readonly epoch: number;
	readonly terminalId: string;
	/** Newest state that can be read; records after it are to be replayed. Undefined: replay from the first. */
	readonly checkpoint: Checkpoint | undefined;
	readonly firstSequence: number;
	readonly lastSequence: number;
	readonly lastChain: Uint8Array;
	/** Bytes of a group that was being written when the power went, and never counted. */
	readonly tornBytes: number;
	/** Records that were whole in one copy only and stand in both again. */
	readonly repairedRecords: number;
	/** Frames that were whole and did not belong where they were. */
	readonly staleRecords: number;
	/**
	 * Destroyed records. Those that are not `recorded` have to be told in the first group that is appended; they
	 * are reported again by every start until then, so a record that tells of a gap may stand there twice.
	 */
	readonly gaps: readonly ReportedGap[];
	/** The newest segment was written anew, so that nothing is ever programmed after a torn write. */
	readonly rebuilt: boolean;
}

export interface Usage {
	readonly bytesTotal: number;
	readonly bytesUsed: number;
	/** Whole percent of the ring that may not be overwritten. */
	readonly percent: number;
	readonly segmentsTotal: number;
	readonly segmentBytes: number;
	readonly segmentsFree: number;
	readonly unacknowledgedRecords: number;
}

/** What one step of background verification found in one segment. */
export interface ScrubReport {
	readonly segment: number;
	/** Places where a copy was not as it should be. */
	readonly findings: number;
	/**
	 * Both copies are whole again, apart from the gaps. False with gaps that are not `recorded`: append records
	 * that tell of them, the next step repairs the segment. Else false when the media do not keep it.
	 */
	readonly repaired: boolean;
	readonly gaps: readonly ReportedGap[];
	/** The next step begins again with the oldest segment. */
	readonly lastOfRound: boolean;
}
