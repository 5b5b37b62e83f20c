import { CloseoutError } from "../../protocol/error.ts";
import { listRows } from "../../protocol/list-hash.ts";
import { parseListSeal, type ReadListSeal } from "../../protocol/paper-seal.ts";
import { type AnyRecord, decodeRecord } from "../../protocol/record.ts";
import { type HeldPeriod, holes, judgeList, type ListJudgement } from "../core/paper.ts";
import { sha256 } from "../digest.ts";
import { verifyEd25519 } from "../ed25519.ts";
import type { StoredRecord } from "../store/records.ts";
import type { Store } from "../store/store.ts";

const RECORDS_PER_READ = 1_000;

export interface CheckedList extends ListJudgement {
	readonly seal: ReadListSeal;
}

type Stored = Pick<
	Store,
	"getTerminal" | "readRecords" | "signingKey" | "listHeads" | "listStreams"
>;

/**
 * Compares the text of a paper list's QR code with the records that the host holds. Throws `SCHEMA` for a text that
 * is none, `TERMINAL_UNKNOWN` for one of a terminal or epoch that is not known here.
 */
export async function checkList(store: Stored, text: string): Promise<CheckedList> {
	const seal = parseListSeal(text);
	const { terminal, epoch } = seal;
	await store.getTerminal(terminal);
	const streams = await store.listStreams(terminal);
	if (epoch === null || !streams.some((stream) => stream.epoch === epoch)) {
		const message = `terminal ${terminal} has no journal of epoch ${epoch ?? "-"} here; see its epochs`;
		throw new CloseoutError("TERMINAL_UNKNOWN", message);
	}
	const held = await heldPeriod(store, seal, { terminal, epoch });
	return { seal, ...judgeList(seal, held, { sha256, verify: verifyEd25519 }) };
}

async function heldPeriod(
	store: Stored,
	{ first, last, head }: ReadListSeal,
	stream: { readonly terminal: string; readonly epoch: number },
): Promise<HeldPeriod> {
	const records = new Map<number, AnyRecord>();
	const sequences: number[] = [];
	for (let from = first; from <= last; ) {
		const to = Math.min(last, from + RECORDS_PER_READ - 1);
		for (const record of await store.readRecords({ ...stream, from, to })) {
			sequences.push(record.sequence);
			keep(records, record);
		}
		from = to + 1;
	}
	for (const { transaction } of [...records.values()].flatMap(outcomeOf)) {
		if (transaction >= first || records.has(transaction)) continue;
		const range = { ...stream, from: transaction, to: transaction };
		for (const record of await store.readRecords(range)) keep(records, record);
	}
	const inOrder = [...records].sort(([left], [right]) => left - right);
	const heads = head === null ? [] : await store.listHeads({ ...stream, size: head.size });
	return {
		rows: [...listRows(inOrder, first, last)],
		missing: holes(sequences, { from: first, to: last }),
		publicKey: await store.signingKey(stream),
		root: heads[0]?.root,
	};
}

/** What this version cannot read makes no row; the terminal's word stays as it came. */
function keep(records: Map<number, AnyRecord>, record: StoredRecord): void {
	try {
		records.set(record.sequence, decodeRecord(record));
	} catch (error) {
		if (!(error instanceof CloseoutError)) throw error;
	}
}

function outcomeOf(record: AnyRecord) {
	return record.kind === "outcome" ? [record.body] : [];
}
