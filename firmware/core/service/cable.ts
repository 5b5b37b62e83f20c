import { CloseoutError } from "../../../protocol/error.ts";
import {
	decodeReaderMessage,
	encodeSourceMessage,
	type ReaderMessage,
} from "../../../protocol/pull.ts";
import { encodePullFrame, PullFrames } from "../../../protocol/pull-frame.ts";
import type { Part } from "../part.ts";
import type { Log, ServiceLink } from "../port.ts";
import { PullRun, type PullSource, statusMessage } from "./pull-run.ts";

/** How soon to look again while the cable is full. */
const BUSY_MS = 20;
/** Pieces made and reads taken in one step: the cashier comes first. */
const PIECES_PER_STEP = 2;
const READS_PER_STEP = 4;

const technician = { by: "technician", via: "cable" } as const;
const nothing: Uint8Array = new Uint8Array(0);

export interface CableOptions {
	readonly link: ServiceLink;
	readonly source: PullSource;
	readonly log: Log;
	/** Records are on their way: somebody is there. */
	readonly onMove: () => void;
}

/** Answers a technician's computer at the other end of the cable, as fast as the cable takes it. */
export class Cable implements Part {
	readonly #options: CableOptions;
	#isOn = false;
	#frames = new PullFrames();
	#run: PullRun | undefined;
	#next = 0;
	/** The frame on its way, and how much of it is out. */
	#frame = nothing;
	#sent = 0;
	/** An answer that waits for the end of that frame: a frame cut short would swallow what follows it. */
	#waiting: Uint8Array | undefined;

	constructor(options: CableOptions) {
		this.#options = options;
	}

	get isOn(): boolean {
		return this.#isOn;
	}

	get isConnected(): boolean {
		return this.#isOn && this.#options.link.status() === "connected";
	}

	/** How far the pull under way has come; null when there is none. */
	get progress(): { readonly next: number; readonly to: number } | null {
		return this.#run === undefined ? null : { next: this.#next, to: this.#run.to };
	}

	switchOn(): void {
		if (this.#isOn) return;
		this.#isOn = true;
		this.#options.link.open();
	}

	switchOff(): void {
		if (!this.#isOn) return;
		this.#isOn = false;
		this.#forget();
		this.#options.link.close();
	}

	step(): number {
		if (!this.#isOn) return Number.POSITIVE_INFINITY;
		if (!this.isConnected) {
			this.#forget();
			return Number.POSITIVE_INFINITY;
		}
		const isMore = this.#read();
		const wait = this.#write();
		return isMore ? 0 : wait;
	}

	/** True when there may be more to read. */
	#read(): boolean {
		for (let count = 0; count < READS_PER_STEP; count++) {
			const bytes = this.#options.link.read();
			if (bytes === undefined) return false;
			this.#frames.push(bytes);
			for (let asked = this.#frames.next(); asked !== undefined; asked = this.#frames.next())
				this.#answer(asked);
		}
		return true;
	}

	/** Sends what is owed until the cable is full or enough was made in one step. */
	#write(): number {
		for (let made = 0; ; ) {
			if (this.#sent < this.#frame.length) {
				const taken = this.#options.link.write(this.#frame.subarray(this.#sent));
				this.#sent += taken;
				if (taken > 0 && this.#run !== undefined) this.#options.onMove();
				if (this.#sent < this.#frame.length) return BUSY_MS;
			}
			if (this.#waiting !== undefined) {
				this.#begin(this.#waiting);
				continue;
			}
			const run = this.#run;
			if (run === undefined) return Number.POSITIVE_INFINITY;
			if (this.#next > run.to) this.#run = undefined;
			else if (made === PIECES_PER_STEP) return 0;
			else {
				const { message, end } = run.pieceFrom(this.#next);
				this.#send(message);
				this.#next = end + 1;
				made += 1;
			}
		}
	}

	#answer(asked: Uint8Array): void {
		const message = this.#decode(asked);
		this.#run = undefined;
		if (message === undefined)
			this.#send(encodeSourceMessage("refused", { request: 0, why: "unknown" }));
		else if (message.type === "askStatus")
			this.#send(statusMessage(this.#options.source, message.body.request));
		else this.#answerRange(message.body);
	}

	#answerRange(asked: Extract<ReaderMessage, { type: "askRange" }>["body"]): void {
		try {
			const run = new PullRun(this.#options.source, asked, technician);
			this.#run = run;
			this.#next = run.from;
			this.#send(run.begin());
		} catch (error) {
			if (!(error instanceof CloseoutError) || error.code !== "NOT_FOUND") throw error;
			const { request } = asked;
			this.#send(encodeSourceMessage("refused", { request, why: "range" }));
		}
	}

	#decode(asked: Uint8Array): ReaderMessage | undefined {
		try {
			return decodeReaderMessage(asked);
		} catch (error) {
			if (!(error instanceof CloseoutError) || error.family === "bug") throw error;
			this.#options.log.write("warn", error.code, `cable: ${error.message}`);
			return undefined;
		}
	}

	/** Takes the place of what has not begun to go out: a request ends what went before it. */
	#send(message: Uint8Array): void {
		const frame = encodePullFrame(message);
		if (this.#sent > 0 && this.#sent < this.#frame.length) this.#waiting = frame;
		else this.#begin(frame);
	}

	#begin(frame: Uint8Array): void {
		this.#frame = frame;
		this.#sent = 0;
		this.#waiting = undefined;
	}

	#forget(): void {
		this.#frames = new PullFrames();
		this.#run = undefined;
		this.#begin(nothing);
	}
}
