import { JOURNAL_ROOMY_PERCENT } from "../../../protocol/limits.ts";
import { addDays } from "../../../protocol/time.ts";
import type { Core } from "../core.ts";
import type { JournalFigures } from "../day/outside.ts";
import type { Journal } from "../journal/journal.ts";
import { closingReserve, neededFrom } from "./reserve.ts";

/** Above this share of the ring, what is confirmed and old enough is given free. */
const RECLAIM_PERCENT = 50;

export interface RoomOptions {
	readonly core: Core;
	readonly journal: Pick<
		Journal,
		"usage" | "segmentsFrom" | "reclaim" | "firstSequence" | "watermark"
	>;
}

/**
 * Room in the journal: gives free what the host holds and nobody needs, and says how much of the room for sales is
 * taken by what cannot be given free. That room is the ring without the reserve for closing.
 */
export class Room {
	readonly #options: RoomOptions;
	/** Segments held, and what that was found for: finding it reads headers. */
	#held: { readonly of: string; readonly segments: number } = { of: "", segments: 0 };
	/** What the last attempt to give free was made for, so that none is made twice. */
	#tried = "";

	constructor(options: RoomOptions) {
		this.#options = options;
	}

	figures(): JournalFigures {
		const { core, journal } = this.#options;
		const usage = journal.usage();
		const { percent: usedPercent, segmentsFree, segmentsTotal } = usage;
		const reserve = closingReserve(core.state, usage);
		const room = Math.max(1, segmentsTotal - reserve);
		const share = (segments: number) => Math.floor((segments * 100) / room);
		const taken = share(segmentsTotal - segmentsFree);
		const heldPercent =
			taken < JOURNAL_ROOMY_PERCENT ? taken : Math.min(taken, share(this.#heldSegments()));
		const watermark = journal.watermark.sequence;
		const isFull = segmentsFree <= reserve;
		return { usedPercent, heldPercent, isFull, heldBy: this.#heldBy(), watermark };
	}

	/**
	 * Gives free what is old enough and, where a sale would be refused otherwise, one segment more at a time of
	 * what only its retention time keeps.
	 */
	reclaim(): void {
		const { core, journal } = this.#options;
		const { state, configuration } = core;
		const usage = journal.usage();
		if (usage.percent < RECLAIM_PERCENT || state.settlement !== null) return;
		const needed = neededFrom(state);
		const isFull = usage.segmentsFree <= closingReserve(state, usage);
		const kept = keptFrom(state, configuration.retentionDays);
		const attempt = [isFull, isFull ? needed : kept, ...this.#places()].join();
		if (attempt === this.#tried) return;
		this.#tried = attempt;
		if (journal.reclaim(Math.min(kept, needed)) === 0 && isFull) journal.reclaim(needed, 1);
	}

	/** Who must do something so that there is room again: the host must take records, or the day must be closed. */
	#heldBy(): JournalFigures["heldBy"] {
		const { core, journal } = this.#options;
		return journal.watermark.sequence + 1 < neededFrom(core.state) ? "host" : "day";
	}

	#heldSegments(): number {
		const { core, journal } = this.#options;
		const from = Math.min(neededFrom(core.state), journal.watermark.sequence + 1);
		const of = [from, ...this.#places()].join();
		if (this.#held.of !== of) this.#held = { of, segments: journal.segmentsFrom(from) };
		return this.#held.segments;
	}

	/** Changes whenever a segment begins, is given free, or may be. */
	#places(): readonly number[] {
		const { journal } = this.#options;
		return [journal.usage().segmentsFree, journal.firstSequence, journal.watermark.sequence];
	}
}

/** First record of the oldest day whose retention time is not over; 1 while no day tells. */
function keptFrom({ days, lastWallS }: Core["state"], retentionDays: number): number {
	const newest = days.at(-1);
	if (newest === undefined || lastWallS === 0) return 1;
	const oldestDate = addDays(newest.businessDate, -retentionDays);
	return days.find(({ businessDate }) => businessDate >= oldestDate)?.first ?? 1;
}
