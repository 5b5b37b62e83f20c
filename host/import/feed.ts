import { BATCH_RECORDS_MAX } from "../../protocol/limits.ts";
import { type AsidePiece, type PlacedRecord, piecesOf } from "../core/aside.ts";
import type { ImportReceipt } from "../store/aside.ts";
import type { Store } from "../store/store.ts";
import type { JournalCopy } from "./copy.ts";

/** Pieces of one transaction: some thousand records. */
const PIECES_PER_IMPORT = 100;

export type Fed = Pick<
	ImportReceipt,
	"added" | "filled" | "known" | "forks" | "watermark" | "aside"
>;

/**
 * Takes a copy's records into the host's stream of the same terminal and epoch and folds them. What is imported
 * when it is broken off stays; the same again goes on. Throws as `Store.importPieces`.
 */
export async function feedCopy(
	store: Store,
	copy: JournalCopy,
	onProgress: (records: number) => void = () => undefined,
): Promise<Fed> {
	const { terminal, epoch } = copy;
	let fed: Fed = { added: 0, filled: 0, known: 0, forks: [], watermark: 0, aside: [] };
	let records = 0;
	for await (const pieces of batchesOf(copy)) {
		const receipt = await store.importPieces({ terminal, epoch, name: copy.name, pieces });
		records += pieces.reduce((sum, piece) => sum + piece.records.length, 0);
		onProgress(records);
		fed = {
			added: fed.added + receipt.added,
			filled: fed.filled + receipt.filled,
			known: fed.known + receipt.known,
			forks: [...new Set([...fed.forks, ...receipt.forks])],
			watermark: receipt.watermark,
			aside: receipt.aside,
		};
	}
	while (!(await store.projectStream({ terminal, epoch })).isDone);
	return fed;
}

/** At least one batch, so that an empty copy is judged as well. */
async function* batchesOf(copy: JournalCopy): AsyncGenerator<readonly AsidePiece[]> {
	let pieces: AsidePiece[] = [];
	let run: PlacedRecord[] = [];
	let before: Uint8Array = new Uint8Array(0);
	const endRun = () => {
		pieces.push(...piecesOf(run, before, BATCH_RECORDS_MAX));
		before = run.at(-1)?.chain ?? new Uint8Array(0);
		run = [];
	};
	for await (const item of copy.items()) {
		if (item.type === "gap") {
			endRun();
			continue;
		}
		const { sequence, kind, flags, payload, chain } = item.record;
		if (run.length === 0 || item.previousChain === undefined) {
			endRun();
			before = item.previousChain ?? new Uint8Array(0);
		}
		run.push({ sequence, record: { kind, flags, payload }, chain });
		if (run.length >= BATCH_RECORDS_MAX) endRun();
		if (pieces.length >= PIECES_PER_IMPORT) {
			yield pieces;
			pieces = [];
		}
	}
	endRun();
	yield pieces;
}
