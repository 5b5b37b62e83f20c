import type { Leg, MoneyRow } from "../../host/core/row.ts";

/** An approved sale of 10.00 CNY on 2026-11-16, a Monday; whatever the test is about is passed. */
export function row(leg: Leg, fields: Partial<MoneyRow> = {}): MoneyRow {
	return {
		leg,
		reference: "000000000001",
		kind: leg === "bank" ? "credit" : "sale",
		amountMinor: 1000,
		currency: "CNY",
		businessDate: leg === "bank" ? 2026_11_17 : 2026_11_16,
		source: { file: `${leg}.csv`, line: 2 },
		status: "approved",
		...(leg === "bank" ? {} : { terminalId: "shop-01", trace: 1, batch: 12 }),
		...fields,
	};
}

/** `count` sales of different amounts, references and traces. */
export function sales(leg: Leg, count: number, fields: Partial<MoneyRow> = {}): MoneyRow[] {
	return Array.from({ length: count }, (_, index) =>
		row(leg, {
			reference: String(index + 1).padStart(12, "0"),
			amountMinor: 1000 + index * 7,
			...(leg === "bank" ? {} : { trace: index + 1 }),
			source: { file: `${leg}.csv`, line: index + 2 },
			...fields,
		}),
	);
}
