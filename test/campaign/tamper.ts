import {
	judgeBatch,
	judgeHello,
	type RecordHash,
	type StreamHead,
} from "../../host/core/stream.ts";
import { BATCH_RECORDS_MAX } from "../../protocol/limits.ts";
import type { UpBody } from "../../protocol/message.ts";
import { HeadJudge } from "./_head-judge.ts";
import { chainAfter, genesis, type KnownRecord } from "./_independent.ts";
import { isSame, journalOn } from "./_invariants.ts";
import { type Life, lifeOf } from "./_life.ts";
import { Media } from "./_media.ts";
import {
	type Campaign,
	CaseError,
	caseText,
	parseCase,
	type Run,
	type Setting,
	type Tally,
} from "./campaign.ts";

const POSITIONS_PER_UNIT = 32;
const CI_STRIDE = 3;
const ACKNOWLEDGED_STRIDE = 7;
const LATER_HEAD_STRIDE = 16;
const wrongPayload = Uint8Array.of(1, 2, 3);
const edits = ["delete", "insert", "swap", "alter", "copy"] as const;
type Edit = (typeof edits)[number];
type Bare = Omit<KnownRecord, "chain" | "sequence">;

const hash: RecordHash = (previous, sequence, record) =>
	chainAfter(previous, { sequence, ...record });

/**
 * An attacker who has the media and the format changes history and computes every checksum and every chain hash
 * anew, then lets the terminal speak to the host. The host is its rules and what it holds; the terminal is what
 * honest firmware says of the media that it finds.
 */
class TamperRun implements Run {
	readonly #life: Life;
	readonly #records: readonly KnownRecord[];
	readonly #genesis: Uint8Array;
	readonly #stride: number;
	readonly #heads: HeadJudge;
	readonly units: number;
	#last:
		| { readonly name: string; readonly records: readonly KnownRecord[] | undefined }
		| undefined;

	constructor({ lane, size }: Setting) {
		this.#life = lifeOf(size);
		this.#records = this.#life.records;
		this.#genesis = genesis("shop-0001", 1);
		this.#heads = new HeadJudge(this.#records);
		this.#stride = lane === "ci" ? CI_STRIDE : 1;
		this.units = Math.ceil(this.#records.length / POSITIONS_PER_UNIT);
	}

	run(unit: number, tally: Tally): void {
		const end = Math.min((unit + 1) * POSITIONS_PER_UNIT, this.#records.length);
		for (let at = unit * POSITIONS_PER_UNIT + 1; at <= end; at++) {
			if (at % this.#stride === 0) {
				for (const edit of edits) {
					this.#take({ how: edit, at, watermark: this.#records.length }, tally);
					// The first record that a copy changes is the one after it.
					this.#take({ how: edit, at, watermark: edit === "copy" ? at + 1 : at }, tally);
				}
			}
			for (const edit of edits) this.#takeOffLine(edit, at, tally);
			this.#take({ how: "rollback", at, watermark: this.#records.length }, tally);
			this.#take({ how: "clone", at, watermark: 0 }, tally);
			if (at % ACKNOWLEDGED_STRIDE === 0)
				this.#take({ how: "acknowledge", at, watermark: 0 }, tally);
		}
	}

	/** A head that ends with the first record that is not the true one, and now and then one that ends later. */
	#takeOffLine(edit: Edit, at: number, tally: Tally): void {
		const { length } = this.#records;
		const first = edit === "copy" ? at + 1 : at;
		this.#take({ how: `head-${edit}`, at, watermark: first }, tally);
		if (at % LATER_HEAD_STRIDE === 0)
			this.#take({ how: `head-${edit}`, at, watermark: length }, tally);
	}

	#take(values: { how: string; at: number; watermark: number }, tally: Tally): void {
		tally.count();
		const { how, at, watermark } = values;
		const problem = this.#check(how, at, watermark, tally);
		if (problem !== undefined) tally.fail(caseText(values), problem);
	}

	#check(how: string, at: number, watermark: number, tally?: Tally): string | undefined {
		if (how === "rollback") return this.#rollBack(at, watermark, tally);
		if (how === "clone") return this.#clone(at, tally);
		if (how === "acknowledge") return this.#acknowledge(at, tally);
		const isOffLine = how.startsWith("head-");
		const edit = edits.find((known) => known === how.replace("head-", ""));
		// The first record that a copy changes must be one that the host holds.
		if (watermark > this.#records.length || (edit === "copy" && at >= watermark)) return undefined;
		if (edit === undefined) throw new CaseError(`tampering "${how}" is not known`);
		const forged = this.#forge(edit, at, isOffLine ? watermark : this.#records.length + 1);
		if (forged === undefined) return undefined;
		if (isOffLine) return this.#offLine(forged, at, watermark, tally);
		return this.#found(forged, at, watermark, tally) ? undefined : `${how} at ${at} is not noticed`;
	}

	/** Without a host, by a signed head alone. */
	#offLine(
		forged: readonly KnownRecord[],
		at: number,
		last: number,
		tally?: Tally,
	): string | undefined {
		tally?.mark("off line, by a head");
		if (!this.#heads.isSilent(last)) return `the head over ${last} does not fit the true records`;
		if (!this.#heads.finds(forged, at, last)) return `the head over ${last} fits other records`;
		const isRefused = this.#heads.refuses(forged, at, last);
		return isRefused ? undefined : "a head by another key is believed";
	}

	/** The same history is judged with more than one watermark, one after the other. */
	#forge(edit: Edit, at: number, to: number): readonly KnownRecord[] | undefined {
		const name = `${edit} ${at} ${to}`;
		if (this.#last?.name !== name) this.#last = { name, records: this.#forged(edit, at, to) };
		return this.#last.records;
	}

	/**
	 * History with everything recomputed from record `at` to record `to`, where it ends; undefined when the edit changes
	 * nothing.
	 */
	#forged(edit: Edit, at: number, to: number): readonly KnownRecord[] | undefined {
		const kept = this.#records.slice(0, at - 1);
		const [own, next, ...rest] = this.#records.slice(at - 1, to + 1);
		if (own === undefined) return undefined;
		const altered = {
			...own,
			payload: own.payload.map((byte, index) => (index === 0 ? byte ^ 1 : byte)),
		};
		const later = next === undefined ? [] : [next];
		const tails: Readonly<Record<Edit, readonly Bare[]>> = {
			delete: [...later, ...rest],
			insert: [altered, own, ...later, ...rest],
			swap: [...later, own, ...rest],
			alter: [altered, ...later, ...rest],
			copy: [own, own, ...later, ...rest],
		};
		if (next === undefined && edit === "swap") return undefined;
		if (edit === "swap" && next !== undefined && isSame(own.payload, next.payload))
			return undefined;
		return [
			...kept,
			...this.#chained(tails[edit].slice(0, to - at + 1), at, kept.at(-1)?.chain ?? this.#genesis),
		];
	}

	#chained(tail: readonly Bare[], from: number, previous: Uint8Array): readonly KnownRecord[] {
		let chain = previous;
		return tail.map(({ kind, flags, payload }, index) => {
			const made = { sequence: from + index, kind, flags, payload };
			chain = chainAfter(chain, made);
			return { ...made, chain };
		});
	}

	#headAt(watermark: number): StreamHead {
		const chain = this.#records[watermark - 1]?.chain ?? this.#genesis;
		return { watermark, chain, frozen: false, fenced: false };
	}

	/** The first contact: the hello, then the batch that begins before the watermark, then the one behind it. */
	#found(forged: readonly KnownRecord[], at: number, watermark: number, tally?: Tally): boolean {
		const head = this.#headAt(watermark);
		const last = forged.at(-1);
		const chainAt = (sequence: number) => forged[sequence - 1]?.chain ?? this.#genesis;
		const hello = helloOf(last?.sequence ?? 0, chainAt(last?.sequence ?? 0), {
			watermark: Math.min(watermark, last?.sequence ?? 0),
			watermarkChain: chainAt(Math.min(watermark, last?.sequence ?? 0)),
		});
		const stored = this.#records[hello.last - 1]?.chain;
		if (judgeHello(head, hello, stored) !== "ok") {
			tally?.mark("found by the hello");
			return true;
		}
		const from = Math.max(1, Math.min(at, watermark) - 1);
		const batch = batchOf(forged, from, chainAt(from - 1));
		const judged = judgeBatch(
			head,
			batch,
			hash,
			this.#records[from + batch.records.length - 2]?.chain,
		);
		tally?.mark(`found by a batch: ${judged.type}`);
		return judged.type === "fork" || judged.type === "invalid";
	}

	/** The image as it was after record `at`, while the host holds more; it then goes on with a record of its own. */
	#rollBack(at: number, watermark: number, tally?: Tally): string | undefined {
		if (at >= watermark) return undefined;
		const head = this.#headAt(watermark);
		const own = this.#records[at - 1];
		if (own === undefined) return undefined;
		const place = { watermark: at, watermarkChain: own.chain };
		const verdict = judgeHello(head, helloOf(at, own.chain, place), own.chain);
		tally?.mark(`rolled back: ${verdict}`);
		if (verdict === "ok") return `rollback to ${at} is not noticed`;
		const [made] = this.#chained(
			[{ kind: 4, flags: 1, payload: Uint8Array.of(1) }],
			at + 1,
			own.chain,
		);
		if (made === undefined) return undefined;
		const after = judgeHello(head, helloOf(at + 1, made.chain, place), this.#records[at]?.chain);
		return after === "fork" ? undefined : `going on after a rollback to ${at} is "${after}"`;
	}

	/** Two terminals from one image: the first one's records are held when the second one comes with its own. */
	#clone(at: number, tally?: Tally): string | undefined {
		const own = this.#records[at - 1];
		if (own === undefined) return undefined;
		const make = (byte: number) =>
			this.#chained([{ kind: 4, flags: 1, payload: Uint8Array.of(byte) }], at + 1, own.chain);
		const [first] = make(1);
		const [second] = make(2);
		if (first === undefined || second === undefined) return undefined;
		const head: StreamHead = {
			watermark: at + 1,
			chain: first.chain,
			frozen: false,
			fenced: false,
		};
		const place = { watermark: at, watermarkChain: own.chain };
		tally?.mark("clones");
		if (judgeHello(head, helloOf(at + 1, second.chain, place), first.chain) !== "fork")
			return `a clone from ${at} is not noticed at its hello`;
		const batch = {
			from: at + 1,
			previousChain: own.chain,
			records: [second],
			endChain: second.chain,
		};
		const judged = judgeBatch(head, batch, hash, first.chain);
		return judged.type === "fork" ? undefined : `a clone's batch from ${at} is "${judged.type}"`;
	}

	/** An acknowledgement of a record with a chain that is not the journal's own moves nothing. */
	#acknowledge(at: number, tally?: Tally): string | undefined {
		const { geometry, finalImage, records } = this.#life;
		const media = new Media(geometry, finalImage.slice());
		const journal = journalOn(media);
		journal.open();
		const { sequence } = journal.watermark;
		const wrong = chainAfter(new Uint8Array(32), {
			sequence: at,
			kind: 0,
			flags: 0,
			payload: wrongPayload,
		});
		tally?.mark("false acknowledgements");
		if (journal.acknowledge(records.length, wrong))
			return "an acknowledgement with a wrong chain is believed";
		if (at >= journal.firstSequence && journal.acknowledge(at, wrong))
			return `an acknowledgement of ${at} with a wrong chain is believed`;
		return journal.watermark.sequence === sequence ? undefined : "the watermark moved";
	}

	replay(text: string): string | undefined {
		const parsed = parseCase(text);
		return this.#check(parsed.text("how"), parsed.number("at"), parsed.number("watermark"));
	}
}

function helloOf(
	last: number,
	lastChain: Uint8Array,
	place: { readonly watermark: number; readonly watermarkChain: Uint8Array },
): UpBody<"hello"> {
	const fixed = {
		nonce: new Uint8Array(16),
		firmware: "test",
		boot: 1,
		first: 1,
		wallS: 0,
		zoneMinutes: 0,
	};
	return { ...fixed, last, lastChain, ...place };
}

function batchOf(
	forged: readonly KnownRecord[],
	from: number,
	previousChain: Uint8Array,
): UpBody<"batch"> {
	const records = forged.slice(from - 1, from - 1 + BATCH_RECORDS_MAX);
	return { from, previousChain, records, endChain: records.at(-1)?.chain ?? previousChain };
}

export const campaign: Campaign = {
	shows:
		"history that the host holds cannot be changed, rolled back or doubled on the terminal without being found at first contact, nor, off line, history under a signed head",
	mustSee: [
		"found by the hello",
		"rolled back: behind",
		"clones",
		"false acknowledgements",
		"off line, by a head",
	],
	open: (setting) => new TamperRun(setting),
};
