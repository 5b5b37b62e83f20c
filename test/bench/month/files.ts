import { createReadStream } from "node:fs";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { MoneyRow } from "../../../host/core/row.ts";
import { importStatements } from "../../../host/import/statement.ts";
import { parseCsvMapping } from "../../../host/statement/csv-mapping.ts";
import { writeAcquirerCsv } from "../../../host/statement/write-acquirer-csv.ts";
import { writeCamt053 } from "../../../host/statement/write-camt053.ts";
import type { Store } from "../../../host/store/store.ts";
import { formatAmount } from "../../../protocol/money.ts";
import { formatDate } from "../../../protocol/time.ts";

const CURRENCY = "CNY";

/** One clearing file a business date. */
export async function importClearing(
	store: Store,
	tenant: string,
	folder: string,
	rows: readonly MoneyRow[],
): Promise<void> {
	const names = { acquirer: "UMS", merchant: "M1", currency: CURRENCY };
	for (const date of datesOf(rows)) {
		const own = rows.filter(({ businessDate }) => businessDate === date);
		const path = join(folder, `clearing-${date}.csv`);
		await writeFile(path, [...writeAcquirerCsv(own, names)].join(""));
		await importStatements(store, { tenant, source: sourceOf(path), dryRun: false });
	}
}

/** One bank statement a booking date. */
export async function importBank(
	store: Store,
	tenant: string,
	folder: string,
	rows: readonly MoneyRow[],
): Promise<void> {
	for (const date of datesOf(rows)) {
		const own = rows.filter(({ businessDate }) => businessDate === date);
		const path = join(folder, `bank-${date}.xml`);
		const head = {
			id: `S${date}`,
			account: "ACC",
			currency: CURRENCY,
			date,
			at: 1_795_000_000,
			openingMinor: 0,
		};
		await writeFile(path, [...writeCamt053(own, head)].join(""));
		await importStatements(store, { tenant, source: sourceOf(path), dryRun: false });
	}
}

const walletMapping = {
	format: "month-wallet",
	title: "Bill of a wallet",
	leg: "acquirer",
	currency: { constant: CURRENCY },
	date: { column: "date" },
	references: ["transaction", "order"],
	rules: [
		{ when: { type: ["payment"] }, kind: "sale", amount: { add: ["amount"] } },
		{ when: { type: ["fee"] }, kind: "fee", amount: { add: ["amount"] } },
	],
};

const shopMapping = {
	format: "month-shop",
	title: "Orders of a shop",
	leg: "shop",
	currency: { constant: CURRENCY },
	date: { column: "date" },
	references: ["order"],
	rules: [{ kind: "sale", amount: { add: ["amount"] } }],
};

export async function importWallet(
	store: Store,
	tenant: string,
	folder: string,
	rows: readonly MoneyRow[],
): Promise<void> {
	const lines = rows.map(({ businessDate = 0, reference, references = [], amountMinor, kind }) =>
		[
			formatDate(businessDate),
			kind === "fee" ? "fee" : "payment",
			reference,
			references[0] ?? "",
			formatAmount(amountMinor, CURRENCY),
		].join(),
	);
	const path = join(folder, "wallet.csv");
	await writeFile(path, ["date,type,transaction,order,amount", ...lines, ""].join("\n"));
	await importMapped(store, tenant, path, walletMapping);
}

export async function importOrders(
	store: Store,
	tenant: string,
	folder: string,
	orders: readonly {
		readonly date: number;
		readonly order: string;
		readonly amountMinor: number;
	}[],
): Promise<void> {
	const lines = orders.map(({ date, order, amountMinor }) =>
		[formatDate(date), order, formatAmount(amountMinor, CURRENCY)].join(),
	);
	const path = join(folder, "orders.csv");
	await writeFile(path, ["date,order,amount", ...lines, ""].join("\n"));
	await importMapped(store, tenant, path, shopMapping);
}

/** Imports a file by a mapping of its own. */
async function importMapped(
	store: Store,
	tenant: string,
	path: string,
	mapping: object,
): Promise<void> {
	const source = sourceOf(path);
	const own = parseCsvMapping(mapping);
	await importStatements(store, { tenant, source, mapping: own, dryRun: false });
}

function sourceOf(path: string) {
	return { name: basename(path), bytes: createReadStream(path) };
}

function datesOf(rows: readonly MoneyRow[]): number[] {
	return [...new Set(rows.map(({ businessDate = 0 }) => businessDate))].sort((a, b) => a - b);
}
