import {
	SERVICE_CHALLENGE_VALID_S,
	SERVICE_FAILURES_MAX,
	SERVICE_LOCK_S,
} from "../../../protocol/limits.ts";
import { serviceChallenge } from "../../../protocol/service.ts";
import type { Part } from "../part.ts";
import type { Clock, Entropy, Vault } from "../port.ts";

const RANDOM_BYTES = 6;
const FOREVER = Number.POSITIVE_INFINITY;

export interface ChallengeOptions {
	readonly vault: Vault;
	/** Name under which wrong responses are counted. */
	readonly entry: string;
	readonly entropy: Entropy;
	readonly clock: Pick<Clock, "monotonicMs">;
	/** The one response to a challenge. */
	readonly responseTo: (challenge: string) => string;
}

/**
 * Digits that a person reads out and somebody at the host answers: good once, for a time, and for this start. Wrong
 * responses are counted in the vault before a response is looked at, so that cutting the power gives no free try.
 */
export class Challenge implements Part {
	readonly #options: ChallengeOptions;
	#challenge: { readonly digits: string; readonly untilMs: number } | undefined;
	/** Wrong responses in a row, as the vault has them. */
	#failures: number;
	/** Monotonic time until which it is locked; after a restart the full time counts again. */
	#lockedUntilMs = 0;

	constructor(options: ChallengeOptions) {
		this.#options = options;
		this.#failures = options.vault.read(options.entry)?.[0] ?? 0;
		if (this.#failures >= SERVICE_FAILURES_MAX) this.#lock();
	}

	/** What of it may be on the screen, to know when to draw anew. */
	get seen(): string {
		return `${this.#challenge?.digits} ${Math.ceil(this.lockedMs() / 60_000)}`;
	}

	/** The digits to be answered now: the same for their time, then others. */
	digits(): string {
		const { clock, entropy } = this.#options;
		const nowMs = clock.monotonicMs();
		if (this.#challenge === undefined || nowMs >= this.#challenge.untilMs) {
			const digits = serviceChallenge(entropy.read(RANDOM_BYTES));
			this.#challenge = { digits, untilMs: nowMs + SERVICE_CHALLENGE_VALID_S * 1000 };
		}
		return this.#challenge.digits;
	}

	/** Milliseconds until a response may be tried again; 0 when it may be tried now. */
	lockedMs(): number {
		return Math.max(0, this.#lockedUntilMs - this.#options.clock.monotonicMs());
	}

	/**
	 * Takes a response. `onRight` tells the right one before it takes effect. A challenge that was not shown, or is
	 * too old, has none. `locked` is also the answer to the wrong one that locks.
	 */
	answer(response: string, onRight: () => void): "right" | "wrong" | "locked" {
		if (this.lockedMs() > 0) return "locked";
		this.#count(Math.min(this.#failures + 1, SERVICE_FAILURES_MAX));
		if (response === this.#options.responseTo(this.digits())) {
			this.#challenge = undefined;
			onRight();
			this.#count(0);
			return "right";
		}
		if (this.#failures < SERVICE_FAILURES_MAX) return "wrong";
		this.#challenge = undefined;
		this.#lock();
		return "locked";
	}

	step(): number {
		const nowMs = this.#options.clock.monotonicMs();
		if (this.#challenge !== undefined && nowMs >= this.#challenge.untilMs)
			this.#challenge = undefined;
		const ends = [this.#challenge?.untilMs, this.#lockedUntilMs];
		return Math.min(...ends.map((endMs = 0) => (endMs > nowMs ? endMs - nowMs : FOREVER)));
	}

	#count(failures: number): void {
		const { vault, entry } = this.#options;
		vault.write(entry, failures === 0 ? undefined : Uint8Array.of(failures));
		this.#failures = failures;
	}

	#lock(): void {
		this.#lockedUntilMs = this.#options.clock.monotonicMs() + SERVICE_LOCK_S * 1000;
	}
}
