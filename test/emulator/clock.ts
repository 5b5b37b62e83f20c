import type { Clock, WallTime } from "../../firmware/core/port.ts";
import { TimeZone } from "./time-zone.ts";
import type { Timeline } from "./timeline.ts";

/** The clock chip of one terminal: it runs with the world, but need not agree with it. */
export class TerminalClock implements Clock {
	readonly #timeline: Timeline;
	readonly #zoneMinutes: number;
	/** A zone with its transitions, in the place of minutes that stand still. */
	#timeZone: TimeZone | undefined;
	#bootMs: number;
	/** What this clock shows less the true time, in milliseconds. */
	offsetMs: number;

	constructor(timeline: Timeline, zoneMinutes: number, offsetMs = 0) {
		this.#timeline = timeline;
		this.#zoneMinutes = zoneMinutes;
		this.#bootMs = timeline.nowMs;
		this.offsetMs = offsetMs;
	}

	now(): WallTime {
		const wallMs = this.#timeline.wallMs + this.offsetMs;
		return { wallMs, zoneMinutes: this.#timeZone?.minutesAt(wallMs) ?? this.#zoneMinutes };
	}

	get timeZone(): string | null {
		return this.#timeZone?.name ?? null;
	}

	/** From now on local time follows the rules of a zone by its IANA name. Throws `USAGE` for one that is not known. */
	setTimeZone(name: string): void {
		this.#timeZone = new TimeZone(name);
	}

	monotonicMs(): number {
		return this.#timeline.nowMs - this.#bootMs;
	}

	set(wallMs: number): void {
		this.offsetMs = wallMs - this.#timeline.wallMs;
	}

	/** The monotonic counter begins again; the wall clock has a battery of its own and goes on. */
	powerOn(): void {
		this.#bootMs = this.#timeline.nowMs;
	}
}
