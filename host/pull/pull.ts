import { randomInt } from "node:crypto";
import { CloseoutError } from "../../protocol/error.ts";
import { encodeReaderMessage, type SourceMessage } from "../../protocol/pull.ts";
import type { PieceFile } from "../import/piece-file.ts";
import { type ByteSource, connectionError, Messages } from "./source.ts";

/** A cable on which nothing comes for this long is asked again, so many times. */
const SILENCE_MS = 10_000;
const ASKS_MAX = 3;
/** A host waits for the terminal longer than a cable does. */
const HOST_SILENCE_MS = 60_000;
const REQUESTS = 2 ** 31;

export interface PullOptions {
	readonly source: ByteSource;
	readonly file: PieceFile;
	/** Where an empty file begins; otherwise with the oldest record that the terminal keeps. */
	readonly from?: number | undefined;
	/** Otherwise up to the newest record when the pull begins. */
	readonly to?: number | undefined;
	/** Told at the beginning and after each piece. */
	readonly onProgress?: (progress: PullProgress) => void;
}

export interface PullProgress {
	readonly terminal: string;
	readonly epoch: number;
	/** The range of this pull. */
	readonly from: number;
	readonly to: number;
	/** The record that comes next. */
	readonly next: number;
	/** False when the terminal could not note the pull in its journal: it is in safe mode. */
	readonly journalled: boolean;
}

/**
 * Copies records into a file until the range is at its end; each piece is proven, then durable, then counted. Throws
 * `CONNECTION` when the other side falls silent or breaks off, `NOT_FOUND` for records that it does not keep,
 * `CHAIN_BROKEN` for pieces that do not follow; in any case the file can be continued.
 */
export async function pull(options: PullOptions): Promise<PullProgress> {
	const { source, file, onProgress } = options;
	const talk = new Talk(options);
	let progress: PullProgress | undefined;
	while (progress === undefined || progress.next <= progress.to) {
		const message = await talk.next();
		if (message.type === "begin") {
			const { terminal, epoch, from, to, journalled } = message.body;
			await file.begin({ terminal, epoch, from });
			const first = progress?.from ?? from;
			progress = { terminal, epoch, from: first, to, next: from, journalled };
		} else if (progress !== undefined && (message.type === "piece" || message.type === "loss")) {
			const { from } = message.body;
			if (from < progress.next) continue;
			if (from > progress.next && source.ask !== undefined) {
				// A frame was lost on the way.
				talk.ask();
				continue;
			}
			await file.append(message);
			progress = { ...progress, next: file.next ?? progress.next };
		} else continue;
		onProgress?.(progress);
	}
	return progress;
}

/** Asks for what the file lacks, and again when nothing comes. */
class Talk {
	readonly #options: PullOptions;
	readonly #messages: Messages;
	#request = 0;
	#isBegun: boolean;
	#asks = 0;

	constructor(options: PullOptions) {
		this.#options = options;
		this.#messages = new Messages(options.source);
		this.#isBegun = options.source.ask === undefined;
		this.ask();
	}

	ask(): void {
		const { source, file, from, to } = this.#options;
		if (source.ask === undefined) return;
		this.#request = randomInt(REQUESTS);
		this.#isBegun = false;
		const range = { from: file.next ?? from ?? null, to: to ?? null };
		source.ask(encodeReaderMessage("askRange", { request: this.#request, ...range }));
	}

	/** The next message of what was asked last; what is left of an earlier request is passed over. */
	async next(): Promise<SourceMessage> {
		for (;;) {
			const message = await this.#messages.next(this.#silenceMs);
			if (message === "silent") this.#askAgain();
			else if (message.type === "refused" && this.#isAnswer(message.body))
				throw refused(message.body);
			else if (message.type === "begin" && this.#isAnswer(message.body)) {
				this.#isBegun = true;
				return message;
			} else if (this.#isBegun) {
				this.#asks = 0;
				return message;
			}
		}
	}

	get #silenceMs(): number {
		return this.#options.source.ask === undefined ? HOST_SILENCE_MS : SILENCE_MS;
	}

	/** A host has chosen the number of the request itself; 0 answers what was not understood. */
	#isAnswer({ request }: { readonly request: number }): boolean {
		return this.#options.source.ask === undefined || request === this.#request || request === 0;
	}

	#askAgain(): void {
		this.#asks += 1;
		const { source } = this.#options;
		if (source.ask === undefined || this.#asks > ASKS_MAX)
			throw connectionError(
				source.name,
				"is silent; is the cable switched on in the service menu?",
			);
		this.ask();
	}
}

function refused({ why }: Extract<SourceMessage, { type: "refused" }>["body"]): CloseoutError {
	return why === "range"
		? new CloseoutError("NOT_FOUND", "the terminal does not keep these records; leave out --from")
		: new CloseoutError(
				"REFUSED",
				"the terminal does not know this request; its firmware is older",
			);
}
