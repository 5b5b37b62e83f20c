import { concatBytes } from "../../../protocol/bytes.ts";
import type { Printer } from "../port.ts";
import type { Between, DocumentStep, PrintDocument } from "./document.ts";
import type { EscPos } from "./esc-pos.ts";

/**
 * What the printer made of a step of the job: `busy` wait a moment; `more` step again at once; `page` a page is on
 * paper; `done` all of it is; `gaveWay` it waits behind a piece of paper that is complete, until `goOn`.
 */
export type JobProgress = "busy" | "more" | "page" | "done" | "gaveWay";

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
	/** Rows that were sent, also to a printer that cannot say whether they are on paper. */
	#sentRow: number;
	/** Where the document may be interrupted behind the last block. */
	#between: Between | undefined;
	#isGivingWay = false;

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
		this.#sentRow = debt.row;
		this.#document = document;
		this.#encoder = encoder;
		this.#printer = printer;
	}

	/** True from the first block on: something of this run may be on paper. */
	get begun(): boolean {
		return this.#begun;
	}

	/** Ends the piece of paper between two blocks, for a slip; false where the document cannot be interrupted now. */
	giveWay(): boolean {
		const between = this.#between;
		if (between === undefined || this.#block !== undefined) return false;
		this.#isGivingWay = true;
		this.#take({ block: between.pause(), row: this.#sentRow });
		return true;
	}

	/** Begins the next piece of paper after the slip. */
	goOn(): void {
		const between = this.#between;
		this.#isGivingWay = false;
		if (between === undefined) return;
		const bytes = this.#encoder.block(between.continued(this.#sentRow));
		this.#block = { block: [], row: this.#sentRow };
		this.#bytes = concatBytes(this.#encoder.start(), bytes);
		this.#sent = 0;
	}

	/** Makes the next block if there is none; false while more of the journal is to be read. */
	prepare(): "ready" | "reading" | "done" {
		if (this.#block !== undefined) return "ready";
		const { value, done } = this.#document.next();
		if (done === true) return "done";
		if (value === undefined) return "reading";
		this.#between = value.between;
		this.#take(value);
		return "ready";
	}

	#take(step: DocumentStep): void {
		this.#block = step;
		const { block } = step;
		const bytes = block instanceof Uint8Array ? block : this.#encoder.block(block);
		this.#bytes = this.#begun ? bytes : concatBytes(this.#encoder.start(), bytes);
		this.#sent = 0;
		this.#begun = true;
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
		this.#sentRow = block.row;
		if (this.certain) this.row = Math.max(this.row, block.row);
		this.#block = undefined;
		if (this.#isGivingWay) return "gaveWay";
		return block.pageEnd === true && this.certain ? "page" : "more";
	}
}
