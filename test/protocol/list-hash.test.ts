import { createHash } from "node:crypto";
import test from "ava";
import { concatBytes, toHex } from "../../protocol/bytes.ts";
import { LIST_PAGE_ROWS } from "../../protocol/limits.ts";
import { ListHash, type ListRow, listPageHashes, netMinor } from "../../protocol/list-hash.ts";

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

test("refunds and voids are taken off, pre-authorisations move nothing", (t) => {
	const types = ["sale", "completion", "refund", "void", "preAuthorisation"] as const;
	t.deepEqual(
		types.map((type) => netMinor(type, 5)),
		[5, 5, -5, -5, 0],
	);
});
