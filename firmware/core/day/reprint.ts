import { PRINT_COPIES_MAX, PRINT_DEBTS_MAX } from "../../../protocol/limits.ts";
import type { RecordBody } from "../../../protocol/record.ts";
import { minuteOfDay } from "../../../protocol/time.ts";
import type { Core, Entry } from "../core.ts";
import type { Actor, DocumentType, NextCopy, ReprintAnswer, ReprintRequest } from "../part.ts";
import { refuseUnless } from "./refusal.ts";
import { mayAct } from "./right.ts";

const DAY_SECONDS = 86_400;
/** Copies that need no approval, on the day itself, for a small amount. */
const FREE_COPIES = 1;

export interface ReprintOptions {
	readonly core: Core;
}

/**
 * Copies and the ends of prints that people decide. Every copy is counted in the journal from the records that
 * owed the earlier ones, so the count survives everything that the journal survives.
 */
export class Reprint {
	readonly #core: Core;

	constructor({ core }: ReprintOptions) {
		this.#core = core;
	}

	/**
	 * Owes a marked copy and returns the print debt. Without approval only the first copy, of the open day, up to
	 * the free amount and outside the peak hours; otherwise a manager with a reason. Throws `REFUSED`.
	 */
	reprint(document: DocumentType, subject: number, by: Actor, reason: string): number {
		const { copy, needsApproval } = this.nextCopy(document, subject);
		if (needsApproval) {
			refuseUnless(mayAct(by.role, "manager"), "roleTooLow");
			refuseUnless(reason.trim() !== "", "reasonMissing");
		}
		const given = reason.trim() === "" ? null : reason;
		return this.#core.record("printDue", { document, subject, copy, by: by.name, reason: given });
	}

	/** Which copy the next one is, and whether somebody has to allow it. Throws `REFUSED`. */
	nextCopy(document: DocumentType, subject: number): NextCopy {
		const { state, configuration } = this.#core;
		const { wallS } = this.#core.stamp();
		const original = subject > 0 ? this.#core.recordAt(subject) : undefined;
		refuseUnless(original !== undefined && isSubject(document, original.kind), "subjectUnknown");
		const ageS = wallS - original.stamp.wallS;
		refuseUnless(ageS <= configuration.retentionDays * DAY_SECONDS, "reprintTooOld");
		refuseUnless(state.debts.length < PRINT_DEBTS_MAX, "tooManyPrints");
		const copy = this.#copies(document, subject) + 1;
		refuseUnless(copy <= PRINT_COPIES_MAX, "copiesUsedUp");
		const hasAmount = original.kind === "intent" || original.kind === "supplement";
		const amountMinor = hasAmount ? original.body.amountMinor : 0;
		const needsApproval =
			document !== "statusSlip" && this.#needsApproval(subject, copy, amountMinor);
		return { copy, needsApproval };
	}

	/** Journals that a copy is wanted, and who is to allow it. Throws `REFUSED`. */
	ask(document: DocumentType, subject: number, by: Actor, { reason, way }: ReprintRequest): number {
		const { copy } = this.nextCopy(document, subject);
		refuseUnless(reason.trim() !== "", "reasonMissing");
		const body = { document, subject, copy, by: by.name, reason, way };
		return this.#core.record("reprintAsked", body);
	}

	/** Owes the copy that was asked for, or refuses it; each request has one answer. Throws `REFUSED`. */
	answer(asked: number, { accepted, by, way }: ReprintAnswer): number | null {
		const request = asked > 0 ? this.#core.recordAt(asked) : undefined;
		refuseUnless(request?.kind === "reprintAsked", "reprintUnknown");
		refuseUnless(answerTo(this.#core, asked) === undefined, "reprintAnswered");
		const answer: Entry = ["reprintAnswer", { asked, accepted, by, way }];
		if (!accepted) {
			this.#core.recordGroup([answer]);
			return null;
		}
		const { document, subject, by: operator, reason } = request.body;
		const { copy } = this.nextCopy(document, subject);
		const owed: Entry = ["printDue", { document, subject, copy, by: operator, reason }];
		return this.#core.recordGroup([answer, owed]) + 1;
	}

	/**
	 * A person has looked at the paper of a print whose printer cannot say. What is not there is printed again from its
	 * beginning, as begun before: parts of it may be on paper, so it carries the mark of going on.
	 */
	confirmPrint(debt: number, by: Actor, onPaper: boolean): void {
		const found = this.#core.state.debts.find((other) => other.debt === debt);
		refuseUnless(found !== undefined, "printUnknown");
		refuseUnless(found.state === "unknown", "printNotSent");
		if (onPaper) this.#end(debt, "confirmed", found.row, by, null);
		else this.#end(debt, "sent", 0, by, null);
	}

	/** Gives a print up. Throws `REFUSED` without a manager's rights or a reason. */
	waivePrint(debt: number, by: Actor, reason: string): void {
		const found = this.#core.state.debts.find((other) => other.debt === debt);
		refuseUnless(found !== undefined, "printUnknown");
		refuseUnless(mayAct(by.role, "manager"), "roleTooLow");
		refuseUnless(reason.trim() !== "", "reasonMissing");
		this.#end(debt, "waived", found.row, by, reason);
	}

	#end(
		debt: number,
		state: RecordBody<"printProgress">["state"],
		row: number,
		by: Actor,
		reason: string | null,
	): void {
		this.#core.record("printProgress", { debt, state, row, by: by.name, reason });
	}

	#needsApproval(subject: number, copy: number, amountMinor: number): boolean {
		const { state, configuration } = this.#core;
		const today = state.day !== null && subject >= state.day.first;
		const small = amountMinor <= configuration.reprintFreeMinor;
		return copy > FREE_COPIES || !today || !small || this.#isPeak();
	}

	#isPeak(): boolean {
		const { reprintPeakStartMinute: start, reprintPeakEndMinute: end } = this.#core.configuration;
		if (start < 0 || end < 0) return false;
		const { wallS, zoneMinutes } = this.#core.stamp();
		const minute = minuteOfDay(wallS, zoneMinutes);
		return start <= end ? minute >= start && minute < end : minute >= start || minute < end;
	}

	#copies(document: DocumentType, subject: number): number {
		let copies = 0;
		this.#core.scan(subject + 1, this.#core.state.sequence, (_sequence, { kind, body }) => {
			if (kind === "printDue" && body.document === document && body.subject === subject) {
				copies = Math.max(copies, body.copy);
			}
			return true;
		});
		return copies;
	}
}

/** The answer to a request for a copy, once there is one. */
export function answerTo(core: Core, asked: number): RecordBody<"reprintAnswer"> | undefined {
	let found: RecordBody<"reprintAnswer"> | undefined;
	core.scan(asked + 1, core.state.sequence, (_sequence, { kind, body }) => {
		if (kind === "reprintAnswer" && body.asked === asked) found = body;
		return found === undefined;
	});
	return found;
}

/** Which record a document is about. */
function isSubject(document: DocumentType, kind: string): boolean {
	switch (document) {
		case "slip":
			return kind === "intent" || kind === "supplement";
		case "settlementSlip":
			return kind === "settleBegin";
		case "dailyList":
			return kind === "dayOpen" || kind === "settleBegin";
		case "selectedList":
			return kind === "listAsked";
		case "interimReport":
			return kind === "dayOpen";
		case "exceptionList":
			return kind === "dayOpen" || kind === "shiftOpen";
		case "statusSlip":
		case "testSlip":
			return true;
	}
}
