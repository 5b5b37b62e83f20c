import { Encoder } from "cbor-x/encode";
import { decodeCbor } from "../../../protocol/cbor.ts";
import { decodeRecord, type EncodedRecord, encodeRecord } from "../../../protocol/record.ts";
import { decodeText, encodeText } from "../../emulator/engine/wire.ts";

/**
 * Runs inside XS: encodes the same records with our codec or with cbor-x, so many times. Each command names who
 * encodes and how often; what was made is thrown away. The last answer's bytes are given back for comparison.
 */
interface Order {
	readonly who: "ours" | "peer";
	readonly rounds: number;
}

interface Given {
	readonly kind: number;
	/** Bytes of the payload. */
	readonly payload: readonly number[];
}

/** Makes the engine ready for orders about these records. */
export function install(given: readonly Given[]): void {
	const encoder = new Encoder({ useRecords: false, structuredClone: false });
	const encoded: EncodedRecord[] = given.map(({ kind, payload }) => ({
		kind,
		payload: Uint8Array.from(payload),
	}));
	const records = encoded.map(decodeRecord);
	const items = encoded.map(({ payload }) => decodeCbor(payload));
	const ours = () => {
		let bytes = 0;
		for (const { kind, stamp, body } of records) {
			bytes += encodeRecord(kind, stamp, body).payload.length;
		}
		return bytes;
	};
	const peer = () => {
		let bytes = 0;
		for (const item of items) bytes += encoder.encode(item).length;
		return bytes;
	};
	Reflect.set(globalThis, "handleCommand", (request: ArrayBuffer): ArrayBufferLike => {
		const { who, rounds }: Order = JSON.parse(decodeText(new Uint8Array(request)));
		let bytes = 0;
		for (let round = 0; round < rounds; round++) bytes = who === "ours" ? ours() : peer();
		return encodeText(String(bytes)).buffer;
	});
}
