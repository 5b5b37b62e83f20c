import {
	CHECK_PACE_MS,
	CHECK_QUIET_MS,
	CHECK_RECORDS_PER_ROUND,
	GROUP_RECORDS_MAX,
} from "../../../protocol/limits.ts";
import { businessDateAt } from "../../../protocol/time.ts";
import type { Core, Entry } from "../core.ts";
import type { Journal } from "../journal/journal.ts";
import type { ScrubReport } from "../journal/scrub.ts";
import type { Notice } from "../part.ts";
import type { State } from "../state/state.ts";

/** How soon to ask again whether a round is due. */
const LOOK_MS = 60_000;

export interface CheckOptions {
	readonly core: Core;
	readonly journal: Pick<Journal, "scrubStep">;
	/** True when records may be written for what has to be only. */
	readonly isFull: () => boolean;
	/** The first part is looked over after this time, in milliseconds since the start of the terminal. */
	readonly pauseMs: number;
}

/**
 * Looks over the media in the background: in quiet moments one full segment after another, all of them once a
 * business date. A round that a restart has cut short begins anew. What it finds it repairs, after it has told in
 * the journal what is lost. One record ends a round and at most `CHECK_RECORDS_PER_ROUND` name damaged segments:
 * some 370 records a year while the media are sound.
 */
export class Check {
	readonly #options: CheckOptions;
	#seen: State | undefined;
	#dueMs = 0;
	/** Of the round in progress. */
	#findings = 0;
	#repaired = 0;
	#records = 0;

	constructor(options: CheckOptions) {
		this.#options = options;
	}

	/**
	 * Looks over one segment at most. `othersMs`: how long everybody else wants to wait. Returns when to be called
	 * again by itself.
	 */
	step(othersMs: number): number {
		const { core, journal, pauseMs, isFull } = this.#options;
		const { monotonicMs: now } = core.stamp();
		if (this.#seen !== core.state) {
			this.#dueMs = Math.max(now + CHECK_QUIET_MS, pauseMs);
			this.#seen = core.state;
		}
		if (now < this.#dueMs) return this.#dueMs - now;
		// Who wants to act so soon is at work; with them this is asked again.
		if (othersMs < CHECK_PACE_MS) return Number.POSITIVE_INFINITY;
		if (isAtWork(core.state) || isFull() || !isRoundDue(core)) return LOOK_MS;
		const report = journal.scrubStep();
		if (report === undefined) return LOOK_MS;
		this.#dueMs = now + CHECK_PACE_MS;
		this.#take(report);
		// A record is no work of others: the round goes on at its pace, and the screen shows what was found.
		const isTold = this.#seen !== core.state;
		this.#seen = core.state;
		return isTold ? 0 : CHECK_PACE_MS;
	}

	/** What a person has to know of the last round; it stands until one finds nothing. */
	notices(): readonly Notice[] {
		const { check, lost } = this.#options.core.state;
		const { findings, repaired } = check ?? { findings: 0, repaired: 0 };
		return findings > 0 || lost.length > 0 ? [{ type: "check", findings, repaired, lost }] : [];
	}

	#take({ segment, findings, repaired, gaps, lastOfRound }: ScrubReport): void {
		const { core } = this.#options;
		const untold = gaps.filter(({ recorded }) => !recorded);
		if (!repaired && untold.length > 0) {
			// The next step repairs the segment, which leaves nothing else of the damage behind.
			tellGaps(core, untold);
			return;
		}
		const mended = repaired ? findings : 0;
		this.#findings += findings;
		this.#repaired += mended;
		if (findings > 0 && this.#records < CHECK_RECORDS_PER_ROUND) {
			this.#records += 1;
			core.record("scrub", { segment, findings, repaired: mended });
		}
		if (!lastOfRound) return;
		core.record("scrub", { segment: 0, findings: this.#findings, repaired: this.#repaired });
		this.#findings = 0;
		this.#repaired = 0;
		this.#records = 0;
	}
}

function isAtWork({ open, settlement }: State): boolean {
	return settlement !== null || open.some(({ phase }) => phase === "inFlight");
}

function isRoundDue(core: Core): boolean {
	const { check } = core.state;
	if (check === null) return true;
	const { wallS, zoneMinutes } = core.stamp();
	const dateOf = (atS: number) =>
		businessDateAt(atS, zoneMinutes, core.configuration.cutOverMinute);
	return dateOf(check.wallS) !== dateOf(wallS);
}

function tellGaps(core: Core, gaps: ScrubReport["gaps"]): void {
	for (let from = 0; from < gaps.length; from += GROUP_RECORDS_MAX) {
		const group = gaps
			.slice(from, from + GROUP_RECORDS_MAX)
			.map(({ from, to, hash }): Entry => ["gap", { from, to, damageHash: hash }]);
		core.recordGroup(group);
	}
}
