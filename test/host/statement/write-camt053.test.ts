import test from "ava";
import fc from "fast-check";
import { camt053 } from "../../../host/statement/camt053.ts";
import { writeCamt053 } from "../../../host/statement/write-camt053.ts";
import { row } from "../money-row.ts";
import { collect, textSource } from "../source.ts";

const options = {
	id: "S-1",
	account: "ACC-1",
	currency: "CNY",
	date: 2026_11_17,
	at: 1_795_000_000,
	openingMinor: -500,
};

test("what is written is read again, and its balances agree", async (t) => {
	const text = fc.string({
		minLength: 1,
		maxLength: 30,
		unit: fc.constantFrom("a", "<", "&", '"', ">", "]", "店"),
	});
	const anyRow = fc.record({
		reference: text,
		references: fc.uniqueArray(text, { minLength: 1, maxLength: 3 }),
		text,
		amountMinor: fc.integer({ min: -1_000_000, max: 1_000_000 }),
		status: fc.constantFrom("approved", "pending"),
	});
	await fc.assert(
		fc.asyncProperty(fc.array(anyRow, { maxLength: 12 }), async (fields) => {
			const rows = fields.map((field) =>
				row("bank", {
					...field,
					kind: field.amountMinor < 0 ? "debit" : "credit",
					references: field.references.filter((reference) => reference !== field.reference),
				}),
			);
			const xml = [...writeCamt053(rows, options)].join("");
			const read = await collect(camt053, textSource("s.xml", xml, 333));
			t.deepEqual(read.summary.findings, []);
			const plain = (one: (typeof rows)[number]) => ({
				...one,
				source: undefined,
				references: [...(one.references ?? [])].sort(),
			});
			t.deepEqual(read.rows.map(plain), rows.map(plain));
		}),
		{ numRuns: 60 },
	);
});

test("a fee comes back, and characters that XML lacks become spaces", async (t) => {
	const rows = [row("bank", { feeMinor: 25, text: "a\u0000b" })];
	const xml = [...writeCamt053(rows, options)].join("");
	const read = await collect(camt053, textSource("s.xml", xml));
	t.is(read.rows[0]?.feeMinor, 25);
	t.is(read.rows[0]?.text, "a b");
});

test("a row of another currency is refused", (t) => {
	t.throws(() => [...writeCamt053([row("bank", { currency: "USD" })], options)], { code: "USAGE" });
});
