import { createHash } from "node:crypto";
import test from "ava";
import { concatBytes, toHex } from "../../protocol/bytes.ts";
import { LIST_PAGE_ROWS } from "../../protocol/limits.ts";
import {
	ListHash,
	type ListRow,
	listPageHashes,
	listRows,
	netMinor,
} from "../../protocol/list-hash.ts";
import type { AnyRecord, RecordBody } from "../../protocol/record.ts";

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

const stamp = { wallS: 0, zoneMinutes: 0, boot: 0, monotonicMs: 0 };

function intent(sequence: number, amountMinor: number): readonly [number, AnyRecord] {
	const body = {
		type: "sale",
		method: "card",
		amountMinor,
		currency: "CNY",
		trace: sequence,
		original: null,
		order: null,
		operator: "op",
		request: sequence,
	} as const;
	return [sequence, { kind: "intent", stamp, body }];
}

function outcome(
	sequence: number,
	transaction: number,
	change: Partial<RecordBody<"outcome">> = {},
): readonly [number, AnyRecord] {
	const body: RecordBody<"outcome"> = {
		transaction,
		outcome: "approved",
		source: "app",
		group: "foreign",
		scheme: "visa",
		reference: null,
		authorisation: null,
		response: null,
		lastFour: null,
		...change,
	};
	return [sequence, { kind: "outcome", stamp, body }];
}

test("a row is an approved outcome of the period with the facts of its intent", (t) => {
	const records = [
		intent(1, 100),
		outcome(2, 1),
		intent(3, 300),
		outcome(4, 3),
		intent(5, 500),
		outcome(6, 5, { outcome: "declined" }),
		intent(7, 700),
		outcome(8, 7, { source: "contradicting" }),
		outcome(9, 7, { group: "wallet" }),
		intent(10, 1_000),
		outcome(11, 10),
	];
	const row = (sequence: number, transaction: number, group: ListRow["group"] = "foreign") => ({
		sequence,
		transaction,
		type: "sale",
		group,
		amountMinor: transaction * 100,
		trace: transaction,
	});
	const rows = (first: number, last: number) => [...listRows(records, first, last)];
	t.deepEqual(rows(1, 11), [row(2, 1), row(4, 3), row(9, 7, "wallet"), row(11, 10)]);
	t.deepEqual(rows(4, 10), [row(4, 3), row(9, 7, "wallet")], "intents may be older");
	t.deepEqual(rows(2, 2), [row(2, 1)]);
	t.deepEqual(rows(5, 8), []);
});

test("an outcome makes at most one row, and none without its intent", (t) => {
	const records = [outcome(2, 1), intent(3, 300), outcome(4, 3), outcome(5, 3), outcome(6, 2)];
	t.deepEqual(
		[...listRows(records, 1, 9)].map(({ sequence }) => sequence),
		[4],
	);
});

test("refunds and voids are taken off, a pre-authorisation and its cancellation move nothing, a tip adds", (t) => {
	const types = [
		...(["sale", "completion", "tip", "refund", "void"] as const),
		...(["preAuthorisation", "cancellation"] as const),
	];
	t.deepEqual(
		types.map((type) => netMinor(type, 5)),
		[5, 5, 5, -5, -5, 0, 0],
	);
});
