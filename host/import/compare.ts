import type { JournalRecord } from "../../protocol/media.ts";
import { type CopyItem, isSameRecord, type JournalCopy } from "./copy.ts";

/** What two copies of one journal have of its records. `differ`: both hold the record, and not the same one. */
export interface ComparedRange {
	readonly type: "common" | "onlyFirst" | "onlySecond" | "differ";
	readonly from: number;
	readonly to: number;
}

export interface Comparison {
	readonly ranges: readonly ComparedRange[];
	/** The first record that differs, as both have it. */
	readonly fork:
		| {
				readonly sequence: number;
				readonly first: JournalRecord;
				readonly second: JournalRecord;
		  }
		| undefined;
	/** Last record of each; 0 for none. */
	readonly firstLast: number;
	readonly secondLast: number;
}

/** Compares two copies record by record, in one pass and in little memory. */
export async function compareCopies(first: JournalCopy, second: JournalCopy): Promise<Comparison> {
	const left = new Records(first.items());
	const right = new Records(second.items());
	const ranges: { type: ComparedRange["type"]; from: number; to: number }[] = [];
	let fork: Comparison["fork"];
	await Promise.all([left.next(), right.next()]);
	const note = (type: ComparedRange["type"], sequence: number) => {
		const last = ranges.at(-1);
		if (last?.type === type && last.to === sequence - 1) last.to = sequence;
		else ranges.push({ type, from: sequence, to: sequence });
	};
	for (;;) {
		const [a, b] = [left.record, right.record];
		if (a === undefined && b === undefined) break;
		const sequence = Math.min(a?.sequence ?? Infinity, b?.sequence ?? Infinity);
		if (a?.sequence !== sequence) note("onlySecond", sequence);
		else if (b?.sequence !== sequence) note("onlyFirst", sequence);
		else if (isSameRecord(a, b)) note("common", sequence);
		else {
			note("differ", sequence);
			fork ??= { sequence, first: a, second: b };
		}
		if (a?.sequence === sequence) await left.next();
		if (b?.sequence === sequence) await right.next();
	}
	return { ranges, fork, firstLast: left.last, secondLast: right.last };
}

class Records {
	readonly #items: AsyncIterator<CopyItem>;
	record: JournalRecord | undefined;
	last = 0;

	constructor(items: AsyncIterable<CopyItem>) {
		this.#items = items[Symbol.asyncIterator]();
	}

	async next(): Promise<void> {
		for (;;) {
			const { done, value } = await this.#items.next();
			this.record = undefined;
			if (done) return;
			if (value.type !== "record") continue;
			this.record = value.record;
			this.last = value.record.sequence;
			return;
		}
	}
}
