import type { Address } from "../../protocol/message.ts";
import type { Delivery, Receipt } from "../store/journal.ts";
import type { StreamKey } from "../store/stream.ts";
import { type IngestContext, sendDown } from "./context.ts";
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
			if (receipts === undefined) return;
			due = this.#answer(due, receipts, keys);
		}
	}

	async #commit(due: readonly Delivery[]): Promise<readonly Receipt[] | undefined> {
		const { store, counters, log } = this.#context;
		try {
			const receipts = await store.commitDeliveries(due);
			counters.commits++;
			return receipts;
		} catch (error) {
			counters.commitFailures++;
			log.error({ error, deliveries: due.length }, "records not committed, not acknowledged");
			return undefined;
		}
	}

	/** One answer a stream; returns the early deliveries whose time has come. */
	#answer(
		due: readonly Delivery[],
		receipts: readonly Receipt[],
		keys: ReadonlyMap<string, StreamKey>,
	): readonly Delivery[] {
		const next: Delivery[] = [];
		const moved = new Map<StreamKey, Receipt>();
		const holes = new Map<StreamKey, Receipt>();
		for (const [index, delivery] of due.entries()) {
			const receipt = receipts[index];
			const key = keys.get(streamName(delivery));
			if (receipt === undefined || key === undefined) continue;
			this.#count(delivery, receipt);
			const { judgement } = receipt;
			if (judgement === "append" || judgement === "duplicate") moved.set(key, receipt);
			else if (judgement === "gap" && this.#hold(delivery)) holes.set(key, receipt);
			else this.#tell(delivery, receipt);
		}
		for (const [key, { watermark, chain }] of moved) {
			this.#acknowledge(key, watermark, chain);
			next.push(...this.#early.take(key, watermark));
		}
		for (const [key, receipt] of holes) this.#ask(key, receipt);
		return next;
	}

	#hold(delivery: Delivery): boolean {
		this.#early.hold(delivery);
		return true;
	}

	#acknowledge(key: StreamKey, watermark: number, chain: Uint8Array): void {
		const { counters, changes } = this.#context;
		counters.acks++;
		sendDown(this.#context, key, "ack", { watermark, chain });
		const { terminal, epoch } = key;
		changes.tell({ type: "records", terminal, epoch, watermark });
	}

	#ask(key: StreamKey, { missing, watermark }: Receipt): void {
		if (missing === undefined) return;
		// What followed in the same commit may have filled the hole in part.
		const from = watermark + 1;
		if (from > missing.to || !this.#gate.mayAsk(key, from)) return;
		this.#context.counters.naks++;
		sendDown(this.#context, key, "nak", { from, to: missing.to });
	}

	#count(delivery: Delivery, { judgement }: Receipt): void {
		const { counters } = this.#context;
		if (delivery.type === "loss") counters.losses++;
		else counters.batches++;
		if (judgement === "append") {
			if (delivery.type === "batch") counters.records += delivery.body.records.length;
		} else if (judgement === "duplicate") counters.duplicates++;
		else if (judgement === "gap") counters.gaps++;
		else if (judgement === "fork") counters.forks++;
		else if (judgement === "stray") counters.strays++;
		else if (judgement === "invalid") counters.invalid++;
		else if (judgement === "card") counters.cardData++;
		else counters.refused++;
	}

	/** What a person must know. */
	#tell(delivery: Delivery, { judgement, detail, watermark }: Receipt): void {
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

const incidents = ["fork", "stray", "invalid", "card"] as const;
type DeliveryIncident = (typeof incidents)[number];

function isIncident(judgement: Receipt["judgement"]): judgement is DeliveryIncident {
	return incidents.some((type) => type === judgement);
}

/** Notes an incident without making the records wait for it. */
export async function note(
	{ store, changes, log }: IngestContext,
	{ terminal, epoch }: Address,
	type: DeliveryIncident | "behind",
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
