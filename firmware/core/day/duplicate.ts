import {
	DUPLICATE_ANSWER_S,
	DUPLICATE_RECORDS_MAX,
	OPEN_TRANSACTIONS_MAX,
} from "../../../protocol/limits.ts";
import type { AppBody } from "../../../protocol/payment-app.ts";
import type { RecordBody } from "../../../protocol/record.ts";
import type { Core } from "../core.ts";
import type { Notice } from "../part.ts";
import { intentOf } from "./ledger.ts";

type Asked = AppBody<"intent">;
type Answer = RecordBody<"duplicateAnswer">["answer"];

/** An earlier charge of the same card and amount. */
interface Earlier {
	readonly transaction: number;
	readonly amountMinor: number;
	readonly lastFour: string;
	readonly wallS: number;
}

interface Question {
	readonly asked: Asked;
	readonly earlier: Earlier;
	readonly untilMs: number;
}

/**
 * Knows a second charge of the same card and amount within a short time: a person who pressed twice, or a customer who
 * was told that the first one failed. It asks once, before anything is charged. Approved sales are read from the journal,
 * each record once; a charge whose end is not known yet is kept in mind until a restart, which shows it as unknown.
 */
export class DuplicateGuard {
	readonly #core: Core;
	/** Cards that the application has told, by its number of the charge. */
	readonly #cards = new Map<number, string>();
	#begun: readonly Earlier[] = [];
	/** Approved sales of cards within the time that counts, and the last record that was looked at. */
	#recent: readonly Earlier[] = [];
	#readTo = 0;
	#question: Question | null = null;

	constructor(core: Core) {
		this.#core = core;
	}

	get question(): Question | null {
		return this.#question;
	}

	/** Milliseconds until an open question counts as not answered. */
	get leftMs(): number {
		if (this.#question === null) return Number.POSITIVE_INFINITY;
		return Math.max(0, this.#question.untilMs - this.#core.stamp().monotonicMs);
	}

	/** The card that the charge with this number will be made to. */
	present({ request, lastFour }: AppBody<"cardPresented">): void {
		if (this.#cards.size >= OPEN_TRANSACTIONS_MAX) this.#cards.clear();
		this.#cards.set(request, lastFour);
	}

	/** True when the charge has to be asked about first; the question stands from now on. */
	ask(asked: Asked): boolean {
		const earlier = this.#earlierOf(asked);
		if (earlier === undefined) return false;
		const untilMs = this.#core.stamp().monotonicMs + DUPLICATE_ANSWER_S * 1000;
		this.#question = { asked, earlier, untilMs };
		return true;
	}

	/** The record of an answer; the question is over. */
	end(
		{ asked, earlier }: Question,
		answer: Answer,
		operator: string,
	): RecordBody<"duplicateAnswer"> {
		this.#question = null;
		const { request, amountMinor, currency } = asked;
		if (answer !== "charge") this.#cards.delete(request);
		const { transaction, lastFour } = earlier;
		return { earlier: transaction, request, amountMinor, currency, lastFour, operator, answer };
	}

	/** The charge is made: from now on it is an earlier one. */
	begun(transaction: number, { request, amountMinor, type }: Asked): void {
		const lastFour = this.#cards.get(request);
		this.#cards.delete(request);
		if (lastFour === undefined || type !== "sale") return;
		const { wallS } = this.#core.stamp();
		const { open } = this.#core.state;
		const still = this.#begun.filter((one) => open.some((other) => isSame(one, other)));
		this.#begun = [...still, { transaction, amountMinor, lastFour, wallS }];
	}

	notices(): readonly Notice[] {
		if (this.#question === null) return [];
		const { asked, earlier } = this.#question;
		const { amountMinor, currency } = asked;
		const { lastFour, wallS } = earlier;
		return [{ type: "duplicate", amountMinor, currency, lastFour, wallS }];
	}

	#earlierOf({ request, type, amountMinor }: Asked): Earlier | undefined {
		const lastFour = this.#cards.get(request);
		const withinS = this.#core.configuration.duplicateMinutes * 60;
		if (lastFour === undefined || type !== "sale" || withinS === 0) return undefined;
		const { wallS } = this.#core.stamp();
		this.#read(wallS - withinS);
		const { open } = this.#core.state;
		const running = this.#begun.filter((one) => open.some((other) => isSame(one, other)));
		return [...running, ...this.#recent].find(
			(one) =>
				one.amountMinor === amountMinor &&
				one.lastFour === lastFour &&
				Math.abs(wallS - one.wallS) <= withinS,
		);
	}

	/** Takes the records that have come since the last question of this kind. */
	#read(sinceS: number): void {
		const { sequence: head } = this.#core.state;
		const from = Math.max(this.#readTo, head - DUPLICATE_RECORDS_MAX) + 1;
		this.#core.scan(from, head, (_sequence, { kind, body, stamp }) => {
			if (kind !== "outcome" || body.outcome !== "approved") return true;
			if (stamp.wallS < sinceS || body.source === "contradicting") return true;
			const { transaction, lastFour } = body;
			const intent = intentOf(this.#core, transaction);
			if (intent?.type === "void") {
				this.#recent = this.#recent.filter((one) => one.transaction !== intent.original);
			} else if (intent?.type === "sale" && lastFour !== null) {
				const { amountMinor } = intent;
				const sale = { transaction, amountMinor, lastFour, wallS: stamp.wallS };
				this.#recent = [...this.#recent, sale];
			}
			return true;
		});
		this.#recent = this.#recent.filter((one) => one.wallS >= sinceS);
		this.#readTo = head;
	}
}

function isSame(one: Earlier, other: { readonly transaction: number }): boolean {
	return one.transaction === other.transaction;
}
