import { type Dump, dumpOf } from "../../../host/import/salvage/dump.ts";
import { type SalvageItem, salvage, salvageLife } from "../../../host/import/salvage/salvage.ts";
import { equalBytes } from "../../../protocol/bytes.ts";
import { FLAG_LAST_OF_GROUP } from "../../../protocol/chain.ts";
import type { KnownImage } from "../../_helper/known-image.ts";

export function salvaged(files: readonly Uint8Array[]): readonly SalvageItem[] {
	const dumps: readonly Dump[] = files.map((bytes, index) => dumpOf(`${index}.img`, bytes));
	const search = salvage(dumps);
	let step = search.next();
	while (!step.done) step = search.next();
	const found = step.value;
	const life = found.lives.find(({ terminal, epoch }) => terminal === "shop-0001" && epoch === 0);
	return life === undefined ? [] : [...salvageLife(found, life)];
}

/** What is wrong with what came out of damaged bytes, by what is known to have been written. */
export function judge(image: KnownImage, files: readonly Uint8Array[]): string | undefined {
	const buffers = files.map((file) => Buffer.from(file));
	const holds = (bytes: Buffer) => buffers.some((file) => file.indexOf(bytes) >= 0);
	const items = salvaged(files);
	const given = new Set<number>();
	const unproven = new Set<number>();
	let last = 0;
	for (const item of items) {
		if (item.type === "rejected" && item.why === "unproven") unproven.add(item.sequence);
		if (item.type !== "record") continue;
		const { record } = item;
		const real = image.truth[record.sequence - 1];
		if (record.sequence <= last) return `record ${record.sequence} after ${last}`;
		last = record.sequence;
		if (!real || !equalBytes(real.chain, record.chain) || !equalBytes(real.payload, record.payload))
			return `record ${record.sequence} was never written so`;
		if (real.kind !== record.kind || real.flags !== record.flags)
			return `record ${record.sequence} has another head`;
		given.add(record.sequence);
	}
	const intact = new Map<number, boolean>();
	for (const { sequence, bytes, header } of image.frames) {
		if (intact.get(sequence) || !holds(bytes)) continue;
		intact.set(sequence, holds(header));
	}
	// The last group without its end, whole in an older version of its segment only, may never have been confirmed.
	const end = (sequence: number) =>
		image.truth.find((one) => one.sequence >= sequence && one.flags === FLAG_LAST_OF_GROUP);
	const mayBeTorn = (sequence: number) =>
		unproven.has(sequence) && sequence > last && !intact.has(end(sequence)?.sequence ?? 0);
	for (const [sequence, hasHeader] of intact) {
		if (given.has(sequence) || mayBeTorn(sequence)) continue;
		if (hasHeader) return `record ${sequence} is intact and not given`;
		if (given.has(sequence - 1)) return `record ${sequence} follows a given one and is not given`;
	}
	for (const sequence of given) {
		if (!intact.has(sequence)) return `record ${sequence} is intact nowhere`;
	}
	return gapProblem(items, given);
}

/** Gaps are exactly what is missing between the first and the last record that is known of. */
function gapProblem(items: readonly SalvageItem[], given: ReadonlySet<number>): string | undefined {
	let next: number | undefined;
	for (const item of items) {
		if (item.type === "rejected" || item.type === "unfinished") continue;
		const [from, to] =
			item.type === "record" ? [item.record.sequence, item.record.sequence] : [item.from, item.to];
		if (next !== undefined && from !== next) return `${item.type} at ${from}, expected ${next}`;
		if (to < from) return `empty ${item.type}`;
		for (let sequence = from; item.type !== "record" && sequence <= to; sequence++) {
			if (given.has(sequence)) return `record ${sequence} is in a ${item.type} and given`;
		}
		next = to + 1;
	}
	return undefined;
}
