import type { Transaction } from "../../host/core/book.ts";
import { toHex } from "../../protocol/bytes.ts";
import { assert } from "../../protocol/error.ts";
import { listPageHashes, listRows } from "../../protocol/list-hash.ts";
import { formatAmount } from "../../protocol/money.ts";
import { decodeRecord } from "../../protocol/record.ts";
import { sha256 } from "../_helper/digest.ts";
import { fieldOf } from "../emulator/json.ts";
import type { PaperRow } from "./list-paper.ts";
import { CURRENCY, type Shop } from "./shop.ts";

/** What the host says of the day, read from its database. */
export interface HostWitness {
	readonly businessDate: number;
	readonly watermark: number;
	readonly head: number;
	/** The terminal's chain at its last record, in hexadecimal digits, and the host's. */
	readonly chains: readonly [terminal: string, host: string];
	/** What a new computation of every chain found wrong. */
	readonly chainProblems: readonly string[];
	readonly dayComplete: boolean;
	readonly missing: readonly string[];
	readonly exceptions: number;
	readonly boots: number;
	readonly transactions: readonly Transaction[];
	readonly settlement: {
		readonly verdicts: readonly { readonly group: string; readonly verdict: string }[];
		readonly uploaded: number;
	};
	readonly list: HostList;
}

/** The list as it has to be by the records of the host. */
export interface HostList {
	readonly rows: readonly PaperRow[];
	readonly lastPageHash: string;
}

/** Asks the terminal and the host the same questions. The host must have everything already. */
export async function askHost(shop: Shop): Promise<HostWitness> {
	const { host, terminal, machine } = shop;
	await host.idle();
	const { store } = host;
	const status = await machine.query({ what: "status" });
	const head = Number(fieldOf(status, "head"));
	await shop.tap.sees(head);
	const { epoch, watermark } = await store.getTerminal(terminal);
	const stream = { terminal, epoch };
	const { problems } = await store.verifyStream(stream);
	const range = { ...stream, from: 1, to: head };
	const records = await store.readRecords(range);
	const [period] = await store.listDays({ terminal });
	assert(period?.businessDate != null, "the host knows the day that was opened");
	const { businessDate } = period;
	const [day] = await store.judgeDays({ terminal, businessDate });
	const [settlement] = await store.listSettlements(range);
	assert(settlement !== undefined, "the host knows the settlement of the day");
	return {
		businessDate,
		watermark,
		head,
		chains: [String(fieldOf(status, "chain")), toHex(records.at(-1)?.chain ?? new Uint8Array())],
		chainProblems: problems,
		dayComplete: day?.complete ?? false,
		missing: day?.missing.map(({ type }) => type) ?? ["notOpened"],
		exceptions: day?.exceptions.length ?? 0,
		boots: Number(fieldOf(status, "boot")),
		transactions: await store.listTransactions(range),
		settlement: {
			verdicts: settlement.verdicts,
			uploaded: settlement.uploadedCount,
		},
		list: listOf(records, settlement.firstSeq, settlement.lastSeq),
	};
}

function listOf(
	records: readonly {
		readonly sequence: number;
		readonly kind: number;
		readonly payload: Uint8Array;
	}[],
	first: number,
	last: number,
): HostList {
	const decoded = records.map((record) => [record.sequence, decodeRecord(record)] as const);
	const rows = [...listRows(decoded, first, last)];
	const hashes = listPageHashes(rows, sha256);
	return {
		rows: rows.map(({ type, amountMinor, trace }) => ({
			trace: trace === null ? "------" : String(trace).padStart(6, "0"),
			amount: formatAmount(
				type === "refund" || type === "void" ? -amountMinor : amountMinor,
				CURRENCY,
			),
		})),
		lastPageHash: toHex(hashes.at(-1) ?? new Uint8Array()),
	};
}
