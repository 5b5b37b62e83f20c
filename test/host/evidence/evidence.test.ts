import test from "ava";
import { packBundle } from "../../../host/evidence/bundle.ts";
import { exportEvidence } from "../../../host/evidence/export.ts";
import { readManifest } from "../../../host/evidence/schema.ts";
import { verifyEvidence } from "../../../host/evidence/verify.ts";
import { hostKeyName } from "../../../host/host-key.ts";
import { parseAnyKey } from "../../../host/import/head.ts";
import { keyOfSeed, testHostKey } from "../../_helper/head-keys.ts";
import { storePlaces } from "../../_helper/stores.ts";
import { EVIDENCE_NOW_S, evidenceOfForgotten, partsOf, repacked } from "./_setup.ts";

const text = (part: Uint8Array | undefined) => new TextDecoder().decode(part);

function wrongOf(bytes: Uint8Array, keys: Parameters<typeof verifyEvidence>[1] = []) {
	const { isRight, findings } = verifyEvidence(bytes, keys);
	const wrong = findings.filter(({ type }) => type !== "good" && type !== "held");
	const told = wrong.map(({ type, part, sequence }) =>
		sequence === 0 ? `${type} ${part}` : `${type} ${part} ${sequence}`,
	);
	return { isRight, told };
}

const other = keyOfSeed(new Uint8Array(32).fill(9));
const otherHost = { ...other, name: hostKeyName(other.publicKey) };

for (const place of await storePlaces()) {
	test(`${place.name}: the evidence of a case holds what proves it, and fits`, async (t) => {
		const { bytes, id } = await evidenceOfForgotten(t, place);
		const verified = verifyEvidence(bytes, []);
		t.like(verified, { isRight: true, case: id, isKeyGiven: false });
		const names = Object.keys(partsOf(bytes));
		const general = names.map((name) => name.replace(/1\.\d+\.(en|zh)/, "1.N.$1"));
		t.deepEqual(general, [
			"manifest.json",
			"manifest.note",
			"claim.zh-CN.html",
			"claim.en.html",
			"case.json",
			"rows.json",
			"journal/till-0001.1.json",
			"journal/till-0001.1.note",
			"slip/till-0001.1.N.zh-CN.svg",
			"slip/till-0001.1.N.en.svg",
		]);
		t.true(
			verified.findings.every(({ type }) => type === "good"),
			JSON.stringify(verified),
		);
	});
}

test("the claim form says what is claimed, in both languages, and how to check it", async (t) => {
	const { bytes, id } = await evidenceOfForgotten(t);
	const parts = partsOf(bytes);
	const en = text(parts["claim.en.html"]);
	t.true(en.includes(`<h1>Claim ${id}</h1>`));
	t.regex(en, /missing at the acquirer[\s\S]*in the signed head over records 1 to \d+/);
	t.regex(en, /<svg[\s\S]*closeout evidence verify/);
	t.regex(text(parts["claim.zh-CN.html"]), /差错申请[\s\S]*收单漏单[\s\S]*签名树头/);
	t.notRegex(en, /<script|https?:\/\/(?!www\.w3\.org)/);
});

test("every byte of every part counts", async (t) => {
	const { bytes } = await evidenceOfForgotten(t);
	for (const [name, part] of Object.entries(partsOf(bytes))) {
		for (let at = 0; at < part.length; at += Math.max(1, Math.floor(part.length / 40))) {
			const altered = part.slice();
			altered[at] = (altered[at] ?? 0) ^ 1;
			const { isRight, told } = wrongOf(repacked(bytes, { [name]: altered }));
			t.false(isRight, `${name} at ${at}`);
			const isNamed = told.some((line) => line.includes(name)) || name.startsWith("manifest.");
			t.true(isNamed, `${name} at ${at}: ${told.join("; ")}`);
		}
		const { told } = wrongOf(repacked(bytes, { [name]: undefined }));
		t.true(told.includes(`missing ${name}`), `${name} left out: ${told.join("; ")}`);
	}
});

test("no byte of the file can change and leave other parts unnoticed", async (t) => {
	const { bytes } = await evidenceOfForgotten(t);
	const before = JSON.stringify(partsOf(bytes));
	for (let at = 0; at < bytes.length; at += 7) {
		const altered = bytes.slice();
		altered[at] = (altered[at] ?? 0) ^ 0x11;
		if (!verifyEvidence(altered, []).isRight) continue;
		t.is(JSON.stringify(partsOf(altered)), before, `byte ${at}`);
	}
});

test("a part that nobody signed for, and one that is there twice, are named", async (t) => {
	const { bytes } = await evidenceOfForgotten(t);
	t.deepEqual(wrongOf(repacked(bytes, { "note.txt": "hello" })).told, ["extra note.txt"]);
	const twice = repacked(bytes, { "case.jsoN": "{}" });
	const place = Buffer.from(twice).lastIndexOf("case.jsoN");
	twice[place + 8] = "n".charCodeAt(0);
	t.true(wrongOf(twice).told.includes("twice case.json"));
	t.deepEqual(wrongOf(new Uint8Array(100)).told, ["archive "]);
	t.deepEqual(wrongOf(bytes.slice(0, bytes.length / 2)).told, ["archive "]);
});

test("a bundle of another host is only right for who trusts that host", async (t) => {
	const { bytes } = await evidenceOfForgotten(t);
	const manifest = readManifest(partsOf(bytes)["manifest.json"] ?? new Uint8Array());
	const key = parseAnyKey(manifest?.hostKey ?? "");
	t.like(verifyEvidence(bytes, [key]), { isRight: true, isKeyGiven: true });
	const stranger = { ...key, name: otherHost.name, publicKey: other.publicKey };
	t.deepEqual(wrongOf(bytes, [stranger]).told, ["otherKey manifest.note"]);
	const journal = parseAnyKey(manifest?.journalKeys[0] ?? "");
	t.true(wrongOf(bytes, [key, journal]).isRight);
	const told = wrongOf(bytes, [{ ...journal, publicKey: other.publicKey }]).told;
	t.regex(told.join(), /^otherKey journal\/till-0001\.1\.note$/);
});

test("a liar who signs anew cannot make a record that the terminal has not signed", async (t) => {
	const { bytes, id } = await evidenceOfForgotten(t);
	const parts = partsOf(bytes);
	const name = "journal/till-0001.1.json";
	const manifest = readManifest(parts["manifest.json"] ?? new Uint8Array());
	if (manifest === undefined) return t.fail();
	const lie = (changed: string) => {
		const own = Object.entries({ ...parts, [name]: new TextEncoder().encode(changed) })
			.filter(([part]) => !part.startsWith("manifest."))
			.map(([part, inner]) => ({ name: part, bytes: inner }));
		const { tenant, createdS, hostKey, journalKeys } = manifest;
		return packBundle({ tenant, case: id, createdS, hostKey, journalKeys }, own, testHostKey);
	};
	const held = text(parts[name]);
	t.true(wrongOf(lie(held)).isRight);
	const said = held.replace('"amountMinor": ', '"amountMinor": 9');
	t.not(said, held);
	t.regex(wrongOf(lie(said)).told.join(), /^proof journal\/till-0001\.1\.json \d+$/);
	const moved = held.replace(/"index": (\d+)/, (_, index) => `"index": ${Number(index) + 1}`);
	t.regex(wrongOf(lie(moved)).told.join(), /^proof /);
	const unproven = held.replace(/"proof": \{[^}]*\}/, '"proof": null');
	t.true(wrongOf(lie(unproven)).isRight, "it is said to be held by the host alone");
	t.regex(wrongOf(lie(held.replace('"epoch": 1', '"epoch": 2'))).told.join(), /^stream /);
});

test("a card number that stands in a case does not get into its evidence", async (t) => {
	const { store, source, id } = await evidenceOfForgotten(t);
	const said = { by: "Li Wei", text: "card 4111 1111 1111 1111" };
	await store.commentCase({ tenant: "shop", id, ...said });
	const nowS = () => EVIDENCE_NOW_S;
	const bytes = await exportEvidence({ store, source, id, hostKey: testHostKey, nowS });
	const parts = partsOf(bytes);
	t.regex(text(parts["case.json"]), /card \*\*\*\*1111/);
	for (const [name, part] of Object.entries(parts)) t.notRegex(text(part), /4111 ?1111/, name);
});
