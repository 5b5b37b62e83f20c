import { JOURNAL_NEARLY_FULL_PERCENT } from "../../../protocol/limits.ts";
import type { Core } from "../core.ts";
import type { Blocker } from "../part.ts";
import { blocker } from "./blocker.ts";

/** What the rules need to know of the journal besides its records. */
export interface JournalFigures {
	/** Of the whole ring, what is kept for its retention time included. */
	readonly usedPercent: number;
	/** Of the room for sales, taken by what cannot be given free. */
	readonly heldPercent: number;
	/** True when only the room that settling and closing need is left. */
	readonly isFull: boolean;
	/** What cannot be given free waits for the host, or for the day to be settled and closed. */
	readonly heldBy: "host" | "day";
	/** The host holds everything up to this record. */
	readonly watermark: number;
}

/**
 * Blockers that no record tells: the journal fills up, or the host has not taken a record for longer than allowed.
 * The age of the oldest record that waits survives restarts, which a time since the last contact does not.
 */
export function outsideBlockers(core: Core, figures: JournalFigures): readonly Blocker[] {
	const { heldPercent, heldBy, watermark } = figures;
	const waiting = Math.max(0, core.state.sequence - watermark);
	const nearlyFull = heldPercent >= JOURNAL_NEARLY_FULL_PERCENT && heldBy === "host";
	return [
		...(nearlyFull ? [blocker("journalNearlyFull", null, waiting, 0)] : []),
		...(isHostSilent(core, watermark) ? [blocker("hostNotReached", null, waiting, 0)] : []),
	];
}

function isHostSilent(core: Core, watermark: number): boolean {
	const oldest = core.recordAt(watermark + 1);
	if (oldest === undefined || !core.state.clockTrusted) return false;
	const silentS = core.stamp().wallS - oldest.stamp.wallS;
	return silentS > core.configuration.hostSilentHoursMax * 3_600;
}
