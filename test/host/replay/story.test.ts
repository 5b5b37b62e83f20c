import { createReadStream } from "node:fs";
import test, { type ExecutionContext } from "ava";
import { matchLegs } from "../../../host/core/match.ts";
import type { Leg, MoneyRow } from "../../../host/core/row.ts";
import { type DatasetSale, readDataset } from "../../../host/replay/dataset.ts";
import { type Planted, perturb } from "../../../host/replay/perturb.ts";
import { acquirerCsv } from "../../../host/statement/acquirer-csv.ts";
import { camt053 } from "../../../host/statement/camt053.ts";
import { writeAcquirerCsv } from "../../../host/statement/write-acquirer-csv.ts";
import { writeCamt053 } from "../../../host/statement/write-camt053.ts";
import { collect, sharedData, textSource } from "../source.ts";

function bookRows(sales: readonly DatasetSale[], leg: Leg): MoneyRow[] {
	const rows: MoneyRow[] = [];
	for (const [index, sale] of sales.entries()) {
		if (sale.method === "cash") continue;
		const amountMinor = sale.kind === "refund" ? -sale.amountMinor : sale.amountMinor;
		const common = {
			leg,
			reference: sale.reference,
			currency: sale.currency,
			businessDate: sale.businessDate,
			source: { file: leg, line: rows.length + 1 },
			status: "approved",
		} as const;
		if (leg === "bank") {
			if (sale.cancelled) continue;
			rows.push({ ...common, kind: amountMinor < 0 ? "debit" : "credit", amountMinor });
			continue;
		}
		const own = { ...common, terminalId: sale.terminal ?? "t-01", trace: index % 1_000_000 };
		rows.push({ ...own, kind: sale.kind, amountMinor });
		if (sale.cancelled) rows.push({ ...own, kind: "void", amountMinor: -amountMinor });
	}
	return rows;
}

function expectedOf(leg: Leg, { action, row }: Planted): string {
	const reason = { removed: `missing-at-${leg}`, doubled: "duplicate", changed: "amount" }[action];
	return `${leg} ${reason} ${row.reference}`;
}

async function tell(t: ExecutionContext, url: URL, plant: number): Promise<void> {
	const source = { name: "sales.csv", bytes: createReadStream(url) };
	const { sales } = await readDataset(source);
	const currency = sales[0]?.currency ?? "";
	const options = { remove: plant, double: plant, change: plant };
	const clearing = perturb(bookRows(sales, "acquirer"), { seed: 11, ...options });
	const touched = new Set(clearing.planted.map(({ row }) => row.reference));
	const untouched = bookRows(sales, "bank").filter(({ reference }) => !touched.has(reference));
	const rest = bookRows(sales, "bank").filter(({ reference }) => touched.has(reference));
	const credits = perturb(untouched, { seed: 12, ...options });

	const csv = writeAcquirerCsv(clearing.rows, { acquirer: "A", merchant: "M", currency });
	const xml = writeCamt053([...credits.rows, ...rest], {
		id: "S",
		account: "ACC",
		currency,
		date: 2026_11_21,
		at: 1_795_000_000,
		openingMinor: 0,
	});
	const acquirer = await collect(acquirerCsv, textSource("a.csv", [...csv].join(""), 4096));
	const bank = await collect(camt053, textSource("b.xml", [...xml].join(""), 4096));
	t.deepEqual(bank.summary.findings, []);

	const result = matchLegs({
		terminal: bookRows(sales, "terminal"),
		acquirer: acquirer.rows,
		bank: bank.rows,
	});
	t.deepEqual(
		result.differences.map(({ leg, reason, reference }) => `${leg} ${reason} ${reference}`).sort(),
		[
			...clearing.planted.map((one) => expectedOf("acquirer", one)),
			...credits.planted.map((one) => expectedOf("bank", one)),
		].sort(),
	);
	t.deepEqual(result.unrelated, []);
}

test("a day written as two statements, spoilt and read again: exactly what was spoilt is found", async (t) => {
	await tell(t, new URL("../../fixture/retail-day.csv", import.meta.url), 2);
});

for (const name of [
	"coffee_vending_index_1.csv",
	"vending_machine_sales_2022.csv",
	"online_retail_2010-12-01_to_09.csv",
]) {
	test(`the same with real sales: ${name}`, async (t) => {
		const folder = sharedData(t, "retail");
		if (folder !== undefined) await tell(t, new URL(name, folder), 25);
	});
}
