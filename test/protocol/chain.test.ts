import test from "ava";
import {
	encodeFrameHead,
	frameType,
	gapChain,
	genesisChain,
	nextChain,
} from "../../protocol/chain.ts";
import { encodeRecord } from "../../protocol/record.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import vectors from "../../protocol/vectors/chain.json" with { type: "json" };
import { hmac, sha256 } from "./_digest.ts";
import { bytesOf, hexOf } from "./_json.ts";

for (const { name, terminal, epoch, chain } of vectors.genesis) {
	test(`genesis of the ${name}`, (t) => {
		t.is(hexOf(genesisChain(terminal, epoch, sha256)), chain);
		const bytes = [...encodeUtf8("closeout/genesis/1"), 0, ...encodeUtf8(terminal), 0];
		t.is(hexOf(sha256(Uint8Array.of(...bytes, 0, 0, 0, 0, 0, 0, 0, epoch))), chain);
	});
}

for (const { name, sequence, kind, flags, head, chain, ...rest } of [
	...vectors.records,
	...vectors.lateRecords,
]) {
	test(`chain of record ${name}`, (t) => {
		const payload = bytesOf(rest.payload);
		const previous = bytesOf(rest.previous);
		const length = payload.length;
		const made = encodeFrameHead({ type: frameType.record, kind, flags, length, sequence });
		t.is(hexOf(made), head);
		t.is(hexOf(nextChain(previous, { kind, flags, sequence, payload }, sha256)), chain);
		t.is(hexOf(sha256(bytesOf(rest.previous + head + rest.payload))), chain);
	});
}

for (const { name, from, to, previous, damageHash, chain } of vectors.gaps) {
	test(`chain behind ${name}`, (t) => {
		const gap = { from, to, hash: bytesOf(damageHash) };
		t.is(hexOf(gapChain(bytesOf(previous), gap, sha256)), chain);
	});
}

test("the digests of the tests are those of the standards", (t) => {
	// FIPS 180-4 for "abc", and RFC 4231, test case 2.
	const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	t.is(hexOf(sha256(encodeUtf8("abc"))), abc);
	const mac = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
	t.is(hexOf(hmac(encodeUtf8("Jefe"), encodeUtf8("what do ya want for nothing?"))), mac);
});

test("each part of a record counts", (t) => {
	const stamp = { wallS: 0, zoneMinutes: 0, boot: 0, monotonicMs: 0 };
	const { kind, payload } = encodeRecord("shiftOpen", stamp, { shift: 1, operator: "op" });
	const record = { kind, flags: 1, sequence: 1, payload };
	const previous = new Uint8Array(32);
	const chains = [
		nextChain(previous, record, sha256),
		nextChain(new Uint8Array(32).fill(1), record, sha256),
		nextChain(previous, { ...record, kind: 13 }, sha256),
		nextChain(previous, { ...record, flags: 0 }, sha256),
		nextChain(previous, { ...record, sequence: 2 }, sha256),
		nextChain(previous, { ...record, payload: payload.slice(1) }, sha256),
	];
	t.is(new Set(chains.map(hexOf)).size, chains.length);
});
