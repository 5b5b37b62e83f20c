import { performance } from "node:perf_hooks";
import type { Timeline } from "./timeline.ts";

export interface RealTimeOptions {
	readonly timeline: Timeline;
	/** The next instant of the timeline at which anything is due. */
	readonly nextMs: () => number;
	/** Moves the world on by whole milliseconds. */
	readonly move: (ms: number) => Promise<void>;
	readonly failed: (error: unknown) => void;
}

/** Time is looked at so often at least, for clocks and slow printers that people watch. */
const LOOK_MS = 200;

/** Moves a world along with the real clock. */
export class RealTime {
	readonly #options: RealTimeOptions;
	#speed = 1;
	#timer: NodeJS.Timeout | undefined;
	#isRunning = false;
	#isMoving = false;
	#isHastened = false;
	/** Real moment up to which the world has been moved, and the part of a millisecond still owed. */
	#movedToMs = 0;
	#owedMs = 0;
	#waiting: (() => void)[] = [];

	constructor(options: RealTimeOptions) {
		this.#options = options;
	}

	get isRunning(): boolean {
		return this.#isRunning;
	}

	get speed(): number {
		return this.#speed;
	}

	start(speed: number): void {
		this.#speed = speed;
		this.#movedToMs = performance.now();
		this.#isRunning = true;
		this.hasten();
	}

	stop(): void {
		this.#isRunning = false;
		clearTimeout(this.#timer);
		this.#tickDone();
	}

	/** Something has come that need not wait for the next look. */
	hasten(): void {
		if (!this.#isRunning) return;
		if (this.#isMoving) this.#isHastened = true;
		else this.#schedule(0);
	}

	/** Resolves when the world has been moved the next time. */
	tick(): Promise<void> {
		return new Promise((resolve) => {
			this.#waiting.push(resolve);
		});
	}

	#schedule(delayMs: number): void {
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => void this.#move(), delayMs);
	}

	async #move(): Promise<void> {
		this.#isMoving = true;
		this.#isHastened = false;
		const now = performance.now();
		const elapsed = (now - this.#movedToMs) * this.#speed + this.#owedMs;
		this.#movedToMs = now;
		this.#owedMs = elapsed % 1;
		try {
			await this.#options.move(Math.floor(elapsed));
		} catch (error) {
			this.#options.failed(error);
		}
		this.#isMoving = false;
		this.#tickDone();
		if (this.#isRunning) this.#schedule(this.#isHastened ? 0 : this.#delayMs());
	}

	#delayMs(): number {
		const untilNext = (this.#options.nextMs() - this.#options.timeline.nowMs) / this.#speed;
		return Math.min(LOOK_MS, Math.max(1, untilNext));
	}

	#tickDone(): void {
		const waiting = this.#waiting;
		this.#waiting = [];
		for (const resolve of waiting) resolve();
	}
}
