import {
	SERVICE_CHALLENGE_VALID_S,
	SERVICE_FAILURES_MAX,
	SERVICE_LOCK_S,
	SERVICE_SESSION_S,
} from "../../../protocol/limits.ts";
import type { RecordBody } from "../../../protocol/record.ts";
import { deriveServiceResponse, serviceChallenge } from "../../../protocol/service.ts";
import type { Part } from "../part.ts";
import type { Clock, Digest, Entropy, Vault } from "../port.ts";
import type { Credentials } from "../sync/enrolment.ts";

const VAULT_ENTRY = "service.failures";
const RANDOM_BYTES = 6;
const FOREVER = Number.POSITIVE_INFINITY;

export interface SessionOptions {
	readonly vault: Vault;
	readonly digest: Digest;
	readonly entropy: Entropy;
	readonly clock: Pick<Clock, "monotonicMs">;
	readonly credentials: Pick<Credentials, "terminal" | "epoch" | "key">;
	/** Tells what happened, before it takes effect. */
	readonly note: (action: RecordBody<"service">["action"]) => void;
	/** The session is over, however it ended. */
	readonly onEnd: () => void;
}

/**
 * Who is let into the service menu, and for how long. Wrong responses are counted in the vault before a response is
 * looked at, so that cutting the power gives no free try; the session itself ends with the power.
 */
export class Session implements Part {
	readonly #options: SessionOptions;
	#challenge: { readonly digits: string; readonly untilMs: number } | undefined;
	/** Wrong responses in a row, as the vault has them. */
	#failures: number;
	/** Monotonic time until which it is locked; after a restart the full time counts again. */
	#lockedUntilMs = 0;
	#openUntilMs: number | undefined;

	constructor(options: SessionOptions) {
		this.#options = options;
		this.#failures = options.vault.read(VAULT_ENTRY)?.[0] ?? 0;
		if (this.#failures >= SERVICE_FAILURES_MAX) this.#lock();
	}

	/** What of it may be on the screen, to know when to draw anew. */
	get seen(): string {
		return `${this.isOpen} ${this.#challenge?.digits} ${Math.ceil(this.lockedMs() / 60_000)}`;
	}

	get isOpen(): boolean {
		return this.#openUntilMs !== undefined;
	}

	/** The digits to be answered now: the same for their time, then others. */
	challenge(): string {
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

	/** Opens the session for the right response. A challenge that was not shown, or is too old, has none. */
	answer(response: string): "right" | "wrong" | "locked" {
		const { digest, credentials, note } = this.#options;
		if (this.lockedMs() > 0) return "locked";
		this.#count(Math.min(this.#failures + 1, SERVICE_FAILURES_MAX));
		const made = { ...credentials, challenge: this.challenge() };
		if (response === deriveServiceResponse(credentials.key, made, digest.hmacSha256)) {
			this.#challenge = undefined;
			note("opened");
			this.#count(0);
			this.#openUntilMs = 0;
			this.touch();
			return "right";
		}
		if (this.#failures < SERVICE_FAILURES_MAX) {
			note("refused");
			return "wrong";
		}
		this.#challenge = undefined;
		this.#lock();
		note("locked");
		return "locked";
	}

	/** Somebody is there: the session goes on for its full time. */
	touch(): void {
		if (!this.isOpen) return;
		this.#openUntilMs = this.#options.clock.monotonicMs() + SERVICE_SESSION_S * 1000;
	}

	leave(): void {
		this.#end("left");
	}

	step(): number {
		const nowMs = this.#options.clock.monotonicMs();
		if (this.#challenge !== undefined && nowMs >= this.#challenge.untilMs)
			this.#challenge = undefined;
		if (this.#openUntilMs !== undefined && nowMs >= this.#openUntilMs) this.#end("expired");
		const ends = [this.#openUntilMs, this.#challenge?.untilMs, this.#lockedUntilMs];
		return Math.min(...ends.map((endMs = 0) => (endMs > nowMs ? endMs - nowMs : FOREVER)));
	}

	#end(action: "left" | "expired"): void {
		if (!this.isOpen) return;
		this.#openUntilMs = undefined;
		this.#options.onEnd();
		this.#options.note(action);
	}

	#count(failures: number): void {
		const entry = failures === 0 ? undefined : Uint8Array.of(failures);
		this.#options.vault.write(VAULT_ENTRY, entry);
		this.#failures = failures;
	}

	#lock(): void {
		this.#lockedUntilMs = this.#options.clock.monotonicMs() + SERVICE_LOCK_S * 1000;
	}
}
