import { CloseoutError } from "../../protocol/error.ts";
import { decodeSourceMessage, type SourceMessage } from "../../protocol/pull.ts";
import { PullFrames } from "../../protocol/pull-frame.ts";

/** Where the bytes of a pull come from: a cable or a host. */
export interface ByteSource {
	readonly bytes: AsyncIterator<Uint8Array, unknown>;
	/** Sends a request; left out where it was made with the connection. */
	readonly ask?: (request: Uint8Array) => void;
	/** What it is, for messages. */
	readonly name: string;
	close(): void;
}

/** What to do when a connection ends in the middle, or before its beginning. */
export const ENDED = "broke off; is the cable switched on in the service menu? pull again to go on";

/** A connection that broke before its end: what was taken before stays good. */
export function connectionError(what: string, how: string, cause?: unknown): CloseoutError {
	return new CloseoutError("CONNECTION", `${what} ${how}`, { cause });
}

/** The messages in a stream of bytes, with a look at the clock. */
export class Messages {
	readonly #source: ByteSource;
	readonly #frames = new PullFrames();
	#coming: Promise<IteratorResult<Uint8Array, unknown>> | undefined;

	constructor(source: ByteSource) {
		this.#source = source;
	}

	/** The next message, or "silent" when no byte comes for so long. Throws `CONNECTION` when the stream ends. */
	async next(silenceMs: number): Promise<SourceMessage | "silent"> {
		for (;;) {
			const encoded = this.#frames.next();
			if (encoded !== undefined) return decodeSourceMessage(encoded);
			this.#coming ??= this.#source.bytes.next();
			const came = await within(this.#coming, silenceMs);
			if (came === "late") return "silent";
			this.#coming = undefined;
			if (came.done === true) throw connectionError(this.#source.name, ENDED);
			this.#frames.push(came.value);
		}
	}
}

async function within<T>(promise: Promise<T>, ms: number): Promise<T | "late"> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<"late">((resolve) => {
		timer = setTimeout(() => resolve("late"), ms);
	});
	try {
		return await Promise.race([promise, late]);
	} finally {
		clearTimeout(timer);
	}
}
