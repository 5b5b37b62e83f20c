import { equalBytes } from "../../../protocol/bytes.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import { RECOVERY_STEPS_MAX } from "../../../protocol/limits.ts";
import {
	BOTH_COPIES,
	type Budget,
	type Checkpoint,
	type Position,
	type ReportedGap,
	type Root,
	readSegmentHeader,
	type SegmentKey,
	type SegmentSummary,
	segmentBases,
} from "../../../protocol/media.ts";
import { emptyTail, type JournalContext, type Tail } from "./context.ts";
import {
	rebuiltHeader,
	redoRebuild,
	replaceSegment,
	type SurveyOptions,
	survey,
	surveyAnew,
} from "./rebuild.ts";
import type { SegmentIndex } from "./segment-index.ts";

/** What a start found and did. The caller tells it in records of its own, in the first group it appends. */
export interface OpenReport {
	/** Shut down in order and nothing was wrong. */
	readonly clean: boolean;
	/** More than the step budget was needed: nothing was changed and nothing can be appended. */
	readonly readOnly: boolean;
	readonly epoch: number;
	readonly terminalId: string;
	/** Newest state that can be read; records after it are to be replayed. Undefined: replay from the first. */
	readonly checkpoint: Checkpoint | undefined;
	readonly firstSequence: number;
	readonly lastSequence: number;
	readonly lastChain: Uint8Array;
	/** Bytes of a group that was being written when the power went, and never counted. */
	readonly tornBytes: number;
	/** Records that were whole in one copy only and stand in both again. */
	readonly repairedRecords: number;
	/** Frames that were whole and did not belong where they were. */
	readonly staleRecords: number;
	/**
	 * Destroyed records. Those that are not `recorded` have to be told in the first group that is appended; they
	 * are reported again by every start until then, so a record that tells of a gap may stand there twice.
	 */
	readonly gaps: readonly ReportedGap[];
	/** The newest segment was written anew, so that nothing is ever programmed after a torn write. */
	readonly rebuilt: boolean;
}

export interface Recovered {
	readonly tail: Tail;
	readonly report: OpenReport;
}

/**
 * Brings the newest segment into a state that can be appended to and says what was found. A second run right
 * after it changes nothing and says the same. Past the step budget nothing more is changed and the journal can
 * be read as far as it goes.
 */
export function recover(context: JournalContext, index: SegmentIndex): Recovered {
	const before = context.roots.root;
	const budget: Budget = { steps: RECOVERY_STEPS_MAX };
	try {
		redoRebuild(context, budget);
		return new Recovery(context, index, budget, before.state === "closed").run();
	} catch (error) {
		if (!(error instanceof CloseoutError) || error.code !== "LIMIT") throw error;
		context.log.write("error", error.code, error.message);
		return readOnly(context);
	}
}

function readOnly({ roots, sha256 }: JournalContext): Recovered {
	const { root } = roots;
	const tail = emptyTail(root.head, root.newest, root.epoch, sha256);
	return {
		tail,
		report: {
			...placesOf(root, root.head),
			clean: false,
			readOnly: true,
			checkpoint: undefined,
			gaps: [],
			rebuilt: false,
		},
	};
}

function placesOf(root: Root, head: Position) {
	return {
		epoch: root.epoch,
		terminalId: root.terminalId,
		firstSequence: root.first.sequence,
		lastSequence: head.sequence,
		lastChain: head.chain,
		tornBytes: root.tornBytes,
		repairedRecords: root.repairedRecords,
		staleRecords: root.staleRecords,
	};
}

class Recovery {
	readonly #context: JournalContext;
	readonly #index: SegmentIndex;
	readonly #budget: Budget;
	#isClean: boolean;
	#isRebuilt = false;

	constructor(context: JournalContext, index: SegmentIndex, budget: Budget, isClean: boolean) {
		this.#context = context;
		this.#index = index;
		this.#budget = budget;
		this.#isClean = isClean;
	}

	run(): Recovered {
		const { roots, sha256 } = this.#context;
		const { newest, head, epoch } = roots.root;
		if (newest.number === 0) {
			return this.#recovered(emptyTail(head, newest, epoch, sha256), undefined, []);
		}
		const { summary, retired, epochOfTail } = this.#restoreNewest();
		const tail: Tail = {
			key: roots.root.newest,
			epoch: epochOfTail,
			offset: summary.offset,
			tree: summary.tree,
			head: summary.head,
			retired: retired || summary.seal !== undefined,
		};
		const { untold } = roots.root;
		const isEmpty = summary.head.sequence < newest.firstSequence;
		const before = isEmpty || untold ? this.#gapsBefore() : [];
		const gaps = [...before, ...summary.gaps].map((gap) => ({
			...gap,
			recorded: gap.recorded && !untold,
		}));
		return this.#recovered(tail, summary.checkpoint ?? this.#olderCheckpoint(), gaps);
	}

	#recovered(
		tail: Tail,
		checkpoint: Checkpoint | undefined,
		gaps: readonly ReportedGap[],
	): Recovered {
		const report: OpenReport = {
			...placesOf(this.#context.roots.root, tail.head),
			clean: this.#isClean,
			readOnly: false,
			checkpoint,
			gaps,
			rebuilt: this.#isRebuilt,
		};
		return { tail, report };
	}

	/** Surveys the newest segment and writes it anew where it may be torn or is not whole on both copies. */
	#restoreNewest(): { summary: SegmentSummary; retired: boolean; epochOfTail: number } {
		const { roots, medium } = this.#context;
		const { root } = roots;
		const { newest } = root;
		const found = readSegmentHeader(
			medium.read,
			segmentBases(root.layout, newest.number),
			newest.number,
		);
		const isHeaderWhole = found?.good === BOTH_COPIES && equalBytes(found.header.salt, newest.salt);
		const epochOfTail = found?.header.epoch ?? root.epoch;
		if (root.state !== "open") {
			const summary = survey(this.#context, this.#surveyOptions());
			const isWhole = isHeaderWhole && summary.findings === 0;
			const isLeftSo = root.retired && root.state === "recovered";
			if (isWhole || isLeftSo) return { summary, retired: root.retired, epochOfTail };
		}
		this.#isClean = false;
		return { ...this.#rewrite(), epochOfTail };
	}

	#surveyOptions(): SurveyOptions {
		const { newest, head, watermark, state } = this.#context.roots.root;
		const known = watermark.sequence > head.sequence ? watermark : head;
		const least = { ...known, isExact: state !== "open" };
		return { key: newest, least, budget: this.#budget };
	}

	#rewrite(): { summary: SegmentSummary; retired: boolean } {
		const { roots } = this.#context;
		const { root } = roots;
		const { newest } = root;
		const { number } = newest;
		const header = rebuiltHeader(this.#context, newest, number - 1);
		const { summary, image } = surveyAnew(this.#context, this.#surveyOptions(), header);
		const { head, tornBytes, repairedRecords, staleRecords } = summary;
		const untold = root.untold || summary.gaps.some(({ recorded }) => !recorded);
		const found = { head, tornBytes, repairedRecords, staleRecords, untold };
		const patch = { ...found, state: "recovered" } as const;
		if (image.overflow) {
			roots.update({ ...patch, retired: true });
			return { summary, retired: true };
		}
		this.#isRebuilt = true;
		const isWhole = replaceSegment(this.#context, { number, salt: header.salt, image }, patch);
		return { summary, retired: root.retired || !isWhole };
	}

	/** The checkpoint of the newest older segment that has one. */
	#olderCheckpoint(): Checkpoint | undefined {
		for (const key of this.#olderSegments()) {
			const item = this.#index.walker(key, { budget: this.#budget }).next();
			if (item.type === "checkpoint") return { state: item.state, ...item.position };
		}
		return undefined;
	}

	/** Gaps of the last segment before the newest that holds records. */
	#gapsBefore(): readonly ReportedGap[] {
		const { firstSequence } = this.#context.roots.root.newest;
		const gaps: ReportedGap[] = [];
		for (const key of this.#olderSegments()) {
			if (key.firstSequence === firstSequence) continue;
			const bounds = { lastSequence: firstSequence - 1, budget: this.#budget };
			const walker = this.#index.walker(key, bounds);
			for (let item = walker.next(); item.type !== "end"; item = walker.next()) {
				if (item.type === "gap") gaps.push({ ...item.gap, recorded: item.recorded });
			}
			break;
		}
		return gaps;
	}

	/** Keys of the live segments before the newest that can be read, from the newest of them on. */
	*#olderSegments(): Iterable<SegmentKey> {
		const { first, newest } = this.#context.roots.root;
		for (let number = newest.number - 1; number >= first.number; number--) {
			const key = this.#index.key(number);
			if (key) yield key;
		}
	}
}
