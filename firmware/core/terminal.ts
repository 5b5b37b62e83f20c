import { type CloseoutError, isStorageFailure } from "../../protocol/error.ts";
import { Enrolling } from "./enrolling.ts";
import { Running } from "./running.ts";
import type { Summary } from "./summary.ts";
import { type Credentials, readCredentials } from "./sync/enrolment.ts";
import type { TerminalOptions } from "./terminal-options.ts";

/**
 * The whole terminal over its ports. The platform calls `step` when a port may be readable or the time asked
 * for has come; everything happens inside `step`, in a fixed order, and nothing outside it.
 */
export class Terminal {
	readonly #options: TerminalOptions;
	#life: Enrolling | Running | undefined;

	constructor(options: TerminalOptions) {
		this.#options = options;
	}

	/** Recovers the journal and takes up what was owed. A terminal that no host knows asks for a code instead. */
	start(): void {
		const credentials = readCredentials(this.#options.ports.vault);
		if (credentials === undefined) this.#life = new Enrolling(this.#options);
		else this.#run(credentials);
	}

	/** Does what is due and returns the milliseconds until it has to be called again by itself. */
	step(): number {
		const life = this.#life;
		if (life instanceof Running) return this.#stepRunning(life);
		if (life === undefined) return Number.POSITIVE_INFINITY;
		const credentials = life.step();
		if (credentials === undefined) return life.wait();
		this.#run(credentials);
		return 0;
	}

	/** Looks inside, for tests and service tools. JSON values both ways; nothing is changed. */
	query(request: unknown): unknown {
		if (this.#life instanceof Running) return this.#life.query(request);
		return { enrolled: false, terminal: this.#options.identity.terminal };
	}

	/** Where the terminal stands now. */
	summary(): Summary {
		if (this.#life instanceof Running) return this.#life.summary();
		return { phase: this.#life === undefined ? "off" : "enrolling" };
	}

	/** Shuts down in order. Idempotent. */
	close(): void {
		if (this.#life instanceof Running) this.#life.close();
		this.#life = undefined;
	}

	/**
	 * After trouble with the media nobody knows what is durable: the journal is opened again and everything is
	 * taken up from what stands there. Media that fail again leave the terminal in safe mode.
	 */
	#stepRunning(life: Running): number {
		try {
			return life.step();
		} catch (error) {
			if (!isStorageFailure(error)) throw error;
			this.#options.ports.log.write("error", error.code, error.message);
			this.#run(life.credentials, error);
			return 0;
		}
	}

	#run(credentials: Credentials, failed?: CloseoutError): void {
		const running = new Running(this.#options, credentials);
		running.start(failed);
		this.#life = running;
	}
}
