import { toHex } from "../../../protocol/bytes.ts";
import { LIST_PAGE_ROWS } from "../../../protocol/limits.ts";
import { ListHash, netMinor } from "../../../protocol/list-hash.ts";
import { formatListSeal, SEAL_ROOT_DIGITS } from "../../../protocol/paper-seal.ts";
import type { SlipItem } from "../../../protocol/slip/slip.ts";
import {
	type DocumentContext,
	type DocumentStep,
	endItems,
	missingDocument,
	type PrintDocument,
} from "./document.ts";
import { listReaderOf } from "./journal-reader.ts";
import { gapSteps, otherSteps, totalsBlocks } from "./list-end.ts";
import { ListLayout } from "./list-layout.ts";
import { findPeriod, type ListPeriod } from "./list-period.ts";
import type { ListIntent } from "./list-record.ts";
import { isByOperator, ListSurvey } from "./list-survey.ts";
import { type ListEntry, PeriodRows } from "./period-rows.ts";
import { supplementSteps } from "./supplement-document.ts";

/**
 * The daily list of a batch or a day: a counting pass, the rows page by page, then what is no row, gaps, totals and
 * the QR code. Each row is a block. After a stop it goes on behind the rows that are on paper for certain; a
 * page end or the sections after the rows may then appear twice, under the banner that says so.
 */
export function* listDocument(context: DocumentContext): PrintDocument {
	const { core, debt } = context;
	const period = yield* findPeriod(core, debt.subject, debt.debt);
	if (period === undefined) return yield* missingDocument(context);
	const survey = new ListSurvey(core, period);
	yield* survey.read(core, period);
	const isShort = isShortList(context, period, survey);
	const layout = new ListLayout(context, period, survey, isShort);
	const rows = new ListPrinting(context, period, { layout, isShort });
	yield* rows.steps();
	const list = { context, period, survey, layout };
	yield* otherSteps(list, rows.rowCount);
	yield* supplementSteps(list, rows.rowCount);
	yield* gapSteps(list, rows.rowCount);
	for (const block of totalsBlocks(list)) yield { block, row: rows.rowCount };
	const isWhole = period.filter === null;
	const seal = isWhole ? sealItems(context, period, rows) : partItems(context);
	yield { block: seal, row: rows.rowCount };
}

/** As it was asked for, or by the number of rows. What has begun with its rows goes on with them. */
function isShortList(
	{ core, resumed, debt }: DocumentContext,
	{ isShort }: ListPeriod,
	{ rowCount }: ListSurvey,
): boolean {
	if (isShort !== null) return isShort;
	const { shortListRows } = core.configuration;
	return shortListRows > 0 && rowCount > shortListRows && !(resumed && debt.row > 0);
}

/** The rows of a list with the sums and the hash that run along. */
class ListPrinting {
	rowCount = 0;
	netMinor = 0;
	pageHash: Uint8Array = new Uint8Array();
	readonly #context: DocumentContext;
	readonly #period: ListPeriod;
	readonly #layout: ListLayout;
	readonly #hash: ListHash;
	/** Rows that are on paper already; they are counted and hashed, and not made again. */
	readonly #from: number;
	/** Rows are counted and hashed all the same; on paper is only what arrived late. */
	readonly #isShort: boolean;

	constructor(
		context: DocumentContext,
		period: ListPeriod,
		{ layout, isShort }: { readonly layout: ListLayout; readonly isShort: boolean },
	) {
		this.#context = context;
		this.#period = period;
		this.#layout = layout;
		this.#isShort = isShort;
		this.#hash = new ListHash((bytes) => context.digest.sha256(bytes));
		this.#from = context.resumed ? context.debt.row : 0;
	}

	*steps(): PrintDocument {
		const { core, resumed } = this.#context;

		const layout = this.#layout;
		const head = resumed ? layout.continued(this.#from) : layout.firstHead();
		yield { block: head, row: this.#from };
		const reader = listReaderOf(core, this.#period, {
			kinds: ["intent", "outcome"],
			withOperator: isByOperator(this.#period),
			isAgain: true,
		});
		const rows = new PeriodRows(core, this.#period.filter);
		while (!reader.done) {
			for (const [sequence, record] of reader.read()) {
				const entry = rows.take(sequence, record);
				if (entry?.standing !== "approved" || entry.intent === null) continue;
				yield* this.#row(entry, entry.intent);
			}
			yield undefined;
		}
		yield* this.#endPage(true);
	}

	*#row(entry: ListEntry, intent: ListIntent): Generator<DocumentStep, void, void> {
		if (this.rowCount > 0 && this.rowCount % LIST_PAGE_ROWS === 0) {
			yield* this.#endPage(!this.#isShort);
			if (this.rowCount >= this.#from && !this.#isShort) {
				yield { block: this.#nextHead(), row: this.rowCount };
			}
		}
		const { sequence, transaction } = entry;
		const { type, amountMinor, trace } = intent;
		const group = entry.outcome?.group ?? "domestic";
		this.#hash.add({ sequence, transaction, type, group, amountMinor, trace });
		this.rowCount++;
		this.netMinor += netMinor(type, amountMinor);
		if (this.#isShort && transaction >= this.#period.first) return;
		if (this.rowCount > this.#from) yield this.#step(this.#layout.row(entry, intent));
	}

	#nextHead() {
		this.#layout.forgetDate();
		return this.#layout.pageHead(this.rowCount / LIST_PAGE_ROWS + 1);
	}

	*#endPage(isPrinted: boolean): Generator<DocumentStep, void, void> {
		this.pageHash = this.#hash.endPage();
		if (this.rowCount < this.#from || !isPrinted) return;
		const block = this.#layout.pageFoot(this.rowCount, this.netMinor, this.pageHash);
		yield { block, row: this.rowCount, pageEnd: true };
	}

	#step(block: DocumentStep["block"]): DocumentStep {
		return { block, row: this.rowCount, between: this.#layout };
	}
}

function sealItems(
	{ core, identity, text, signer }: DocumentContext,
	{ subject, first, last, currency }: ListPeriod,
	rows: ListPrinting,
): readonly SlipItem[] {
	const { terminal, epoch } = identity;
	const { rowCount, netMinor, pageHash } = rows;
	const hash = toHex(pageHash);
	const range = { subject, first, last };
	const { signedHead } = core.state;
	const head = signedHead && {
		size: signedHead.size,
		root: toHex(signedHead.root).slice(0, SEAL_ROOT_DIGITS),
	};
	const seal = { terminal, epoch, ...range, rowCount, netMinor, currency, hash, head };
	const sign = signer && ((bytes: Uint8Array) => signer.sign(bytes));
	return [
		{ kind: "blank" },
		{ kind: "qr", data: formatListSeal(seal, sign) },
		{ kind: "text", text: text.list.check, align: "center" },
		...endItems,
	];
}

/** A part has no code: nobody but the terminal knows what was left out. */
function partItems({ text }: DocumentContext): readonly SlipItem[] {
	return [{ kind: "blank" }, { kind: "text", text: text.list.part, align: "center" }, ...endItems];
}
