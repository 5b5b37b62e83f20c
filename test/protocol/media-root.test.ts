import test from "ava";
import { concatBytes } from "../../protocol/bytes.ts";
import { crc32c } from "../../protocol/crc.ts";
import {
	chooseRoot,
	decodeRoot,
	decodeTerminalId,
	deriveSalt,
	encodeRoot,
	ROOT_BYTES,
	type Root,
	type RootSlot,
	readRootSlot,
} from "../../protocol/media.ts";
import { u64, viewOf } from "../../protocol/media-bytes.ts";
import { encodeUtf8 } from "../../protocol/utf8.ts";
import { sha256 } from "./_digest.ts";
import { hexOf } from "./_json.ts";
import { journalOf, nonce } from "./_media.ts";

const { root } = journalOf([2]);

/** Root bytes with a field changed and both checksums made again, as only a program of ours would write them. */
function resealed(change: (bytes: Uint8Array, view: DataView) => void): Uint8Array {
	const bytes = encodeRoot(root, sha256);
	const view = viewOf(bytes);
	change(bytes, view);
	bytes.set(sha256(bytes.slice(0, 476)), 476);
	view.setUint32(508, crc32c(bytes, 0, 508));
	return bytes;
}

test("each state, intent and sign of a root comes back", (t) => {
	const salt = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
	const changes: readonly Partial<Root>[] = [
		{ state: "closed", intent: { kind: "none" } },
		{ state: "open", intent: { kind: "begin", number: 2, salt } },
		{ state: "recovered", intent: { kind: "rebuild", number: 1, salt } },
		{ retired: true },
		{ untold: true },
		{ tornBytes: 7, repairedRecords: 8, staleRecords: 9 },
	];
	for (const change of changes) {
		const changed = { ...root, ...change };
		t.deepEqual(decodeRoot(encodeRoot(changed, sha256), sha256), changed);
	}
});

test("what a root does not use is zero", (t) => {
	const bytes = encodeRoot(root, sha256);
	t.deepEqual(bytes.slice(106, 112), new Uint8Array(6));
	t.deepEqual(bytes.slice(264, 476), new Uint8Array(212));
});

test("a root that is sealed rightly and says what cannot be is none", (t) => {
	t.not(
		decodeRoot(
			resealed(() => {}),
			sha256,
		),
		undefined,
	);
	const wrong: Readonly<Record<string, (bytes: Uint8Array, view: DataView) => void>> = {
		"another magic": (_, view) => view.setUint8(0, 0x44),
		"another version": (_, view) => view.setUint16(4, 2),
		"another length": (_, view) => view.setUint16(6, 511),
		"a state of later": (_, view) => view.setUint8(80, 3),
		"an intent of later": (_, view) => view.setUint8(81, 3),
		"no terminal": (bytes) => void bytes.fill(0, 24, 56),
		"a layout that cannot be": (_, view) => view.setUint32(96, 500),
		"the first reserved byte": (_, view) => view.setUint8(280, 1),
		"the last reserved byte": (_, view) => view.setUint8(475, 1),
	};
	for (const [name, change] of Object.entries(wrong))
		t.is(decodeRoot(resealed(change), sha256), undefined, name);
});

test("each checksum of a root is looked at, and its length", (t) => {
	const whole = encodeRoot(root, sha256);
	const view = viewOf(whole);
	t.is(decodeRoot(concatBytes(whole, Uint8Array.of(0)), sha256), undefined);
	const badHash = whole.slice();
	badHash[476] = (badHash[476] ?? 0) ^ 1;
	viewOf(badHash).setUint32(508, crc32c(badHash, 0, 508));
	t.is(decodeRoot(badHash, sha256), undefined, "a hash that does not fit under a CRC that does");
	view.setUint32(508, view.getUint32(508) ^ 1);
	t.is(decodeRoot(whole, sha256), undefined, "a CRC that does not fit over a hash that does");
});

test("a terminal's name is ASCII up to its zeros, and nothing behind them", (t) => {
	const field = (text: string) => concatBytes(encodeUtf8(text), new Uint8Array(32 - text.length));
	t.is(decodeTerminalId(field("shop-0001")), "shop-0001");
	t.is(decodeTerminalId(field("s".repeat(32))), "s".repeat(32));
	for (const text of ["", "abc", "Shop-0001", "shop-0001\0x"])
		t.is(decodeTerminalId(field(text)), undefined, JSON.stringify(text));
});

test("a salt is the hash of nonce and root sequence", (t) => {
	const expected = sha256(concatBytes(encodeUtf8("closeout/salt/1\0"), nonce, u64(5))).slice(0, 8);
	t.is(hexOf(deriveSalt(nonce, 5, sha256)), hexOf(expected));
	t.notDeepEqual(deriveSalt(nonce, 6, sha256), expected);
});

const at = (sequence: number) => encodeRoot({ ...root, sequence }, sha256);
const erased = new Uint8Array(ROOT_BYTES).fill(0xff);
const noise = new Uint8Array(ROOT_BYTES).fill(0x5a);

function slotOf(...places: readonly Uint8Array[]): RootSlot {
	return readRootSlot(concatBytes(...places), 0xff, sha256);
}

test("a slot holds the root with the highest sequence, and says what is used and damaged", (t) => {
	const facts = ({ root: found, ...rest }: RootSlot) => [found?.sequence, rest];
	const bytes = at(9);
	t.deepEqual(facts(slotOf(erased, erased)), [
		undefined,
		{ bytes: undefined, sequence: 0, used: 0, damaged: 0 },
	]);
	t.deepEqual(facts(slotOf(at(8), bytes, erased)), [
		9,
		{ bytes, sequence: 9, used: 2, damaged: 0 },
	]);
	t.deepEqual(facts(slotOf(bytes, at(8))), [9, { bytes, sequence: 9, used: 2, damaged: 0 }]);
	t.deepEqual(facts(slotOf(noise, bytes, noise, erased)), [
		9,
		{ bytes, sequence: 9, used: 3, damaged: 2 },
	]);
	t.deepEqual(facts(slotOf(erased, bytes)), [9, { bytes, sequence: 9, used: 2, damaged: 0 }]);
	t.deepEqual(facts(readRootSlot(bytes.subarray(0, 511), 0xff, sha256)), [
		undefined,
		{ bytes: undefined, sequence: 0, used: 0, damaged: 0 },
	]);
});

test("a slot that cannot be read takes no root any more", (t) => {
	t.deepEqual(readRootSlot(undefined, 0xff, sha256), {
		root: undefined,
		bytes: undefined,
		sequence: 0,
		used: Number.POSITIVE_INFINITY,
		damaged: 1,
	});
});

test("the newest root of two slots counts; one that stands alone only when none agree", (t) => {
	const choose = (...sequences: readonly (number | undefined)[]) => {
		const slots = sequences.map((sequence) =>
			slotOf(sequence === undefined ? erased : at(sequence)),
		);
		const choice = chooseRoot(slots);
		return choice && [choice.root.sequence, choice.holders];
	};
	t.deepEqual(choose(5, 5, 5, 5), [5, [0, 1, 2, 3]]);
	t.deepEqual(choose(6, 5, 5, 5), [5, [1, 2, 3]]);
	t.deepEqual(choose(5, 5, 5, 6), [5, [0, 1, 2]]);
	t.deepEqual(choose(6, 6, 5, 5), [6, [0, 1]]);
	t.deepEqual(choose(5, 5, 6, 6), [6, [2, 3]]);
	t.deepEqual(choose(5, 6, 7, 8), [8, [3]]);
	t.deepEqual(choose(8, 7, 6, 5), [8, [0]]);
	t.deepEqual(choose(undefined, undefined, undefined, 4), [4, [3]]);
	t.is(choose(undefined, undefined, undefined, undefined), undefined);
});
