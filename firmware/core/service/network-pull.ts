import { PULL_WINDOW_MAX } from "../../../protocol/limits.ts";
import type { DownBody, UpBody } from "../../../protocol/message.ts";
import type { Part } from "../part.ts";
import type { Clock, Log } from "../port.ts";
import { PullRun, type PullSource } from "./pull-run.ts";

/** No acknowledgement for this long: send again, so many times. */
const ANSWER_MS = 10_000;
const REPEATS_MAX = 6;
/** The link was full: try again. */
const FULL_MS = 1_000;

const host = { by: "host", via: "network" } as const;

export interface NetworkPullOptions {
	readonly source: PullSource;
	readonly clock: Pick<Clock, "monotonicMs">;
	readonly log: Log;
	/** False when the link is down or full. */
	readonly send: (body: UpBody<"pulled">) => boolean;
}

/** A pull under way. */
interface Under {
	readonly hostSequence: number;
	readonly run: PullRun;
	isBegun: boolean;
	/** The host has everything before it; undefined until it has the beginning. */
	acknowledged: number | undefined;
	next: number;
	/** Last records of the pieces that are not acknowledged. */
	inFlight: number[];
	sentMs: number;
	repeats: number;
}

/**
 * Sends the records that the host has asked for. It waits for the host after few pieces, so that the stream itself
 * is never behind them, and forgets the pull with the power: the host asks again from where it stands.
 */
export class NetworkPull implements Part {
	readonly #options: NetworkPullOptions;
	#under: Under | undefined;

	constructor(options: NetworkPullOptions) {
		this.#options = options;
	}

	/** Begins with a command of the host and says what it will send. Throws `NOT_FOUND` for records not kept. */
	begin(hostSequence: number, range: { from: number | null; to: number | null }): string {
		const { source, clock } = this.#options;
		const run = new PullRun(source, { request: hostSequence, ...range }, host);
		this.#under = {
			hostSequence,
			run,
			isBegun: false,
			acknowledged: undefined,
			next: run.from,
			inFlight: [],
			sentMs: clock.monotonicMs(),
			repeats: 0,
		};
		return `records ${run.from} to ${run.to}`;
	}

	acknowledge({ hostSequence, next }: DownBody<"pullAck">): void {
		const under = this.#under;
		if (under?.hostSequence !== hostSequence || next < (under.acknowledged ?? under.run.from))
			return;
		under.acknowledged = next;
		under.next = Math.max(under.next, next);
		under.inFlight = under.inFlight.filter((end) => end >= next);
		under.sentMs = this.#options.clock.monotonicMs();
		under.repeats = 0;
		if (next > under.run.to) this.#under = undefined;
	}

	step(): number {
		const under = this.#under;
		if (under === undefined) return Number.POSITIVE_INFINITY;
		const now = this.#options.clock.monotonicMs();
		if (now - under.sentMs >= ANSWER_MS && !this.#goBack(under, now))
			return Number.POSITIVE_INFINITY;
		if (!this.#sendWindow(under)) return FULL_MS;
		return under.sentMs + ANSWER_MS - now;
	}

	/** False when the host has been silent for too long. */
	#goBack(under: Under, now: number): boolean {
		under.repeats += 1;
		if (under.repeats > REPEATS_MAX) {
			const { hostSequence, acknowledged } = under;
			const detail = `pull ${hostSequence} ended before record ${acknowledged ?? under.run.from}: no host`;
			this.#options.log.write("warn", "PULL", detail);
			this.#under = undefined;
			return false;
		}
		under.isBegun = under.acknowledged !== undefined;
		under.next = under.acknowledged ?? under.run.from;
		under.inFlight = [];
		under.sentMs = now;
		return true;
	}

	/** False when the link took not all of it. */
	#sendWindow(under: Under): boolean {
		const { run, hostSequence } = under;
		const { send } = this.#options;
		if (!under.isBegun) {
			if (!send({ hostSequence, message: run.begin() })) return false;
			under.isBegun = true;
		}
		while (under.next <= run.to && under.inFlight.length < PULL_WINDOW_MAX) {
			const { message, end } = run.pieceFrom(under.next);
			if (!send({ hostSequence, message })) return false;
			under.inFlight.push(end);
			under.next = end + 1;
		}
		return true;
	}
}
