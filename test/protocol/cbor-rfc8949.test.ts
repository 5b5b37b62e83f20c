import { readdirSync, readFileSync } from "node:fs";
import test from "ava";
import { decodeCbor, encodeCbor } from "../../protocol/cbor.ts";
import type { ErrorCode } from "../../protocol/error.ts";
import { CBOR_DEPTH_MAX } from "../../protocol/limits.ts";
import { hasSamples, samples } from "../_helper/samples.ts";
import { bytesOf, hexOf, toJson } from "./_json.ts";

const why = hasSamples("cbor") ? "" : " (skipped: no sample data in ../shared/data)";
const dataTest = hasSamples("cbor") ? test : test.skip;

function read(name: string): string {
	return readFileSync(new URL(name, samples("cbor")), "utf8");
}

/** What must come of a well-formed item, by the initial bytes of RFC 8949, section 3, and nothing of our decoder. */
function expectedOf(bytes: Uint8Array): ErrorCode | "ok" {
	const view = new DataView(bytes.buffer);
	// How many items are still to come, of the whole and of each array that is open.
	const left = [1n];
	let offset = 0;
	while (left.length > 0) {
		const due = left.pop() ?? 0n;
		if (due === 0n) continue;
		left.push(due - 1n);
		const initial = bytes[offset] ?? 0;
		const major = initial >> 5;
		const info = initial & 31;
		if (major >= 5 && ![0xf4, 0xf5, 0xf6].includes(initial)) return "CBOR_UNSUPPORTED";
		if (info === 31) return "CBOR_UNSUPPORTED";
		offset += 1;
		if (major === 7) continue;
		const size = info < 24 ? 0 : 2 ** (info - 24);
		let argument = BigInt(info);
		if (size > 0) {
			argument = 0n;
			for (let at = 0; at < size; at++)
				argument = argument * 256n + BigInt(view.getUint8(offset + at));
			const least = size === 1 ? 24n : 2n ** BigInt(size * 4);
			if (argument < least) return "CBOR_NOT_CANONICAL";
		}
		offset += size;
		if (major === 2 || major === 3) offset += Number(argument);
		if (major === 4 && left.length > CBOR_DEPTH_MAX) return "LIMIT";
		if (major === 4) left.push(argument);
	}
	return "ok";
}

dataTest(`RFC 8949, appendix A: ours come back byte for byte, the rest is refused${why}`, (t) => {
	const vectors: readonly { readonly hex: string; readonly decoded?: unknown }[] = JSON.parse(
		read("appendix_a.json"),
	);
	const counts = new Map<string, number>();
	for (const { hex, decoded } of vectors) {
		const bytes = bytesOf(hex);
		const expected = expectedOf(bytes);
		counts.set(expected, (counts.get(expected) ?? 0) + 1);
		if (expected === "ok") {
			const value = decodeCbor(bytes);
			t.is(hexOf(encodeCbor(value)), hex);
			const isExact = !hex.endsWith("ffffffffffffffff");
			if (decoded !== undefined && isExact) t.deepEqual(toJson(value), toJson(decoded), hex);
		} else {
			t.throws(() => decodeCbor(bytes), { code: expected }, hex);
		}
	}
	t.deepEqual(Object.fromEntries(counts), { ok: 32, CBOR_UNSUPPORTED: 50 });
});

dataTest(`good vectors of the CBOR working group${why}`, (t) => {
	const files = readdirSync(samples("cbor")).filter((name) => name.endsWith(".edn"));
	let count = 0;
	for (const file of files) {
		for (const [, quoted = ""] of read(file).matchAll(/"encoded": h'([^']*)'/g)) {
			const bytes = bytesOf(quoted.replace(/#[^\n]*/g, "").replace(/\s/g, ""));
			const expected = expectedOf(bytes);
			if (expected === "ok") t.deepEqual(encodeCbor(decodeCbor(bytes)), bytes, quoted);
			else t.throws(() => decodeCbor(bytes), { code: expected }, `${file}: ${quoted}`);
			count += 1;
		}
	}
	t.true(count > 100, `${count} vectors in ${files.length} files`);
});

dataTest(`malformed vectors of the CBOR working group are refused${why}`, (t) => {
	const vectors: readonly { readonly hex: string; readonly description: string }[] = JSON.parse(
		read("wg_rfc8949_bad.json"),
	);
	for (const { hex, description } of vectors) {
		const error = t.throws(() => decodeCbor(bytesOf(hex)), { name: "CloseoutError" }, description);
		// What lies within a map, a tag or an indefinite item is never looked at: the item is refused at its head.
		const first = Number.parseInt(hex.slice(0, 2), 16);
		const isForeign = first >= 0xa0 ? first < 0xfc : (first & 31) === 31;
		const isDeep = hex.length > 100;
		const code = isDeep ? "LIMIT" : isForeign ? "CBOR_UNSUPPORTED" : "CBOR_MALFORMED";
		t.like(error, { code }, description);
	}
	t.true(vectors.length > 30);
});
