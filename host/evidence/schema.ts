import { Type } from "typebox";
import { Value } from "typebox/value";
import { BUNDLE_FORMAT, type Manifest } from "./bundle.ts";
import type { Excerpt } from "./journal.ts";

/** What a bundle of somebody else may hold, checked before anything of it is believed. */

const hash = Type.String({ pattern: "^[0-9a-f]{64}$" });
const count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const name = Type.String({ minLength: 1, maxLength: 200, pattern: "^[A-Za-z0-9._/-]+$" });

const manifest = Type.Object({
	format: Type.Literal(BUNDLE_FORMAT),
	version: Type.Literal(1),
	tenant: Type.String(),
	case: Type.String(),
	createdS: count,
	hostKey: Type.String(),
	journalKeys: Type.Array(Type.String(), { maxItems: 1_000 }),
	parts: Type.Array(Type.Object({ name, size: count, sha256: hash }), { maxItems: 5_000 }),
});

const excerpt = Type.Object({
	terminal: Type.String(),
	epoch: count,
	watermark: count,
	records: Type.Array(
		Type.Object({
			sequence: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
			kind: Type.Integer({ minimum: 0, maximum: 255 }),
			flags: Type.Integer({ minimum: 0, maximum: 255 }),
			payload: Type.String({ pattern: "^([0-9a-f]{2})*$", maxLength: 131_070 }),
			says: Type.Object({
				kind: Type.String(),
				atS: Type.Union([Type.Integer(), Type.Null()]),
				body: Type.Unknown(),
			}),
			proof: Type.Union([
				Type.Null(),
				Type.Object({ index: count, path: Type.Array(hash, { maxItems: 64 }) }),
			]),
		}),
		{ maxItems: 10_000 },
	),
});

/** Undefined for bytes that are no manifest of this version. */
export function readManifest(bytes: Uint8Array): Manifest | undefined {
	const value = parse(bytes);
	return Value.Check(manifest, value) ? value : undefined;
}

/** Undefined for bytes that are no excerpt of a journal. */
export function readExcerpt(bytes: Uint8Array): Excerpt | undefined {
	const value = parse(bytes);
	return Value.Check(excerpt, value) ? value : undefined;
}

function parse(bytes: Uint8Array): unknown {
	try {
		return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
	} catch {
		return undefined;
	}
}
