import type { MoneyRow, RowKind, RowStatus } from "../core/row.ts";
import type { DatedTransaction } from "../store/dated.ts";

/**
 * Transactions of the journals as rows of the terminal's book. Cash reaches neither acquirer nor bank, and a
 * pre-authorisation and its cancellation move no money: they are left out. A tip is a charge of its own.
 */
export function terminalRows(transactions: readonly DatedTransaction[]): MoneyRow[] {
	const known = new Map(transactions.map((row) => [placeKey(row, row.seq), row]));
	const rows: MoneyRow[] = [];
	for (const transaction of transactions) {
		const { type, method, original } = transaction;
		if (type === "preAuthorisation" || type === "cancellation" || method === "cash") continue;
		const first = original === null ? undefined : known.get(placeKey(transaction, original));
		rows.push(rowOf(transaction, type === "tip" ? "sale" : type, first));
	}
	return rows;
}

function placeKey({ terminal, epoch }: DatedTransaction, sequence: number): string {
	return `${terminal}.${epoch}.${sequence}`;
}

function rowOf(
	transaction: DatedTransaction,
	kind: RowKind & DatedTransaction["type"],
	first: DatedTransaction | undefined,
): MoneyRow {
	const { terminal, epoch, seq, batch, authorisation, lastFour } = transaction;
	// A void is known by what it takes back.
	const named = kind === "void" && first !== undefined ? first : transaction;
	const { trace, reference } = named;
	return {
		leg: "terminal",
		terminalId: terminal,
		reference: reference ?? "",
		...(named.orderId === null ? {} : { references: [named.orderId] }),
		...(trace === null ? {} : { trace }),
		...(authorisation === null ? {} : { authorisation }),
		...(batch === null ? {} : { batch }),
		kind,
		amountMinor: signOf(kind, first) * transaction.amountMinor,
		currency: transaction.currency,
		at: transaction.outcomeWallS ?? transaction.wallS,
		businessDate: transaction.businessDate,
		...(lastFour === null ? {} : { lastFour }),
		source: { file: `${terminal}.${epoch}`, line: seq },
		status: statusOf(transaction),
	};
}

/** As it moves money to the merchant: the void of a refund gives back what the refund took. */
function signOf(kind: DatedTransaction["type"], first: DatedTransaction | undefined): 1 | -1 {
	if (kind === "refund") return -1;
	if (kind !== "void") return 1;
	return first?.type === "refund" ? 1 : -1;
}

function statusOf({ outcome, reversal }: DatedTransaction): RowStatus {
	if (outcome === "approved") return "approved";
	if (reversal === "reversed") return "voided";
	return outcome === "declined" ? "declined" : "unknown";
}

/** The journal record behind the source of a terminal's row; undefined for a row of a file. */
export function recordOf(source: {
	readonly file: string;
	readonly line: number;
}): { readonly terminal: string; readonly epoch: number; readonly sequence: number } | undefined {
	const [, terminal, epoch] = /^([a-z0-9-]+)\.(\d+)$/.exec(source.file) ?? [];
	if (terminal === undefined || epoch === undefined) return undefined;
	return { terminal, epoch: Number(epoch), sequence: source.line };
}
