import { frameBytes, type JournalRecord } from "../../../protocol/media.ts";
import type { Tail } from "./context.ts";
import type { Bookmark } from "./scan.ts";

/** A sale makes five records; its slip and the outbox look no further back. Each place takes some 250 bytes. */
const PLACES_MAX = 8;

/**
 * Where the newest records stand. A day's work reads back what it wrote a moment ago, again and again; without
 * this each reading would walk the newest segment from its head.
 */
export class RecentPlaces {
	#places: Bookmark[] = [];

	/** The place of a record, with the chain before it; undefined when it is not one of the newest. */
	at(sequence: number): Bookmark | undefined {
		const [first] = this.#places;
		return first && this.#places[sequence - first.sequence];
	}

	/** Notes records about to be written behind the tail. */
	note({ key, offset, head }: Tail, records: readonly JournalRecord[], alignBytes: number): void {
		const places = [...this.#places];
		let place: Bookmark = { key, offset, sequence: head.sequence + 1, chain: head.chain };
		for (const { payload, chain } of records) {
			places.push(place);
			const next = place.offset + frameBytes(payload.length, alignBytes);
			place = { key, offset: next, sequence: place.sequence + 1, chain };
		}
		this.#places = places.slice(-PLACES_MAX);
	}

	/** Forgets all, when segments were written anew or given free. */
	clear(): void {
		this.#places = [];
	}
}
