import { PRINT_DEBTS_MAX } from "../../../protocol/limits.ts";
import type { Core, Entry } from "../core.ts";
import type { DocumentType } from "../part.ts";

/**
 * Which paper is owed by itself. A sale owes its slip. A settlement owes its settlement slip and the list of its
 * batch, both with the settlement as subject. A day owes the list of its business date, with its first record as
 * subject, only for approvals that no list reaches. A close with exceptions owes the list of them, with the first
 * record of the shift or day as subject.
 */
export interface Owed {
	readonly document: DocumentType;
	readonly subject: number;
}

/**
 * Records that owe these originals, to be appended in the group of what caused them. What does not fit any more
 * is left out: it stays in the journal and can be printed as a copy, and a full list of debts must stop nobody
 * from settling and closing.
 */
export function owe(core: Core, documents: readonly Owed[], by: string): readonly Entry[] {
	const room = Math.max(0, PRINT_DEBTS_MAX - core.state.debts.length);
	return documents
		.slice(0, room)
		.map(({ document, subject }) => ["printDue", { document, subject, copy: 0, by, reason: null }]);
}
