import type { Address } from "../../protocol/message.ts";
import type { Delivery, Receipt } from "../store/journal.ts";
import type { StreamKey } from "../store/stream.ts";
import { type IngestContext, sendDown } from "./context.ts";
import type { Counters } from "./counters.ts";
import { EarlyDeliveries, streamName } from "./early.ts";
import { NakGate } from "./gate.ts";

export interface KeyedDelivery {
	readonly delivery: Delivery;
	readonly key: StreamKey;
}

/** Commits records and answers for them: never an acknowledgement before the commit. */
export class Deliverer {
	readonly #context: IngestContext;
	readonly #early = new EarlyDeliveries();
	readonly #gate: NakGate;

	constructor(context: IngestContext) {
		this.#context = context;
		this.#gate = new NakGate(context.monotonicMs);
	}

	/**
	 * Commits what came, together, and then whatever waited for it. A failure of the database acknowledges
	 * nothing; the terminals send again.
	 */
	async deliver(arrived: readonly KeyedDelivery[]): Promise<void> {
		const keys = new Map(arrived.map(({ key }) => [streamName(key), key]));
		let due = inOrder(arrived.map(({ delivery }) => delivery));
		while (due.length > 0) {
			const receipts = await this.#commit(due);
			const ofStream = Map.groupBy(receipts, ({ delivery }) => streamName(delivery));
			due = [...keys].flatMap(([name, key]) => this.#answer(key, ofStream.get(name) ?? []));
		}
	}

	/** Nothing where the database fails. */
	async #commit(due: readonly Delivery[]): Promise<readonly Receipt[]> {
		const { store, counters, log } = this.#context;
		try {
			const receipts = await store.commitDeliveries(due);
			counters.commits++;
			return receipts;
		} catch (error) {
			counters.commitFailures++;
			log.error({ error, deliveries: due.length }, "records not committed, not acknowledged");
			return [];
		}
	}

	/** One answer to a stream; returns its early deliveries whose time has come. */
	#answer(key: StreamKey, receipts: readonly Receipt[]): readonly Delivery[] {
		let moved: Receipt | undefined;
		let hole: Receipt["missing"];
		for (const receipt of receipts) {
			const { judgement, delivery, missing } = receipt;
			this.#count(receipt);
			if (judgement === "append" || judgement === "duplicate") moved = receipt;
			else if (missing === undefined) this.#tell(receipt);
			else {
				this.#early.hold(delivery);
				// What followed in the same commit may have filled the hole in part.
				hole = { from: receipt.watermark + 1, to: missing.to };
			}
		}
		const next = moved === undefined ? [] : this.#acknowledge(key, moved);
		if (hole !== undefined) this.#ask(key, hole);
		return next;
	}

	#acknowledge(key: StreamKey, { watermark, chain }: Receipt): readonly Delivery[] {
		const { counters, changes } = this.#context;
		counters.acks++;
		sendDown(this.#context, key, "ack", { watermark, chain });
		const { terminal, epoch } = key;
		changes.tell({ type: "records", terminal, epoch, watermark });
		return this.#early.take(key, watermark);
	}

	#ask(key: StreamKey, { from, to }: NonNullable<Receipt["missing"]>): void {
		if (from > to || !this.#gate.mayAsk(key, from)) return;
		this.#context.counters.naks++;
		sendDown(this.#context, key, "nak", { from, to });
	}

	#count({ delivery, judgement }: Receipt): void {
		const { counters } = this.#context;
		counters[delivery.type === "loss" ? "losses" : "batches"]++;
		const counter = counterOf[judgement];
		if (counter !== "records") counters[counter]++;
		else if (delivery.type === "batch") counters.records += delivery.body.records.length;
	}

	/** What a person must know. */
	#tell({ delivery, judgement, detail, watermark }: Receipt): void {
		const { terminal, epoch } = delivery;
		const { from } = delivery.body;
		this.#context.log.warn(
			{ terminal, epoch, from, watermark, judgement, detail },
			"records not taken into the stream",
		);
		if (!isIncident(judgement)) return;
		const told = detail ?? `records from ${from} contradict what is held up to ${watermark}`;
		void note(this.#context, { terminal, epoch }, judgement, told);
	}
}

/** Where a delivery is counted by what it came to. */
const counterOf = {
	append: "records",
	duplicate: "duplicates",
	gap: "gaps",
	fork: "forks",
	stray: "strays",
	invalid: "invalid",
	card: "cardData",
	frozen: "refused",
	fenced: "refused",
	unknownStream: "refused",
} as const satisfies Record<Receipt["judgement"], keyof Counters>;

const incidents = ["fork", "stray", "invalid", "card"] as const;
type DeliveryIncident = (typeof incidents)[number];

function isIncident(judgement: Receipt["judgement"]): judgement is DeliveryIncident {
	return incidents.some((type) => type === judgement);
}

/** Notes an incident without making the records wait for it. */
export async function note(
	{ store, changes, log }: IngestContext,
	{ terminal, epoch }: Address,
	type: DeliveryIncident | "rollback" | "truncation",
	detail: string,
): Promise<void> {
	try {
		await store.addIncident({ terminal, epoch, type, detail });
		changes.tell({ type: "incident", terminal, epoch, incident: type });
	} catch (error) {
		log.error({ error, terminal, epoch, type, detail }, "incident not noted");
	}
}

/** Of each stream the earliest first, so that messages which overtook one another fit at once. */
function inOrder(deliveries: readonly Delivery[]): readonly Delivery[] {
	return [...deliveries].sort((left, right) => {
		if (left.terminal !== right.terminal) return left.terminal < right.terminal ? -1 : 1;
		return left.epoch - right.epoch || left.body.from - right.body.from;
	});
}
