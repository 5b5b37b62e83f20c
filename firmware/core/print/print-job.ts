import { concatBytes } from "../../../protocol/bytes.ts";
import type { Printer } from "../port.ts";
import type { DocumentStep, PrintDocument } from "./document.ts";
import type { EscPos } from "./esc-pos.ts";

/**
 * What the printer made of a step of the job: `busy` wait a moment; `more` step again at once; `page` a page is on
 * paper; `done` all of it is.
 */
export type JobProgress = "busy" | "more" | "page" | "done";

/**
 * One run over a document: makes a block, sends as much of it as the printer takes, and makes the next only when
 * the printer says that everything is on paper. So when it stops, at most one block is in doubt.
 */
export class PrintJob {
	readonly debt: number;
	/** Rows on paper for certain. */
	row: number;
	/** False once the printer could not say whether a block is on paper. */
	certain = true;
	readonly #document: PrintDocument;
	readonly #encoder: EscPos;
	readonly #printer: Printer;
	#block: DocumentStep | undefined;
	#bytes: Uint8Array = new Uint8Array();
	#sent = 0;
	#begun = false;

	constructor(
		debt: { readonly debt: number; readonly row: number },
		{
			document,
			encoder,
			printer,
		}: {
			readonly document: PrintDocument;
			readonly encoder: EscPos;
			readonly printer: Printer;
		},
	) {
		this.debt = debt.debt;
		this.row = debt.row;
		this.#document = document;
		this.#encoder = encoder;
		this.#printer = printer;
	}

	/** True from the first block on: something of this run may be on paper. */
	get begun(): boolean {
		return this.#begun;
	}

	/** Makes the next block if there is none; false while more of the journal is to be read. */
	prepare(): "ready" | "reading" | "done" {
		if (this.#block !== undefined) return "ready";
		const { value, done } = this.#document.next();
		if (done === true) return "done";
		if (value === undefined) return "reading";
		this.#block = value;
		const { block } = value;
		const bytes = block instanceof Uint8Array ? block : this.#encoder.block(block);
		this.#bytes = this.#begun ? bytes : concatBytes(this.#encoder.start(), bytes);
		this.#sent = 0;
		this.#begun = true;
		return "ready";
	}

	/** Sends what is prepared and asks whether it is on paper. */
	send(): JobProgress {
		const block = this.#block;
		if (block === undefined) return "more";
		if (this.#sent < this.#bytes.length) {
			this.#sent += this.#printer.write(this.#bytes.subarray(this.#sent));
			if (this.#sent < this.#bytes.length) return "busy";
		}
		const { online, paper, drained } = this.#printer.status();
		if (!online || paper === "out" || drained === false) return "busy";
		if (drained === "unknown" || paper === "unknown") this.certain = false;
		if (this.certain) this.row = Math.max(this.row, block.row);
		this.#block = undefined;
		return block.pageEnd === true && this.certain ? "page" : "more";
	}
}
