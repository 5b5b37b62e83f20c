import type { Core } from "../core.ts";
import type { DocumentType } from "../part.ts";
import type { DocumentContext, PrintDocument } from "./document.ts";
import { exceptionDocument } from "./exception-document.ts";
import { listDocument } from "./list-document.ts";
import { settlementDocument } from "./settlement-document.ts";
import { slipDocument } from "./slip-document.ts";
import { statusDocument } from "./status-document.ts";

const documents: Readonly<Record<DocumentType, (context: DocumentContext) => PrintDocument>> = {
	slip: slipDocument,
	settlementSlip: settlementDocument,
	dailyList: listDocument,
	exceptionList: exceptionDocument,
	statusSlip: statusDocument,
};

/** Kinds of the record that each document is about; a status slip is about none. */
const subjectKinds: Readonly<Record<DocumentType, readonly string[]>> = {
	slip: ["intent"],
	settlementSlip: ["settleBegin"],
	dailyList: ["settleBegin", "dayOpen"],
	exceptionList: ["dayClose", "shiftClose", "dayOpen", "shiftOpen"],
	statusSlip: [],
};

/** The document that pays a debt, made while it prints. */
export function documentOf(context: DocumentContext): PrintDocument {
	return documents[context.debt.document](context);
}

/** True when the journal holds what the document is about, and it is no transaction still in progress. */
export function isPrintable(core: Core, document: DocumentType, subject: number): boolean {
	if (document === "statusSlip") return true;
	const record = subject > 0 ? core.recordAt(subject) : undefined;
	if (record === undefined || !subjectKinds[document].includes(record.kind)) return false;
	const open = core.state.open.find(({ transaction }) => transaction === subject);
	return document !== "slip" || open?.phase !== "inFlight";
}
