import { createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import test from "ava";
import { VaultSigner } from "../../firmware/signer/vault-signer.ts";
import {
	cosignedBytes,
	formatCheckpoint,
	parseCheckpoint,
	streamName,
} from "../../protocol/checkpoint.ts";
import { keyIdOf, noteKeyType, parseNote, signatureOf } from "../../protocol/note.ts";
import { MemoryVault } from "../_helper/shop.ts";
import { sha256 } from "./_digest.ts";
import { bytesOf, hexOf } from "./_json.ts";
import type { checkpointVectors } from "./_vectors-checkpoint.ts";

/** As text: what the code under test has not written. */
const path = new URL("../../protocol/vectors/checkpoint.json", import.meta.url);
const vectors: typeof checkpointVectors = JSON.parse(readFileSync(path, "utf8"));

/** Ed25519 by the platform's library. */
function isSignature(publicKey: string, bytes: Uint8Array, signature: Uint8Array): boolean {
	const x = Buffer.from(publicKey, "hex").toString("base64url");
	const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x }, format: "jwk" });
	return verify(null, bytes, key, signature);
}

for (const vector of vectors.heads) {
	const { tenant, terminal, epoch, first, size, text, note } = vector;
	const head = {
		...{ tenant, terminal, epoch, first, size },
		root: bytesOf(vector.root),
		chain: bytesOf(vector.chain),
	};

	test(`text of a head: ${vector.name}`, (t) => {
		t.is(formatCheckpoint(head), text);
		t.deepEqual(parseCheckpoint(text), head);
	});

	test(`the platform's library verifies both signatures: ${vector.name}`, (t) => {
		const { signatures, text: signedText } = parseNote(note);
		t.is(signedText, text);
		const [own, cosigned] = signatures;
		t.is(own?.name, streamName(head));
		t.is(hexOf(own?.keyId ?? new Uint8Array()), vector.keyId);
		t.true(isSignature(vector.publicKey, Buffer.from(text), own?.signature ?? new Uint8Array()));
		const line = Buffer.from(cosigned?.signature ?? []);
		t.is(Number(line.readBigUInt64BE(0)), vector.timeS);
		const message = `cosignature/v1\ntime ${vector.timeS}\n${text}`;
		t.true(isSignature(vector.hostKey, Buffer.from(message), line.subarray(8)));
		t.is(Buffer.from(cosignedBytes(head, vector.timeS)).toString(), message);
	});

	test(`the terminal's signer makes and verifies the same: ${vector.name}`, (t) => {
		const vault = new MemoryVault();
		vault.write("signer.seed", bytesOf(vector.seed));
		const signer = new VaultSigner({
			vault,
			entropy: { read: () => t.fail() && new Uint8Array() },
		});
		t.is(hexOf(signer.publicKey()), vector.publicKey);
		const bytes = new Uint8Array(Buffer.from(text));
		t.is(hexOf(signer.sign(bytes)), vector.signature);
		t.true(signer.verify(signer.publicKey(), bytes, bytesOf(vector.signature)));
		t.false(signer.verify(signer.publicKey(), bytes.slice(1), bytesOf(vector.signature)));
		t.false(signer.verify(new Uint8Array(32).fill(0xff), bytes, bytesOf(vector.signature)));
		t.true(
			signer.verify(
				bytesOf(vector.hostKey),
				cosignedBytes(head, vector.timeS),
				bytesOf(vector.cosignature),
			),
		);
	});

	test(`a line is found by its key only: ${vector.name}`, (t) => {
		const publicKey = bytesOf(vector.publicKey);
		const key = { name: streamName(head), type: noteKeyType.ed25519, publicKey };
		const found = signatureOf(parseNote(note), key, sha256);
		t.is(hexOf(found ?? new Uint8Array()), vector.signature);
		const other = { ...key, publicKey: new Uint8Array(32) };
		t.is(signatureOf(parseNote(note), other, sha256), undefined);
	});
}

for (const { name, text } of vectors.badTexts) {
	test(`no head of ours: ${name}`, (t) => {
		t.throws(() => parseCheckpoint(text), { code: "SCHEMA" });
	});
}

test("key ids are those of the checksum database of Go, whose verifier key is public", (t) => {
	const [name = "", id = "", key = ""] =
		"sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8".split(/\+(.{8})\+/s);
	const [type, ...publicKey] = Buffer.from(key, "base64");
	t.is(type, noteKeyType.ed25519);
	const made = keyIdOf(
		{ name, type: noteKeyType.ed25519, publicKey: Uint8Array.from(publicKey) },
		sha256,
	);
	t.is(hexOf(made), id);
});

test("a signer makes its seed once and keeps it", (t) => {
	const vault = new MemoryVault();
	const entropy = { read: (length: number) => new Uint8Array(length).fill(9) };
	const first = new VaultSigner({ vault, entropy }).publicKey();
	const later = new VaultSigner({ vault, entropy: { read: () => new Uint8Array(32) } });
	t.deepEqual(later.publicKey(), first);
});

test("what is no note is refused", (t) => {
	const note = vectors.heads[0]?.note ?? "";
	for (const bad of ["", "text\n", "text\n\n", `${note}more`, note.replace("— ", "- ")])
		t.throws(() => parseNote(bad), { code: "SCHEMA" }, JSON.stringify(bad));
});
