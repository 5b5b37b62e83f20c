import { type FileHandle, open } from "node:fs/promises";
import { dirname } from "node:path";
import { CloseoutError } from "../../protocol/error.ts";
import type { Address } from "../../protocol/message.ts";
import {
	decodeSourceMessage,
	encodeSourceMessage,
	type Piece,
	type SourceBody,
} from "../../protocol/pull.ts";
import {
	encodePullFrame,
	PULL_FRAME_OVERHEAD_BYTES,
	PullFrames,
} from "../../protocol/pull-frame.ts";
import { PieceChain, type PulledRecord } from "./piece-chain.ts";

/** One piece of a file, proven to follow the ones before it. */
export interface FilePiece extends Address {
	readonly piece: Piece;
	/** The records of it in order, with their chains; a loss has at most the one behind it. */
	readonly records: readonly PulledRecord[];
}

const READ_BYTES = 65_536;

/**
 * The pieces of a file, in order. An end that was torn while it was written is left out. Throws `NOT_FOUND`,
 * `MEDIA_FORMAT` for a file that is none or is damaged before its end, `CHAIN_BROKEN` for records that do not
 * follow one another.
 */
export async function* readPieceFile(path: string): AsyncGenerator<FilePiece, void> {
	const file = await openPath(path, "r");
	try {
		const contents = new Contents(path, file);
		const head = await contents.head();
		if (head === undefined) throw notOurs(path);
		const chain = new PieceChain(head.from);
		for await (const piece of contents.pieces()) {
			const records = inFile(path, () => chain.take(piece));
			yield { terminal: head.terminal, epoch: head.epoch, piece, records };
		}
	} finally {
		await file.close();
	}
}

/** Whose records a file holds, from which on. */
export type PieceFileHead = SourceBody<"file">;

/**
 * A file of pieces that grows at its end and nowhere else. What is appended is durable when `append` returns; a
 * pull that was cut off goes on at `next`.
 */
export class PieceFile {
	readonly #path: string;
	/** Undefined until there is something to write: a pull that never begins leaves no file. */
	#file: FileHandle | undefined;
	#head: PieceFileHead | undefined;
	#chain: PieceChain | undefined;
	#end = 0;

	private constructor(path: string) {
		this.#path = path;
	}

	/**
	 * Opens a file, or one that is yet to be made. What is there is verified and an end that was torn is cut off.
	 * Throws as `readPieceFile`, and changes nothing then.
	 */
	static async open(path: string): Promise<PieceFile> {
		const opened = new PieceFile(path);
		const file = await openPath(path, "r+").catch((error: unknown) => {
			if (error instanceof CloseoutError && error.code === "NOT_FOUND") return undefined;
			throw error;
		});
		if (file === undefined) return opened;
		try {
			const contents = new Contents(path, file);
			const head = await contents.head();
			const chain = head && new PieceChain(head.from);
			if (chain !== undefined) {
				for await (const piece of contents.pieces()) inFile(path, () => chain.take(piece));
			}
			opened.#file = file;
			opened.#head = head;
			opened.#chain = chain;
			opened.#end = contents.end;
			await file.truncate(contents.end);
			await file.sync();
			return opened;
		} catch (error) {
			await file.close();
			throw error;
		}
	}

	/** Undefined while the file is empty. */
	get head(): PieceFileHead | undefined {
		return this.#head;
	}

	/** The record that the next piece has to begin with; undefined while the file is empty. */
	get next(): number | undefined {
		return this.#chain?.next;
	}

	/** Begins an empty file, or checks that one goes on. Throws `REFUSED` for another terminal's, epoch's or range's. */
	async begin(head: PieceFileHead): Promise<void> {
		const before = this.#head;
		if (before === undefined) {
			this.#file ??= await makeFile(this.#path);
			await this.#write(encodeSourceMessage("file", head));
			this.#head = head;
			this.#chain = new PieceChain(head.from);
			return;
		}
		if (before.terminal !== head.terminal || before.epoch !== head.epoch) {
			throw new CloseoutError(
				"REFUSED",
				`${this.#path} holds records of ${before.terminal}.${before.epoch}, these are of ${head.terminal}.${head.epoch}; name another file`,
			);
		}
		if (head.from !== this.next) {
			throw new CloseoutError(
				"REFUSED",
				`${this.#path} goes on at record ${this.next}, not ${head.from}; name another file`,
			);
		}
	}

	/** Appends a piece, as it came. Throws `CHAIN_BROKEN`, and writes nothing, when it does not go on from here. */
	async append(piece: Piece): Promise<readonly PulledRecord[]> {
		if (this.#chain === undefined)
			throw new CloseoutError("ASSERTION", `${this.#path} has no head yet`);
		const records = inFile(this.#path, () => this.#chain?.take(piece) ?? []);
		await this.#write(encodePiece(piece));
		return records;
	}

	async close(): Promise<void> {
		await this.#file?.close();
	}

	async #write(message: Uint8Array): Promise<void> {
		const file = this.#file;
		if (file === undefined) throw new CloseoutError("ASSERTION", `${this.#path} is not open`);
		const frame = encodePullFrame(message);
		for (let done = 0; done < frame.length; ) {
			const { bytesWritten } = await file.write(frame.subarray(done), {
				position: this.#end + done,
			});
			done += bytesWritten;
		}
		await file.datasync();
		this.#end += frame.length;
	}
}

function encodePiece(piece: Piece): Uint8Array {
	return piece.type === "piece"
		? encodeSourceMessage("piece", piece.body)
		: encodeSourceMessage("loss", piece.body);
}

/** The frames of a file, read in order. */
class Contents {
	readonly #path: string;
	readonly #file: FileHandle;
	readonly #frames = new PullFrames();
	#read = 0;

	constructor(path: string, file: FileHandle) {
		this.#path = path;
		this.#file = file;
	}

	/** Where the last whole frame ends. */
	get end(): number {
		return this.#frames.taken;
	}

	/** Undefined for a file that is empty, or whose very first frame was torn. Throws `MEDIA_FORMAT` for any other. */
	async head(): Promise<PieceFileHead | undefined> {
		const message = await this.#next();
		if (message?.type === "file") return message.body;
		const { size } = await this.#file.stat();
		if (message === undefined && (size === 0 || (await this.#isTornHead(size)))) return undefined;
		throw notOurs(this.#path);
	}

	async *pieces(): AsyncGenerator<Piece, void> {
		for (;;) {
			const message = await this.#next();
			if (message === undefined) return;
			if (message.type !== "piece" && message.type !== "loss") throw notOurs(this.#path);
			yield message;
		}
	}

	async #next() {
		for (;;) {
			const encoded = this.#frames.next();
			if (encoded !== undefined) {
				if (this.#frames.skipped > 0) throw this.#damaged();
				return inFile(this.#path, () => decodeSourceMessage(encoded));
			}
			const { bytesRead, buffer } = await this.#file.read(
				Buffer.alloc(READ_BYTES),
				0,
				READ_BYTES,
				this.#read,
			);
			if (bytesRead === 0) return undefined;
			this.#read += bytesRead;
			this.#frames.push(buffer.subarray(0, bytesRead));
		}
	}

	/** A file begins with the magic of its head; what is shorter than a head and begins so was torn there. */
	async #isTornHead(size: number): Promise<boolean> {
		const whole = encodePullFrame(new Uint8Array(0));
		if (size >= PULL_FRAME_OVERHEAD_BYTES + HEAD_MESSAGE_BYTES_MAX) return false;
		const { buffer, bytesRead } = await this.#file.read(Buffer.alloc(4), 0, 4, 0);
		return Buffer.compare(buffer.subarray(0, bytesRead), whole.subarray(0, bytesRead)) === 0;
	}

	#damaged(): CloseoutError {
		return new CloseoutError(
			"MEDIA_FORMAT",
			`${this.#path} is damaged before byte ${this.#frames.taken}; pull into another file`,
		);
	}
}

/** Version, type, a terminal's name, an epoch and a sequence number. */
const HEAD_MESSAGE_BYTES_MAX = 64;

/** Names the file in what its contents are blamed for. */
function inFile<T>(path: string, run: () => T): T {
	try {
		return run();
	} catch (error) {
		if (!(error instanceof CloseoutError) || error.family === "bug") throw error;
		throw new CloseoutError(error.code, `${path}: ${error.message}`, { cause: error });
	}
}

/** A new file whose name is durable too. */
async function makeFile(path: string): Promise<FileHandle> {
	const file = await openPath(path, "wx+");
	const folder = await openPath(dirname(path), "r");
	try {
		await folder.sync();
	} finally {
		await folder.close();
	}
	return file;
}

function notOurs(path: string): CloseoutError {
	return new CloseoutError("MEDIA_FORMAT", `${path} is no file of pulled records; check the path`);
}

async function openPath(path: string, flags: string): Promise<FileHandle> {
	try {
		return await open(path, flags);
	} catch (cause) {
		const code = cause instanceof Error && "code" in cause ? cause.code : "";
		if (code === "ENOENT") {
			throw new CloseoutError("NOT_FOUND", `${path}: no such file or folder; check the path`, {
				cause,
			});
		}
		const advice = flags === "r" ? "let this user read it" : "let this user write it";
		throw new CloseoutError("REFUSED", `${path} cannot be opened (${code}); ${advice}`, { cause });
	}
}
