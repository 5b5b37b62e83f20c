import type { ParseOptions } from "./statement.ts";
import { readTable, type TableRecord } from "./table.ts";
import type { Tally } from "./tally.ts";

/** A line that begins with `#`: the account, the period, or totals. */
export interface AlipayNote {
	readonly text: string;
	readonly line: number;
}

/** Notes with totals that are handed over; a bill has two. */
const TOTALS_MAX = 10;

/**
 * Records of an Alipay bill: CSV in GB 18030 or UTF-8 whose cells end in tabs, between notes that begin with `#`.
 * The account of a note becomes an account of the summary; notes with totals (合计) are handed over.
 */
export async function* readAlipay(
	tally: Tally,
	options: ParseOptions | undefined,
	required: readonly string[],
	onTotal: (note: AlipayNote) => void,
): AsyncGenerator<TableRecord> {
	let notes = 0;
	let isEnded = false;
	const isOther = (record: readonly string[], line: number) => {
		const [first = ""] = record;
		if (!first.trimStart().startsWith("#")) return false;
		const text = record.join(",").replace(/,+$/, "").trim();
		const account = /账号：\[(\w+)\]/.exec(text)?.[1];
		if (account !== undefined) tally.accounts.add(account);
		if (text.includes("列表结束")) isEnded = true;
		if (text.includes("合计") && notes < TOTALS_MAX) {
			notes += 1;
			isEnded = true;
			onTotal({ text, line });
		}
		return true;
	};
	const csv = { fallback: "gb18030", relaxQuotes: true } as const;
	yield* readTable(tally, options, { required, csv, isOther });
	if (isEnded) return;
	const what = "the note that ends the list is missing, so the bill may have been cut off";
	tally.find("control-total", 1, what);
}
