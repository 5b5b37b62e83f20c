import { CloseoutError } from "../../protocol/error.ts";
import type { UpMessage } from "../../protocol/message.ts";
import { decodeSourceMessage, type Piece } from "../../protocol/pull.ts";
import type { StreamKey } from "../store/stream.ts";
import { type IngestContext, sendDown } from "./context.ts";

/** Records to pull; what is left out is the oldest that the terminal keeps, and the newest. */
export interface PullRange {
	readonly from?: number | undefined;
	readonly to?: number | undefined;
}

/** A terminal that says nothing for this long is not there. */
const SILENCE_MS = 30_000;
/** A terminal that comes on line later than this does not begin any more. */
export const PULL_VALID_S = 30;

/** Somebody who waits for a pull, and what has come of it. */
interface Waiting {
	readonly key: StreamKey;
	readonly hostSequence: number;
	/** The record that the next piece has to begin with; undefined before the beginning. */
	next: number | undefined;
	to: number;
	/** Messages that were not taken yet, each with the record after it. */
	readonly messages: { readonly encoded: Uint8Array; readonly next: number }[];
	/** What the terminal was told last. */
	acknowledged: number | undefined;
	failure: CloseoutError | undefined;
	wake: () => void;
}

/**
 * Pulls over the network that somebody waits for, one a terminal. A piece is acknowledged when it was taken, so the
 * terminal sends at the pace of the one who reads. What nobody waits for is not acknowledged, and ends by itself.
 */
export class Pulls {
	readonly #context: IngestContext;
	readonly #waiting = new Map<string, Waiting>();

	constructor(context: IngestContext) {
		this.#context = context;
	}

	/**
	 * The messages of a command `pull` that was just given, as they came: `begin`, then all pieces. Throws `REFUSED`
	 * with the terminal's words, or `CONNECTION` when it does not answer or another pull took the place of this one.
	 */
	async *messages(key: StreamKey, hostSequence: number): AsyncGenerator<Uint8Array, void> {
		const waiting: Waiting = {
			key,
			hostSequence,
			next: undefined,
			to: 0,
			messages: [],
			acknowledged: undefined,
			failure: undefined,
			wake: () => undefined,
		};
		const before = this.#waiting.get(key.terminal);
		if (before !== undefined) fail(before, connection(key.terminal, "is pulled by another"));
		this.#waiting.set(key.terminal, waiting);
		try {
			for (let taken = 0; taken <= waiting.to; ) {
				const { encoded, next } = await nextMessage(waiting);
				yield encoded;
				taken = next;
				waiting.acknowledged = next;
				this.#acknowledge(waiting);
			}
		} finally {
			if (this.#waiting.get(key.terminal) === waiting) this.#waiting.delete(key.terminal);
		}
	}

	/** A message of a pull. What is out of turn is dropped: the terminal is told where it stands, and goes back. */
	take({ terminal, body }: UpMessage & { readonly type: "pulled" }): void {
		const waiting = this.#waiting.get(terminal);
		if (waiting?.hostSequence !== body.hostSequence) return;
		const message = decodeSourceMessage(body.message);
		if (message.type === "begin" && waiting.next === undefined) {
			waiting.next = message.body.from;
			waiting.to = message.body.to;
		} else if (isPiece(message) && message.body.from === waiting.next) {
			waiting.next = endOf(message) + 1;
		} else {
			this.#acknowledge(waiting);
			return;
		}
		waiting.messages.push({ encoded: body.message, next: waiting.next });
		waiting.wake();
	}

	/** The terminal's word on a command. */
	takeResult({ terminal, body }: UpMessage & { readonly type: "commandResult" }): void {
		const waiting = this.#waiting.get(terminal);
		if (waiting?.hostSequence !== body.hostSequence || body.accepted) return;
		fail(waiting, new CloseoutError("REFUSED", `${terminal} refuses: ${body.detail}`));
	}

	/** Ends the waiting of everybody. */
	close(): void {
		for (const waiting of this.#waiting.values())
			fail(waiting, connection(waiting.key.terminal, "is left by the host, which ends"));
	}

	#acknowledge({ key, hostSequence, acknowledged: next }: Waiting): void {
		if (next !== undefined) sendDown(this.#context, key, "pullAck", { hostSequence, next });
	}
}

async function nextMessage(waiting: Waiting): Promise<Waiting["messages"][number]> {
	for (;;) {
		const message = waiting.messages.shift();
		if (message !== undefined) return message;
		if (waiting.failure !== undefined) throw waiting.failure;
		await new Promise<void>((resolve) => {
			const timer = setTimeout(() => {
				fail(waiting, connection(waiting.key.terminal, "does not answer"));
			}, SILENCE_MS);
			waiting.wake = () => {
				clearTimeout(timer);
				resolve();
			};
		});
	}
}

function fail(waiting: Waiting, failure: CloseoutError): void {
	waiting.failure = failure;
	waiting.wake();
}

function connection(terminal: string, how: string): CloseoutError {
	const message = `terminal ${terminal} ${how}; see whether it is on line, then pull again`;
	return new CloseoutError("CONNECTION", message);
}

function isPiece(message: ReturnType<typeof decodeSourceMessage>): message is Piece {
	return message.type === "piece" || message.type === "loss";
}

/** The last record that a piece accounts for. */
function endOf({ type, body }: Piece): number {
	if (type === "piece") return body.from + body.records.length - 1;
	return body.to + (body.next === null ? 0 : 1);
}
