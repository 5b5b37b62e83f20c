import { assert, CloseoutError } from "../../protocol/error.ts";
import {
	type Envelope,
	isAuthentic,
	openEnvelope,
	readUp,
	type UpMessage,
	upMessages,
} from "../../protocol/message.ts";
import type { TopicParts } from "../../protocol/topic.ts";
import { holdsCardNumber } from "../core/card.ts";
import { hmacSha256 } from "../digest.ts";
import type { EnrolmentKey } from "../store/enrolment.ts";
import type { Delivery } from "../store/journal.ts";
import type { StreamKey } from "../store/stream.ts";
import { forgetOldest } from "./bound.ts";
import type { IngestContext } from "./context.ts";

/** Keys of streams kept in memory; a key never changes within an epoch. */
const KEYS_MAX = 100_000;

/** A message that was made with the key of who it says it is from. */
export type Received =
	| { readonly type: "enrol"; readonly message: EnrolMessage; readonly key: EnrolmentKey }
	| { readonly type: "delivery"; readonly delivery: Delivery; readonly key: StreamKey }
	| { readonly type: "word"; readonly message: Word; readonly key: StreamKey };

export type EnrolMessage = UpMessage & { readonly type: "enrol" };
/** What wants an answer of its own. */
type Word = Exclude<UpMessage, EnrolMessage | Delivery>;

/**
 * Finds out what a message is and whether to believe it. What is not to be believed is counted and logged,
 * answered with nothing, and changes nothing.
 */
export class Receiver {
	readonly #context: IngestContext;
	readonly #keysMax: number;
	readonly #keys = new Map<string, StreamKey>();

	constructor(context: IngestContext, { keysMax = KEYS_MAX } = {}) {
		this.#context = context;
		this.#keysMax = keysMax;
	}

	/** Undefined for a message that is not to be believed. Rejects with `STORE` when the database does not answer. */
	async open(topic: TopicParts, payload: Uint8Array): Promise<Received | undefined> {
		const { counters } = this.#context;
		const envelope = this.#envelope(topic, payload);
		if (envelope === undefined) return undefined;
		if (envelope.terminal !== topic.terminal) {
			counters.wrongTopic++;
			return this.#refuse(topic, `it says it is from ${envelope.terminal}`);
		}
		try {
			return await (envelope.number === upMessages.enrol.number
				? this.#openEnrol(topic, envelope)
				: this.#openStream(topic, envelope));
		} catch (error) {
			if (!(error instanceof CloseoutError) || error.code === "STORE") throw error;
			if (error.code === "MESSAGE_FORGED") counters.forged++;
			else counters.malformed++;
			return this.#refuse(topic, error.message);
		}
	}

	#envelope(topic: TopicParts, payload: Uint8Array): Envelope | undefined {
		try {
			return openEnvelope(payload);
		} catch (error) {
			if (!(error instanceof CloseoutError)) throw error;
			this.#context.counters.malformed++;
			this.#refuse(topic, error.message);
			return undefined;
		}
	}

	async #openEnrol(topic: TopicParts, envelope: Envelope): Promise<Received | undefined> {
		const { store } = this.#context;
		for (const key of await store.enrolmentKeys(topic.terminal, topic.tenant)) {
			const sealing = { key: key.key, hmac: hmacSha256 };
			if (!isAuthentic(envelope, sealing)) continue;
			const message = readUp(envelope, sealing);
			if (this.#holdsCard(envelope))
				return this.#refuse(topic, "it holds what looks like a card number");
			assert(message.type === "enrol", "a message is of the type that its envelope numbers");
			return { type: "enrol", message, key };
		}
		this.#context.counters.forged++;
		return this.#refuse(topic, "it is made with no open enrolment code of this terminal");
	}

	async #openStream(topic: TopicParts, envelope: Envelope): Promise<Received | undefined> {
		const key = await this.#keyOf(envelope);
		if (key === undefined || key.tenant !== topic.tenant) {
			this.#context.counters.unknownTerminal++;
			return this.#refuse(topic, `its epoch ${envelope.epoch} is not known here`);
		}
		const message = readUp(envelope, { key: key.key, hmac: hmacSha256 });
		if (this.#holdsCard(envelope))
			return this.#refuse(topic, "it holds what looks like a card number");
		assert(message.type !== "enrol", "a message is of the type that its envelope numbers");
		return message.type === "batch" || message.type === "loss"
			? { type: "delivery", delivery: message, key }
			: { type: "word", message, key };
	}

	async #keyOf({ terminal, epoch }: Envelope): Promise<StreamKey | undefined> {
		const id = `${terminal}/${epoch}`;
		const known = this.#keys.get(id);
		if (known !== undefined) return known;
		const found = await this.#context.store.findKey({ terminal, epoch });
		if (found === undefined) return undefined;
		this.#keys.set(id, found);
		forgetOldest(this.#keys, this.#keysMax);
		return found;
	}

	/** Of a batch, the records are looked at one by one where they are kept, so that the one concerned can be named. */
	#holdsCard({ fields }: Envelope): boolean {
		const isFound = fields.some((field) => !Array.isArray(field) && holdsCardNumber(field));
		if (isFound) this.#context.counters.cardData++;
		return isFound;
	}

	#refuse({ tenant, terminal }: TopicParts, why: string): undefined {
		this.#context.log.warn({ tenant, terminal, why }, "message refused");
		return undefined;
	}
}
