import { crc32 } from "node:zlib";
import { CloseoutError } from "../../protocol/error.ts";
import type { Life } from "./_life.ts";
import { Listener } from "./_listener.ts";
import type { Media, Range } from "./_media.ts";
import { nameOf, type Question, Walk } from "./_question.ts";

/** One in so many of the verdicts that are known is found once more, and must be the same. */
const ONCE_MORE_EVERY = 64;

/** What became of starts that went the same way. */
interface Outcome {
	readonly verdict: string | undefined;
	/** Over everything that was written and erased, in order. */
	readonly changes: number;
	/** Something was asked that cannot be asked again without a start. */
	readonly isOpaque: boolean;
}

/** A question at which ways part. */
interface Fork {
	/** From the last start that came by. */
	question: Question;
	readonly ways: Map<string, Fork | Outcome>;
}

/**
 * Starts from one ground: media that are the same but for some bytes. What a start does follows from what it reads. So
 * it is heard while it asks about these bytes, through the journal's own readers: which frame is whole, where what is
 * written ends, which root a slot holds. Where other bytes give the same answers to the same questions, up to the
 * last, the same start follows, and it is not made again.
 */
export class KnownStarts {
	readonly #media: Media;
	readonly #segmentBytes: number;
	#changing: readonly Range[] = [];
	/** By the kind of judgement. */
	#ways = new Map<string, Fork | Outcome>();
	/** Starts that were made; that were known; and of these, that were made all the same. */
	made = 0;
	known = 0;
	checked = 0;

	constructor(media: Media, { segmentBytes }: Life) {
		this.#media = media;
		this.#segmentBytes = segmentBytes;
	}

	/** Other ground: nothing of it is known. Cases on it differ from each other in the ranges given and nowhere else. */
	forget(changing: readonly Range[]): void {
		this.#changing = changing;
		this.#ways = new Map();
	}

	/** The verdict on the media as they are. `judge` starts them, in one and the same manner for each `kind`. */
	once(kind: string, judge: () => string | undefined): string | undefined {
		this.#media.reuse();
		const found = this.#media.aside(() => this.#find(this.#ways.get(kind)));
		if (found === undefined) {
			this.made += 1;
			return this.#make(kind, judge).verdict;
		}
		this.known += 1;
		if (this.known % ONCE_MORE_EVERY !== 0) return found.verdict;
		this.checked += 1;
		const again = this.#make(kind, judge);
		// Bits that waver come out otherwise, and may well lead another way.
		if (again.verdict !== undefined || again === found || this.#media.isWavering)
			return again.verdict;
		return "a start went another way than one that read the same";
	}

	/** The outcome that the answers of these media lead to; undefined unless it is known and good. */
	#find(from: Fork | Outcome | undefined): Outcome | undefined {
		const walk = new Walk(this.#media, this.#segmentBytes);
		let at = from;
		try {
			while (at !== undefined && "ways" in at) at = at.ways.get(walk.answer(at.question));
		} catch (error) {
			// The reader that is asked again has a budget.
			if (error instanceof CloseoutError && error.code === "LIMIT") return undefined;
			throw error;
		}
		return at?.isOpaque || at?.verdict !== undefined ? undefined : at;
	}

	/** Makes the start and takes down its way. */
	#make(kind: string, judge: () => string | undefined): Outcome {
		let at = this.#ways.get(kind);
		let put = (next: Fork | Outcome) => this.#ways.set(kind, next);
		let problem: string | undefined;
		let changes = 0;
		const asked = (question: Question, answer: string) => {
			if (at === undefined) {
				at = { question, ways: new Map() };
				put(at);
			}
			if (!("ways" in at) || nameOf(at.question) !== nameOf(question)) {
				problem = `a start that read the same asks otherwise: ${nameOf(question)}`;
				return;
			}
			at.question = question;
			const { ways } = at;
			put = (next) => ways.set(answer, next);
			at = ways.get(answer);
		};
		const changed = (offset: number, bytes: Uint8Array) => {
			changes = crc32(bytes, (Math.imul(changes, 31) + offset) >>> 0);
		};
		const listener = new Listener(this.#media, this.#changing, { asked, changed });
		const verdict = listener.during(judge);
		const { isOpaque } = listener;
		const outcome = { verdict, changes, isOpaque };
		if (at === undefined) put(outcome);
		else if ("ways" in at)
			problem ??= `a start that read the same asks more: ${nameOf(at.question)}`;
		else if (at.verdict === verdict && at.changes === changes) return at;
		else if (!isOpaque) problem ??= `starts that read the same end otherwise: ${at.verdict}`;
		return problem === undefined ? outcome : { ...outcome, verdict: `${problem}; ${verdict}` };
	}
}
