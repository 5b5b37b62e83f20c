import { concatBytes } from "../../protocol/bytes.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import { connectPorts, type PortCall } from "../emulator/engine/stubs.ts";

/** What stands for `node:crypto` in XS, as far as unit tests need it: SHA-256 and its HMAC, by the parent. */
declare const issueCommand: PortCall;

const { digest } = connectPorts(issueCommand);

interface Hash {
	update(bytes: Uint8Array | string): Hash;
	digest(encoding?: "hex"): Uint8Array | string;
}

export function createHash(algorithm: string): Hash {
	return makeHash(algorithm, (bytes) => digest.sha256(bytes));
}

export function createHmac(algorithm: string, key: Uint8Array | string): Hash {
	const keyBytes = toBytes(key);
	return makeHash(algorithm, (bytes) => digest.hmacSha256(keyBytes, bytes));
}

function makeHash(algorithm: string, finish: (bytes: Uint8Array) => Uint8Array): Hash {
	if (algorithm !== "sha256") throw new RangeError(`no ${algorithm} in XS, only sha256`);
	const parts: Uint8Array[] = [];
	const hash: Hash = {
		update(bytes) {
			parts.push(toBytes(bytes));
			return hash;
		},
		digest(encoding) {
			const result = finish(concatBytes(...parts));
			if (encoding === undefined) return result;
			return [...result].map((byte) => byte.toString(16).padStart(2, "0")).join("");
		},
	};
	return hash;
}

function toBytes(value: Uint8Array | string): Uint8Array {
	return typeof value === "string" ? encodeUtf8(value) : value;
}
