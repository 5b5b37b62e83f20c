import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { CloseoutError } from "../../protocol/error.ts";
import { BATCH_RECORDS_MAX } from "../../protocol/limits.ts";
import type { JournalRecord } from "../../protocol/media.ts";
import { encodeSourceMessage, type SourceBody, type SourceType } from "../../protocol/pull.ts";
import { encodePullFrame } from "../../protocol/pull-frame.ts";
import type { CopyItem, JournalCopy } from "./copy.ts";

/** Payload bytes of one piece: its message stays below the largest one, whatever the records are like. */
const PIECE_PAYLOAD_BYTES_MAX = 12_288;

/**
 * Writes records as a piece file: what follows is written as pieces, lost records as losses. The file appears whole
 * or not at all, and an existing one is never written over: throws `REFUSED`.
 */
export class PieceWriter {
	readonly #path: string;
	readonly #file: FileHandle;
	#buffered: Uint8Array[] = [];
	#bufferedBytes = 0;
	#hasHead = false;
	/** Records of the piece that is being filled, and the chain before them. */
	#records: JournalRecord[] = [];
	#bytes = 0;
	#previousChain: Uint8Array | undefined;
	#lost: { readonly from: number; readonly to: number } | undefined;

	private constructor(path: string, file: FileHandle) {
		this.#path = path;
		this.#file = file;
	}

	static async open(path: string): Promise<PieceWriter> {
		const exists = await open(path, "r").catch(() => undefined);
		await exists?.close();
		if (exists !== undefined) throw refused(path, "is there already; name another file");
		const file = await open(partOf(path), "w").catch((cause: unknown) => {
			throw refused(path, "cannot be written; check path and rights", cause);
		});
		return new PieceWriter(path, file);
	}

	async take({ terminal, epoch }: JournalCopy, item: CopyItem): Promise<void> {
		if (item.type === "gap") {
			await this.#flush();
			this.#lost = { from: this.#lost?.from ?? item.from, to: item.to };
			return;
		}
		const { record, previousChain } = item;
		const isStart = !this.#hasHead;
		if (isStart) {
			// What is before the first record is not told, unless the chain to it is lost.
			const from = previousChain === undefined ? record.sequence - 1 : record.sequence;
			await this.#write("file", { terminal, epoch, from });
			this.#hasHead = true;
			this.#lost = previousChain === undefined ? { from, to: from } : undefined;
		}
		if (this.#lost !== undefined) return this.#takeBehindLoss(record, this.#lost);
		const isFull = this.#bytes + record.payload.length > PIECE_PAYLOAD_BYTES_MAX;
		if (isFull || this.#records.length >= BATCH_RECORDS_MAX) await this.#flush();
		if (this.#records.length === 0) this.#previousChain = previousChain ?? this.#previousChain;
		this.#records.push(record);
		this.#bytes += record.payload.length;
	}

	async #takeBehindLoss(
		record: JournalRecord,
		lost: { readonly from: number; readonly to: number },
	): Promise<void> {
		const { kind, flags, payload, chain } = record;
		await this.#write("loss", { ...lost, next: { kind, flags, payload }, nextChain: chain });
		this.#previousChain = chain;
		this.#lost = undefined;
	}

	async #flush(): Promise<void> {
		const [first] = this.#records;
		const last = this.#records.at(-1);
		const previousChain = this.#previousChain;
		if (first === undefined || last === undefined || previousChain === undefined) return;
		const records = this.#records.map(({ kind, flags, payload }) => ({ kind, flags, payload }));
		const endChain = last.chain;
		await this.#write("piece", { from: first.sequence, previousChain, records, endChain });
		this.#previousChain = endChain;
		this.#records = [];
		this.#bytes = 0;
	}

	async #write<K extends SourceType>(type: K, body: SourceBody<K>): Promise<void> {
		const frame = encodePullFrame(encodeSourceMessage(type, body));
		this.#buffered.push(frame);
		this.#bufferedBytes += frame.length;
		if (this.#bufferedBytes > 1_048_576) await this.#drain();
	}

	async #drain(): Promise<void> {
		await this.#file.writev(this.#buffered);
		this.#buffered = [];
		this.#bufferedBytes = 0;
	}

	/** Ends the file and gives it its name. A loss that nothing follows is left out: nothing is known behind it. */
	async finish(): Promise<void> {
		await this.#flush();
		if (this.#buffered.length > 0) await this.#drain();
		await this.#file.sync();
		await this.#file.close();
		await rename(partOf(this.#path), this.#path);
	}

	async drop(): Promise<void> {
		await this.#file.close();
		await rm(partOf(this.#path), { force: true });
	}
}

function partOf(path: string): string {
	return `${path}.part`;
}

function refused(path: string, what: string, cause?: unknown): CloseoutError {
	return new CloseoutError("REFUSED", `${path} ${what}`, { cause });
}
