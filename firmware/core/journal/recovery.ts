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
	type SegmentSummary,
	segmentBases,
} from "../../../protocol/media.ts";
import { isEqual } from "../../../protocol/media-bytes.ts";
import { emptyTail, type JournalContext, type Tail } from "./context.ts";
import { rebuiltHeader, redoRebuild, replaceSegment, survey } from "./rebuild.ts";
import type { OpenReport } from "./report.ts";
import type { SegmentImage } from "./segment-image.ts";
import type { SegmentIndex } from "./segment-index.ts";

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
		index.forget();
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
		const before = isEmpty || untold ? this.#gapsBefore(newest.number) : [];
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
		const isHeaderWhole = found?.good === BOTH_COPIES && isEqual(found.header.salt, newest.salt);
		const isOpen = root.state === "open";
		const epochOfTail = found?.header.epoch ?? root.epoch;
		if (!isOpen) {
			const { summary } = this.#survey(false);
			const isWhole = isHeaderWhole && summary.findings === 0;
			const isLeftSo = root.retired && root.state === "recovered";
			if (isWhole || isLeftSo) return { summary, retired: root.retired, epochOfTail };
		}
		this.#isClean = false;
		const { summary, image, salt } = this.#survey(true);
		return { summary, retired: this.#rewrite(summary, image, salt), epochOfTail };
	}

	#survey(withImage: boolean): {
		summary: SegmentSummary;
		image: SegmentImage | undefined;
		salt: Uint8Array;
	} {
		const { roots } = this.#context;
		const { newest, head, watermark, state } = roots.root;
		const known = watermark.sequence > head.sequence ? watermark : head;
		const least = { ...known, isExact: state !== "open" && known === head };
		const previousNumber = newest.number - 1;
		const header = withImage ? rebuiltHeader(this.#context, newest, previousNumber) : undefined;
		const options = { key: newest, previousNumber, least, budget: this.#budget };
		const { summary, image } = survey(this.#context, options, header);
		return { summary, image, salt: header?.salt ?? newest.salt };
	}

	/** Returns true when the segment takes no more records. */
	#rewrite(summary: SegmentSummary, image: SegmentImage | undefined, salt: Uint8Array): boolean {
		const { roots } = this.#context;
		const { root } = roots;
		const { number } = root.newest;
		const { head, tornBytes, repairedRecords, staleRecords } = summary;
		const untold = root.untold || summary.gaps.some(({ recorded }) => !recorded);
		const found = { head, tornBytes, repairedRecords, staleRecords, untold };
		const patch = { ...found, state: "recovered" } as const;
		if (image === undefined || image.overflow) {
			roots.update({ ...patch, intent: { kind: "none" }, retired: true });
			return true;
		}
		this.#isRebuilt = true;
		const isWhole = replaceSegment(this.#context, { number, salt, image }, patch);
		this.#index.forget();
		return root.retired || !isWhole;
	}

	/** The checkpoint of the newest older segment that has one. */
	#olderCheckpoint(): Checkpoint | undefined {
		const { first, newest } = this.#context.roots.root;
		for (let number = newest.number - 1; number >= first.number; number--) {
			const key = this.#index.key(number);
			if (key === undefined) continue;
			const walker = this.#index.walker(key, { thorough: false, budget: this.#budget });
			const item = walker.next();
			if (item.type === "checkpoint") return { state: item.state, ...item.position };
		}
		return undefined;
	}

	/** Gaps of the last segment before the newest that holds records. */
	#gapsBefore(newestNumber: number): readonly ReportedGap[] {
		const { first, newest } = this.#context.roots.root;
		for (let number = newestNumber - 1; number >= first.number; number--) {
			const key = this.#index.key(number);
			if (key === undefined || key.firstSequence === newest.firstSequence) continue;
			const lastSequence = newest.firstSequence - 1;
			const how = { lastSequence, thorough: false, budget: this.#budget };
			const walker = this.#index.walker(key, how);
			const gaps: ReportedGap[] = [];
			for (let item = walker.next(); item.type !== "end"; item = walker.next()) {
				if (item.type === "gap") gaps.push({ ...item.gap, recorded: item.recorded });
			}
			return gaps;
		}
		return [];
	}
}
