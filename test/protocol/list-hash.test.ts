import { createHash } from "node:crypto";
import test from "ava";
import fc from "fast-check";
import { concatBytes, toHex } from "../../protocol/bytes.ts";
import { LIST_PAGE_ROWS } from "../../protocol/limits.ts";
import {
	formatListSeal,
	ListHash,
	type ListRow,
	type ListSeal,
	listPageHashes,
	netMinor,
	parseListSeal,
} from "../../protocol/list-hash.ts";

function sha256(bytes: Uint8Array): Uint8Array {
	return new Uint8Array(createHash("sha256").update(bytes).digest());
}

const sale: ListRow = {
	sequence: 2,
	transaction: 1,
	type: "sale",
	group: "domestic",
	amountMinor: 1_250,
	trace: 7,
};

const seal: ListSeal = {
	terminal: "shop-0001",
	epoch: 3,
	subject: 40,
	first: 1,
	last: 39,
	rowCount: 12,
	netMinor: -4_500,
	currency: "CNY",
	hash: "0123456789abcdef".repeat(4),
};

test("a row counts with the 32 bytes that the definition names", (t) => {
	const row = {
		...sale,
		sequence: 0x1_0000_0002,
		type: "void",
		group: "cash",
		trace: null,
	} as const;
	const bytes = concatBytes(
		new Uint8Array(32),
		Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 2),
		Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1),
		Uint8Array.of(0, 0, 0, 0, 0, 0, 0x04, 0xe2),
		Uint8Array.of(0xff, 0xff, 0xff, 0xff, 3, 4, 0, 0),
	);
	const hash = new ListHash(sha256);
	hash.add(row);
	t.is(toHex(hash.endPage()), toHex(sha256(bytes)));
});

test("an empty list has one page, and each page holds the one before", (t) => {
	t.deepEqual(listPageHashes([], sha256), [sha256(new Uint8Array(32))]);
	const rows = Array.from({ length: LIST_PAGE_ROWS + 1 }, (_, index) => ({
		...sale,
		sequence: index + 2,
	}));
	const pages = listPageHashes(rows, sha256);
	t.is(pages.length, 2);
	const changed = [{ ...sale, amountMinor: 1_251 }, ...rows.slice(1)];
	t.notDeepEqual(listPageHashes(changed, sha256)[1], pages[1]);
	t.is(listPageHashes(rows.slice(0, LIST_PAGE_ROWS), sha256).length, 1);
});

test("a page takes no more rows than it has", (t) => {
	const hash = new ListHash(sha256);
	for (let row = 0; row < LIST_PAGE_ROWS; row++) hash.add(sale);
	t.throws(() => hash.add(sale), { code: "LIMIT" });
});

test("the QR code is read back as it was written", (t) => {
	const text = formatListSeal(seal);
	t.is(text, `closeout-list:1:shop-0001:3:40:1:39:12:-4500:CNY:${seal.hash}`);
	t.deepEqual(parseListSeal(text), seal);
	t.deepEqual(parseListSeal(formatListSeal({ ...seal, epoch: null })), { ...seal, epoch: null });
	fc.assert(
		fc.property(fc.nat(), fc.nat(), fc.integer(), (first, rowCount, net) => {
			const other = { ...seal, first, rowCount, netMinor: net };
			t.deepEqual(parseListSeal(formatListSeal(other)), other);
		}),
	);
});

test("what is no seal of this version is refused", (t) => {
	const text = formatListSeal(seal);
	const bad = [
		"",
		"https://example.org/",
		text.replace(":1:", ":2:"),
		text.replace("shop-0001", "Shop 1"),
		text.replace("CNY", "cny"),
		text.slice(0, -1),
		`${text}0`,
	];
	for (const wrong of bad) t.throws(() => parseListSeal(wrong), { code: "SCHEMA" }, wrong);
});

test("refunds and voids are taken off, pre-authorisations move nothing", (t) => {
	const types = ["sale", "completion", "refund", "void", "preAuthorisation"] as const;
	t.deepEqual(
		types.map((type) => netMinor(type, 5)),
		[5, 5, -5, -5, 0],
	);
});
