import type { Core } from "../core.ts";
import type { Blocker, Notice, Part } from "../part.ts";
import type { Digest, Printer, PrinterStatus, Signer } from "../port.ts";
import type { PrintDebt } from "../state/state.ts";
import type { PaperText } from "../text/paper-zh-cn.ts";
import {
	type PrintDocument,
	type PrintIdentity,
	paperText,
	type StatusFigures,
} from "./document.ts";
import { documentOf } from "./documents.ts";
import { EscPos } from "./esc-pos.ts";
import { PrintJob } from "./print-job.ts";
import { type PrinterFacts, paper58, paper80 } from "./printer-facts.ts";

/** How soon to look again while the printer works, and while it needs a person. */
const BUSY_MS = 20;
const PROBLEM_MS = 500;
/** Work of one step, so that it does not keep the terminal from selling: blocks made, or portions read. */
const BLOCKS_PER_STEP = 48;
const BLOCKS_PER_READING = 8;

export interface PrintQueueOptions {
	readonly core: Core;
	readonly printer: Printer;
	readonly digest: Digest;
	/** The table of `firmware/resources/gb-table.ts`. */
	readonly table: Uint8Array;
	readonly identity: PrintIdentity;
	readonly signer?: Signer | undefined;
	/** Default: the 58 or 80 mm printer that `paperColumns` asks for. */
	readonly facts?: PrinterFacts;
	/** Figures for the status slip, asked for when it prints. */
	readonly figures?: () => StatusFigures;
	/** What stands in the way of the close, for the X report; asked for when it prints. */
	readonly blockers?: () => readonly Blocker[];
	/** Marks every document as what it is not: real. Left out outside of training. */
	readonly marked?: (document: PrintDocument, text: PaperText) => PrintDocument;
}

/**
 * Drives what the journal owes to paper. One document prints at a time, slips before lists: a list that is running
 * gives way to a slip between two rows, and goes on behind it. A debt ends only when the printer confirms its last block or a person says so (`firmware/core/day/reprint.ts`), and a restart continues
 * where the journal says.
 */
export class PrintQueue implements Part {
	readonly #core: Core;
	readonly #printer: Printer;
	readonly #options: PrintQueueOptions;
	#encoder: { readonly facts: PrinterFacts; readonly escPos: EscPos } | undefined;
	#job: PrintJob | undefined;
	/** A list that has given way to slips. */
	#waiting: PrintJob | undefined;
	/** True while bytes of a run that nobody finished may be in the printer: always so after a start. */
	#isPrinterUnclean = true;
	#problem: { readonly problem: "paperOut" | "offline"; readonly debt: number } | undefined;

	constructor(options: PrintQueueOptions) {
		this.#core = options.core;
		this.#printer = options.printer;
		this.#options = options;
	}

	/** Makes blocks and sends what the printer takes, until it has to wait, notes something, or has done enough. */
	step(): number {
		const debt = this.#current();
		if (debt === undefined) {
			this.#problem = undefined;
			this.#waiting = undefined;
			return Number.POSITIVE_INFINITY;
		}
		const status = this.#printer.status();
		const problem = problemOf(status);
		if (problem !== undefined) {
			this.#stop(debt);
			this.#problem = { problem, debt: debt.debt };
			return PROBLEM_MS;
		}
		this.#problem = undefined;
		this.#job ??= this.#takeUp(debt) ?? this.#begin(debt, status);
		return this.#advance(this.#job, debt);
	}

	/** True while a document is on its way through the printer. */
	get isPrinting(): boolean {
		return this.#job?.begun === true;
	}

	/** Gives up what is being printed; what is owed stays in the journal. */
	close(): void {
		this.#dropJob();
	}

	/** What the operator has to do for paper. */
	notices(): Notice[] {
		const notices: Notice[] = [];
		if (this.#problem !== undefined) notices.push({ type: "printer", ...this.#problem });
		for (const { state, debt } of this.#core.state.debts) {
			if (state === "unknown") notices.push({ type: "printer", problem: "unconfirmed", debt });
		}
		return notices;
	}

	/** The debt being printed, or the next one to print. */
	#current(): PrintDebt | undefined {
		const { debts } = this.#core.state;
		if (this.#job !== undefined) {
			const { debt: printing } = this.#job;
			const debt = debts.find((other) => other.debt === printing);
			if (debt !== undefined && debt.state !== "unknown") return debt;
			this.#dropJob();
		}
		const open = debts.filter(isOpen);
		const waiting = this.#waiting?.debt;
		return open.find(isSlip) ?? open.find(({ debt }) => debt === waiting) ?? open[0];
	}

	/** The list that has given way goes on, once it is its turn again. */
	#takeUp({ debt }: PrintDebt): PrintJob | undefined {
		const job = this.#waiting;
		if (job?.debt !== debt) return undefined;
		this.#waiting = undefined;
		job.goOn();
		return job;
	}

	#begin(debt: PrintDebt, status: PrinterStatus): PrintJob {
		if (this.#isPrinterUnclean) this.#printer.reset();
		this.#isPrinterUnclean = false;
		const { escPos } = this.#encoderNow();
		const document = this.#documentOf(debt, escPos, status);
		return new PrintJob(debt, { document, encoder: escPos, printer: this.#printer });
	}

	#documentOf(debt: PrintDebt, escPos: EscPos, { paper }: PrinterStatus): PrintDocument {
		const { digest, identity, figures, signer, blockers, marked } = this.#options;
		const core = this.#core;
		const text = paperText(core.configuration.language);
		const document = documentOf({
			core,
			digest,
			identity,
			signer,
			text,
			columns: escPos.columns,
			encode: (text) => escPos.text(text),
			debt,
			resumed: debt.state === "sent",
			paper,
			figures: debt.document === "statusSlip" ? figures?.() : undefined,
			blockers: debt.document === "interimReport" ? (blockers?.() ?? []) : [],
		});
		return marked === undefined ? document : marked(document, text);
	}

	#encoderNow(): { readonly facts: PrinterFacts; readonly escPos: EscPos } {
		const chosen = this.#core.configuration.paperColumns >= paper80.columns ? paper80 : paper58;
		const facts = this.#options.facts ?? chosen;
		if (this.#encoder?.facts !== facts) {
			this.#encoder = { facts, escPos: new EscPos({ facts, table: this.#options.table }) };
		}
		return this.#encoder;
	}

	#advance(job: PrintJob, debt: PrintDebt): number {
		const isSlipDue =
			!isSlip(debt) && this.#core.state.debts.some((other) => isSlip(other) && isOpen(other));
		for (let left = BLOCKS_PER_STEP; left > 0; left--) {
			const prepared = isSlipDue && job.giveWay() ? "ready" : this.#prepare(job);
			if (prepared === "done") {
				this.#job = undefined;
				this.#note(job.debt, job.certain ? "confirmed" : "unknown", job.row);
				return 0;
			}
			if (prepared === "reading") {
				left -= BLOCKS_PER_READING - 1;
				continue;
			}
			// Journalled before the first byte goes out, so that a restart knows that rows may be on paper.
			if (debt.state === "due") this.#note(job.debt, "sent", 0);
			const progress = job.send();
			if (progress === "busy") return BUSY_MS;
			if (progress === "gaveWay") {
				this.#waiting = job;
				this.#job = undefined;
				if (job.row > debt.row) this.#note(job.debt, "sent", job.row);
				return 0;
			}
			if (progress === "page" && job.row > debt.row) this.#note(job.debt, "sent", job.row);
			if (progress === "page" || debt.state === "due") return 0;
		}
		return 0;
	}

	/** A document that failed half-way must not look like one that came to its end. */
	#prepare(job: PrintJob): ReturnType<PrintJob["prepare"]> {
		try {
			return job.prepare();
		} catch (error) {
			this.#dropJob();
			throw error;
		}
	}

	/** Paper or printer are gone: what is on paper for certain is journalled, the rest is sent again later. */
	#stop(debt: PrintDebt): void {
		const job = this.#job;
		if (job === undefined) return;
		this.#dropJob();
		if (job.row > debt.row) this.#note(job.debt, "sent", job.row);
	}

	#dropJob(): void {
		if (this.#job?.begun === true) {
			this.#printer.reset();
			this.#isPrinterUnclean = true;
		}
		this.#job = undefined;
		// What it had sent may be gone with the printer's buffer: it begins again behind the row that is journalled.
		this.#waiting = undefined;
	}

	#note(debt: number, state: PrintDebt["state"], row: number): void {
		this.#core.record("printProgress", { debt, state, row, by: null, reason: null });
	}
}

function problemOf({ online, paper }: PrinterStatus): "paperOut" | "offline" | undefined {
	if (!online) return "offline";
	return paper === "out" ? "paperOut" : undefined;
}

function isSlip({ document }: PrintDebt): boolean {
	return document === "slip";
}

function isOpen({ state }: PrintDebt): boolean {
	return state === "due" || state === "sent";
}
