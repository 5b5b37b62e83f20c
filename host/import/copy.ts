import { open, readFile } from "node:fs/promises";
import { equalBytes } from "../../protocol/bytes.ts";
import { genesisChain } from "../../protocol/chain.ts";
import { CloseoutError } from "../../protocol/error.ts";
import type { JournalRecord } from "../../protocol/media.ts";
import { sha256 } from "../digest.ts";
import type { Store } from "../store/store.ts";
import { readPieceFile } from "./piece-file.ts";
import type { Life } from "./salvage/life.ts";
import { type Salvaged, salvageLife } from "./salvage/salvage.ts";

/** What a copy of a journal holds, in the order of the records. */
export type CopyItem =
	| {
			readonly type: "record";
			readonly record: JournalRecord;
			/** Undefined behind records that are lost here: the chain is taken as it was kept. */
			readonly previousChain: Uint8Array | undefined;
	  }
	| { readonly type: "gap"; readonly from: number; readonly to: number };

/** Records of one life of a terminal's journal, wherever they stand. */
export interface JournalCopy {
	/** For people: the file, or whose records of the host. */
	readonly name: string;
	readonly terminal: string;
	readonly epoch: number;
	items(): AsyncIterable<CopyItem>;
}

/** First bytes of a frame in a piece file. */
const PIECE_MAGIC = [0xc5, 0x50, 0x4c] as const;
/** Records of the host's store read at once. */
const RECORDS_PER_READ = 1_000;

/** True for a file that begins as a piece file does. Throws `NOT_FOUND`. */
export async function isPieceFile(path: string): Promise<boolean> {
	const file = await open(path, "r").catch((cause: unknown) => {
		throw new CloseoutError("NOT_FOUND", `${path}: cannot be opened; check the path`, { cause });
	});
	try {
		const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
		return bytesRead === 4 && PIECE_MAGIC.every((byte, index) => buffer[index] === byte);
	} finally {
		await file.close();
	}
}

/** A piece file as a copy. Its pieces are proven while they are read; throws as `readPieceFile`. */
export async function pieceCopy(path: string): Promise<JournalCopy> {
	const head = await headOf(path);
	return {
		name: path,
		...head,
		items: async function* () {
			let chain: Uint8Array | undefined;
			for await (const { piece, records } of readPieceFile(path)) {
				if (piece.type === "loss") {
					const { from, to } = piece.body;
					yield { type: "gap", from, to };
					chain = undefined;
				} else chain ??= piece.body.previousChain;
				for (const record of records) {
					yield { type: "record", record, previousChain: chain };
					chain = record.chain;
				}
			}
		},
	};
}

async function headOf(
	path: string,
): Promise<{ readonly terminal: string; readonly epoch: number }> {
	for await (const { terminal, epoch } of readPieceFile(path)) return { terminal, epoch };
	// A file without a single piece holds nothing that could be compared.
	const { length } = await readFile(path);
	throw new CloseoutError(
		"MEDIA_FORMAT",
		`${path}: no piece in its ${length} bytes; pull or recover again`,
	);
}

/** What was found of one life in dumps, as a copy. */
export function salvagedCopy(name: string, found: Salvaged, life: Life): JournalCopy {
	const { terminal, epoch } = life;
	return {
		name,
		terminal,
		epoch,
		items: async function* () {
			for (const item of salvageLife(found, life)) {
				if (item.type === "record") yield item;
				else if (item.type === "gap" || item.type === "freed")
					yield { type: "gap", from: item.from, to: item.to };
			}
		},
	};
}

/** What the host holds of a stream, as a copy. Throws `TERMINAL_UNKNOWN` for an epoch that it does not know. */
export async function storedCopy(
	store: Store,
	{ terminal, epoch }: { readonly terminal: string; readonly epoch: number },
): Promise<JournalCopy> {
	const stream = (await store.listStreams(terminal)).find((one) => one.epoch === epoch);
	if (stream === undefined) {
		const message = `terminal ${terminal} has no journal of epoch ${epoch} here; see its epochs`;
		throw new CloseoutError("TERMINAL_UNKNOWN", message);
	}
	const { watermark } = stream;
	return {
		name: `host:${terminal}.${epoch}`,
		terminal,
		epoch,
		items: async function* () {
			let next = 1;
			let chain: Uint8Array | undefined = genesisChain(terminal, epoch, sha256);
			for (let from = 1; from <= watermark; from += RECORDS_PER_READ) {
				const to = Math.min(watermark, from + RECORDS_PER_READ - 1);
				for (const record of await store.readRecords({ terminal, epoch, from, to })) {
					const { sequence } = record;
					if (sequence > next) {
						yield { type: "gap", from: next, to: sequence - 1 };
						chain = undefined;
					}
					yield { type: "record", record, previousChain: chain };
					next = sequence + 1;
					chain = record.chain;
				}
			}
			if (next <= watermark) yield { type: "gap", from: next, to: watermark };
		},
	};
}

/** True when two records are the same in every byte. */
export function isSameRecord(a: JournalRecord, b: JournalRecord): boolean {
	return (
		a.sequence === b.sequence &&
		a.kind === b.kind &&
		a.flags === b.flags &&
		equalBytes(a.chain, b.chain) &&
		equalBytes(a.payload, b.payload)
	);
}
