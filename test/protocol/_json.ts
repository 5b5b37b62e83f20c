import type { CborValue } from "../../protocol/cbor.ts";

/** Values of vectors: byte strings stand as `{ "hex": … }`, integers past 2^53 as `{ "integer": … }`. */
export type Json =
	| string
	| number
	| boolean
	| null
	| readonly Json[]
	| { readonly [name: string]: Json };

export function hexOf(bytes: Uint8Array): string {
	let hex = "";
	for (const byte of bytes) hex += byte.toString(16).padStart(2, "0");
	return hex;
}

export function bytesOf(hex: string): Uint8Array {
	const bytes = new Uint8Array(hex.length / 2);
	for (let index = 0; index < bytes.length; index++) {
		bytes[index] = Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16);
	}
	return bytes;
}

export function toJson(value: unknown): Json {
	if (value === null || typeof value === "string" || typeof value === "boolean") return value;
	if (typeof value === "number") return value;
	if (typeof value === "bigint") return { integer: String(value) };
	if (value instanceof Uint8Array) return { hex: hexOf(value) };
	if (Array.isArray(value)) return value.map(toJson);
	if (typeof value === "object") {
		return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, toJson(each)]));
	}
	throw new TypeError(`a ${typeof value} has no form in a vector`);
}

export function cborOf(json: unknown): CborValue {
	if (json === null || typeof json === "string" || typeof json === "boolean") return json;
	if (typeof json === "number") return json;
	if (Array.isArray(json)) return json.map(cborOf);
	if (typeof json === "object" && "hex" in json) return bytesOf(String(json.hex));
	if (typeof json === "object" && "integer" in json) return BigInt(String(json.integer));
	throw new TypeError(`${JSON.stringify(json)} is no CBOR value of a vector`);
}
