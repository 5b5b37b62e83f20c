import {
	encodeRecord,
	type RecordBody,
	type RecordKind,
	type Stamp,
} from "../../protocol/record.ts";
import { hexOf, toJson } from "./_json.ts";

const evening: Stamp = {
	wallS: 1_795_259_109,
	zoneMinutes: 480,
	boot: 17,
	monotonicMs: 86_400_123,
};
export const least: Stamp = { wallS: 0, zoneMinutes: -1080, boot: 0, monotonicMs: 0 };
export const most: Stamp = {
	wallS: Number.MAX_SAFE_INTEGER,
	zoneMinutes: 1080,
	boot: 4_294_967_295,
	monotonicMs: Number.MAX_SAFE_INTEGER,
};
export const hash = new Uint8Array(32).fill(0xab);
export const far = Number.MAX_SAFE_INTEGER;
export const count = 4_294_967_295;

/** A good vector of one record. */
export function record<K extends RecordKind>(
	name: string,
	kind: K,
	body: RecordBody<K>,
	stamp: Stamp = evening,
) {
	const { kind: number, payload } = encodeRecord(kind, stamp, body);
	return { name, kind, number, stamp: toJson(stamp), body: toJson(body), hex: hexOf(payload) };
}
