import { downMessages, openEnvelope, upMessages } from "../../../protocol/message.ts";

/**
 * What a terminal has asked the host and not been answered, read off the messages that pass by. Their fields
 * are not secret, only sealed, so that no key is needed to follow the conversation.
 */
export class Conversation {
	readonly #asked = new Set<"enrol" | "hello" | "loss">();
	/** End of the last batch that waits for an acknowledgement. */
	#batchEnd = 0;

	get isQuiet(): boolean {
		return this.#asked.size === 0 && this.#batchEnd === 0;
	}

	sent(payload: Uint8Array): void {
		const envelope = open(payload);
		if (envelope === undefined) return;
		const { number, fields } = envelope;
		if (number === upMessages.enrol.number) this.#asked.add("enrol");
		else if (number === upMessages.hello.number) this.#asked.add("hello");
		else if (number === upMessages.loss.number) this.#asked.add("loss");
		else if (number === upMessages.batch.number) {
			const { from, records } = upMessages.batch.body.decode([...fields], "batch");
			this.#batchEnd = Math.max(this.#batchEnd, from + records.length - 1);
		}
	}

	received(payload: Uint8Array): void {
		const envelope = open(payload);
		if (envelope === undefined) return;
		const { number, fields } = envelope;
		if (number === downMessages.enrolled.number) this.#asked.delete("enrol");
		else if (number === downMessages.welcome.number) this.#asked.delete("hello");
		else if (number === downMessages.nak.number) this.#acknowledged(Number.POSITIVE_INFINITY);
		else if (number === downMessages.ack.number) {
			this.#acknowledged(downMessages.ack.body.decode([...fields], "ack").watermark);
		}
	}

	/** Nothing of what was asked will be answered any more. */
	forget(): void {
		this.#asked.clear();
		this.#batchEnd = 0;
	}

	#acknowledged(watermark: number): void {
		this.#asked.delete("loss");
		if (watermark >= this.#batchEnd) this.#batchEnd = 0;
	}
}

/** True when the later message makes the earlier one needless: both acknowledge, and it reaches further. */
export function supersedes(later: Uint8Array, earlier: Uint8Array): boolean {
	const { number } = downMessages.ack;
	return open(later)?.number === number && open(earlier)?.number === number;
}

/** The envelope, or undefined for bytes that are no message: whoever is addressed will say so. */
function open(payload: Uint8Array) {
	try {
		return openEnvelope(payload);
	} catch {
		return undefined;
	}
}
