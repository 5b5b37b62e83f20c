import { toHex } from "../../protocol/bytes.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { decodeRecord } from "../../protocol/record.ts";
import { toJson } from "../store/book-rows.ts";
import type { StoredRecord } from "../store/records.ts";
import type { RecordView } from "./view.ts";

/** A record as it stands in the journal; one that this version cannot read is shown by its number. */
export function recordViewOf(terminal: string, epoch: number, record: StoredRecord): RecordView {
	const { sequence, chain, kind } = record;
	const place = { terminal, epoch, sequence, chain: toHex(chain) };
	try {
		const decoded = decodeRecord(record);
		const { wallS, zoneMinutes } = decoded.stamp;
		const body: unknown = JSON.parse(toJson(decoded.body));
		return { ...place, kind: decoded.kind, atS: wallS, zoneMinutes, body };
	} catch (error) {
		if (!(error instanceof CloseoutError)) throw error;
		const body = { why: error.message, payload: toHex(record.payload) };
		return { ...place, kind: `unknown ${kind}`, atS: null, zoneMinutes: 0, body };
	}
}
