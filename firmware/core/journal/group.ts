import { CloseoutError } from "../../../protocol/error.ts";
import {
	GROUP_BYTES_MAX,
	GROUP_RECORDS_MAX,
	RECORD_PAYLOAD_BYTES_MAX,
} from "../../../protocol/limits.ts";
import {
	FLAG_LAST_OF_GROUP,
	frameBytes,
	type JournalRecord,
	nextChain,
	type Position,
	type Sha256,
} from "../../../protocol/media.ts";

/** A record to be appended. What it means is not the journal's business. */
export interface NewRecord {
	readonly kind: number;
	readonly payload: Uint8Array;
}

/** Bytes that a group takes on the media. Throws `LIMIT` for a group that breaks one. */
export function checkedGroupBytes(records: readonly NewRecord[], alignBytes: number): number {
	if (records.length < 1 || records.length > GROUP_RECORDS_MAX)
		throw limit(`group of ${records.length} records; 1 to ${GROUP_RECORDS_MAX} at once`);
	let bytes = 0;
	for (const { kind, payload } of records) {
		if (!Number.isInteger(kind) || kind < 0 || kind > 255)
			throw limit(`record kind ${kind} is not 0 to 255`);
		if (payload.length > RECORD_PAYLOAD_BYTES_MAX)
			throw limit(`record of ${payload.length} bytes; at most ${RECORD_PAYLOAD_BYTES_MAX}`);
		bytes += frameBytes(payload.length, alignBytes);
	}
	if (bytes > GROUP_BYTES_MAX)
		throw limit(`group of ${bytes} bytes on the media; at most ${GROUP_BYTES_MAX}, so split it`);
	return bytes;
}

function limit(message: string): CloseoutError {
	return new CloseoutError("LIMIT", message);
}

/** Numbers the records of a group after the head and chains them to it. */
export function chainGroup(
	records: readonly NewRecord[],
	head: Position,
	sha256: Sha256,
): readonly JournalRecord[] {
	let { sequence, chain } = head;
	return records.map(({ kind, payload }, index) => {
		sequence += 1;
		const flags = index === records.length - 1 ? FLAG_LAST_OF_GROUP : 0;
		const record = { sequence, kind, flags, payload };
		chain = nextChain(chain, record, sha256);
		return { ...record, chain };
	});
}
