import type { SkimRange } from "../../firmware/core/journal/skim.ts";
import type { EncodedRecord } from "../../protocol/record.ts";

/** What `Journal.skim` promises, over records that are read one by one; undefined for one that is lost. */
export function skimEach(
	read: (sequence: number) => EncodedRecord | undefined,
	from: number,
	last: number,
	{ kinds, visit, recordsMax, onMissing }: SkimRange,
): number {
	let next = from;
	for (let sequence = from; sequence <= last && next < from + recordsMax; sequence++) {
		const record = read(sequence);
		if (record === undefined && sequence < last) continue;
		const whole = record === undefined ? last + 1 : sequence;
		if (whole > next) onMissing(next, whole - 1);
		next = sequence + 1;
		if (record !== undefined && kinds.has(record.kind)) visit(sequence, record);
	}
	return next;
}
