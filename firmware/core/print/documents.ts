import type { DocumentType } from "../part.ts";
import type { DocumentContext, PrintDocument } from "./document.ts";
import { exceptionDocument } from "./exception-document.ts";
import { interimDocument } from "./interim-document.ts";
import { listDocument } from "./list-document.ts";
import { settlementDocument } from "./settlement-document.ts";
import { slipDocument } from "./slip-document.ts";
import { statusDocument } from "./status-document.ts";
import { testDocument } from "./test-document.ts";

const documents: Readonly<Record<DocumentType, (context: DocumentContext) => PrintDocument>> = {
	slip: slipDocument,
	settlementSlip: settlementDocument,
	dailyList: listDocument,
	exceptionList: exceptionDocument,
	interimReport: interimDocument,
	selectedList: listDocument,
	statusSlip: statusDocument,
	testSlip: testDocument,
};

/** The document that pays a debt, made while it prints. */
export function documentOf(context: DocumentContext): PrintDocument {
	return documents[context.debt.document](context);
}
