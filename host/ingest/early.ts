import { EARLY_BATCHES_MAX, EARLY_BATCHES_TOTAL_MAX } from "../../protocol/limits.ts";
import type { Address } from "../../protocol/message.ts";
import type { Delivery } from "../store/journal.ts";

/** Deliveries that came before the ones they follow. Bounded: what does not fit is sent again anyway. */
export class EarlyDeliveries {
	readonly #byStream = new Map<string, Map<number, Delivery>>();
	#count = 0;

	get count(): number {
		return this.#count;
	}

	/** False when there is no room. The same delivery twice is held once. */
	hold(delivery: Delivery): boolean {
		const id = streamName(delivery);
		const held = this.#byStream.get(id) ?? new Map<number, Delivery>();
		const isNew = !held.has(delivery.body.from);
		if (isNew && (held.size >= EARLY_BATCHES_MAX || this.#count >= EARLY_BATCHES_TOTAL_MAX))
			return false;
		held.set(delivery.body.from, delivery);
		this.#byStream.set(id, held);
		if (isNew) this.#count++;
		return true;
	}

	/** Takes out what can be judged now that the stream stands at `watermark`, in order. */
	take(stream: Address, watermark: number): readonly Delivery[] {
		const id = streamName(stream);
		const held = this.#byStream.get(id);
		if (held === undefined) return [];
		const due = [...held.values()]
			.filter(({ body }) => body.from <= watermark + 1)
			.sort((left, right) => left.body.from - right.body.from);
		for (const { body } of due) held.delete(body.from);
		this.#count -= due.length;
		if (held.size === 0) this.#byStream.delete(id);
		return due;
	}
}

export function streamName({ terminal, epoch }: Address): string {
	return `${terminal}/${epoch}`;
}
