import { SERVICE_SESSION_S } from "../../../protocol/limits.ts";
import type { RecordBody } from "../../../protocol/record.ts";
import { deriveServiceResponse } from "../../../protocol/service.ts";
import type { Part } from "../part.ts";
import type { Clock, Digest, Entropy, Vault } from "../port.ts";
import type { Credentials } from "../sync/enrolment.ts";
import { Challenge } from "./challenge.ts";

const VAULT_ENTRY = "service.failures";

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

/** Who is let into the service menu, and for how long; the session ends with the power. */
export class Session implements Part {
	readonly #options: SessionOptions;
	readonly #challenge: Challenge;
	#openUntilMs: number | undefined;

	constructor(options: SessionOptions) {
		const { vault, digest, entropy, clock, credentials } = options;
		this.#options = options;
		this.#challenge = new Challenge({
			vault,
			entry: VAULT_ENTRY,
			entropy,
			clock,
			responseTo: (challenge) =>
				deriveServiceResponse(credentials.key, { ...credentials, challenge }, digest.hmacSha256),
		});
	}

	/** What of it may be on the screen, to know when to draw anew. */
	get seen(): string {
		return `${this.isOpen} ${this.#challenge.seen}`;
	}

	get isOpen(): boolean {
		return this.#openUntilMs !== undefined;
	}

	/** The digits to be answered now: the same for their time, then others. */
	challenge(): string {
		return this.#challenge.digits();
	}

	/** Milliseconds until a response may be tried again; 0 when it may be tried now. */
	lockedMs(): number {
		return this.#challenge.lockedMs();
	}

	/** Opens the session for the right response. A challenge that was not shown, or is too old, has none. */
	answer(response: string): "right" | "wrong" | "locked" {
		const { note } = this.#options;
		if (this.lockedMs() > 0) return "locked";
		const answer = this.#challenge.answer(response, () => note("opened"));
		if (answer === "wrong") note("refused");
		if (answer === "locked") note("locked");
		if (answer === "right") {
			this.#openUntilMs = 0;
			this.touch();
		}
		return answer;
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
		const wait = this.#challenge.step();
		if (this.#openUntilMs !== undefined && nowMs >= this.#openUntilMs) this.#end("expired");
		return this.#openUntilMs === undefined ? wait : Math.min(wait, this.#openUntilMs - nowMs);
	}

	#end(action: "left" | "expired"): void {
		if (!this.isOpen) return;
		this.#openUntilMs = undefined;
		this.#options.onEnd();
		this.#options.note(action);
	}
}
