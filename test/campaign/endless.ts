import type { Journal } from "../../firmware/core/journal/journal.ts";
import { PowerLoss, tearModels } from "../_helper/memory-storage.ts";
import { Random } from "../_helper/random.ts";
import { Cursor } from "./_cursor.ts";
import { chainAfter, type KnownRecord } from "./_independent.ts";
import { examine, journalOn, said } from "./_invariants.ts";
import { type Doing, type Life, lifeOf, type Promised } from "./_life.ts";
import { Media, type StepKind } from "./_media.ts";
import {
	type Campaign,
	caseText,
	parseCase,
	type Run,
	type Setting,
	type Tally,
} from "./campaign.ts";

const CUTS = { ci: 1_000, night: 100_000, soak: 1_000_000 } as const;
/** Calls of a recovery among which the next cut falls; past the last one it completes and begins again. */
const CALLS_CUT = 48;
/** Older ones are asked to be given free before each append; more than that wait for the host. */
const RECORDS_KEPT = 10;
const RECORDS_UNCONFIRMED = 60;

/** A situation: what the terminal was doing, in which kind of call, and in which part of the media. */
interface Situation {
	readonly doing: Doing;
	readonly kind: StepKind;
	readonly part: "root" | "ring" | "mirror root" | "mirror";
	readonly step: number;
}

/** What is done whenever power lasts long enough: open, append a group, acknowledge and give free. */
class GoingOn {
	readonly records: KnownRecord[];
	promised: Promised;

	constructor({ records }: Life, promised: Promised) {
		this.records = records.slice(0, promised.inFlightTo);
		this.promised = promised;
	}

	/** Throws `PowerLoss` where the cut is; returns what is wrong. */
	once(media: Media): string | undefined {
		const journal = journalOn(media);
		const { lastSequence, gaps, readOnly } = journal.open();
		const { confirmed, inFlightTo } = this.promised;
		if (readOnly || gaps.length > 0) return "I3 a gap, or for reading only";
		if (lastSequence !== confirmed && lastSequence !== inFlightTo)
			return `I1 ends at ${lastSequence}, confirmed ${confirmed}, in flight to ${inFlightTo}`;
		this.records.length = lastSequence;
		this.promised = { ...this.promised, confirmed: lastSequence, inFlightTo: lastSequence };
		this.#giveFree(journal);
		this.#append(journal);
		return undefined;
	}

	/** The host lags behind: more is old enough to be given free than it has confirmed. */
	#giveFree(journal: Journal): void {
		const { sequence } = journal.head;
		const confirmed = this.records[sequence - RECORDS_UNCONFIRMED - 1];
		if (confirmed === undefined) return;
		journal.acknowledge(confirmed.sequence, confirmed.chain);
		const before = Math.max(journal.watermark.sequence, confirmed.sequence) + 1;
		const mayFreeBelow = Math.max(this.promised.mayFreeBelow, before);
		this.promised = { ...this.promised, mayFreeBelow };
		journal.reclaim(sequence - RECORDS_KEPT);
		if (journal.firstSequence > mayFreeBelow)
			throw new RangeError(`I1 begins at ${journal.firstSequence}, kept from ${mayFreeBelow}`);
	}

	#append(journal: Journal): void {
		let { sequence, chain } = journal.head;
		const length = 1 + (sequence % 3);
		const group = Array.from({ length }, (_, index) => {
			sequence += 1;
			const payload = new Uint8Array(20 + ((sequence * 37) % 200)).fill(sequence & 0xff);
			const made = { sequence, kind: 4, flags: index === length - 1 ? 1 : 0, payload };
			chain = chainAfter(chain, made);
			this.records.push({ ...made, chain });
			return { kind: 4, payload };
		});
		this.promised = { ...this.promised, inFlightTo: sequence };
		journal.append(group);
		this.promised = { ...this.promised, confirmed: sequence };
	}
}

class EndlessRun implements Run {
	readonly #situations: readonly Situation[];
	readonly #setting: Setting;
	readonly #cursor: Cursor;

	constructor(setting: Setting) {
		this.#setting = setting;
		this.#cursor = new Cursor(lifeOf(setting.size));
		this.#situations = this.#find();
	}

	get units(): number {
		return this.#situations.length;
	}

	/** The last step of each kind of situation that the life met: the media are fullest there. */
	#find(): readonly Situation[] {
		const found = new Map<string, Situation>();
		const { steps, geometry } = this.#cursor.life;
		const half = geometry.sizeBytes / 2;
		for (const [step, { kind, offset, promised }] of steps.entries()) {
			if (kind === "sync" || promised.doing === "format") continue;
			const isRoot = offset % half < 2 * geometry.sectorBytes;
			const isMirror = offset >= half;
			const part = isRoot ? (isMirror ? "mirror root" : "root") : isMirror ? "mirror" : "ring";
			found.set(`${promised.doing} ${kind} ${part}`, { doing: promised.doing, kind, part, step });
		}
		return [...found.values()];
	}

	run(unit: number, tally: Tally): void {
		const situation = this.#situations[unit];
		if (situation === undefined) return;
		const { doing, kind, part, step } = situation;
		tally.mark(`${doing} ${kind} in ${part}`);
		const seed = this.#setting.seed + unit * 100;
		const problem = this.#check(step, seed, tally);
		if (problem !== undefined) tally.fail(caseText({ step, seed }), problem);
	}

	#check(index: number, seed: number, tally?: Tally): string | undefined {
		const step = this.#cursor.step(index);
		const { life } = this.#cursor;
		const media = new Media(life.geometry, this.#cursor.before(index).bytes.slice());
		const random = new Random(seed);
		const tear = () => tearModels[random.below(6)] ?? "erased";
		media.tear(step, { reached: random.below(step.after.length), tear: tear(), seed });
		const goingOn = new GoingOn(life, step.promised);
		const cuts = CUTS[this.#setting.lane];
		for (let cut = 0; cut < cuts; ) {
			const reached = random.below(2) === 0 ? random.below(64) : random.below(8_192);
			media.powerOn({ at: random.below(CALLS_CUT), reached, tear: tear(), seed: random.next() });
			try {
				const problem = goingOn.once(media);
				if (problem !== undefined) return `after ${cut} cuts: ${problem}`;
				tally?.mark("went on in between");
			} catch (error) {
				if (!(error instanceof PowerLoss)) return `cut ${cut}: ${said(error)}`;
				tally?.count();
				cut += 1;
			}
			media.settle();
		}
		media.powerOn();
		const { promised, records } = goingOn;
		return examine(media, { ...life, records }, promised, { goOn: true, thorough: true });
	}

	replay(text: string): string | undefined {
		const parsed = parseCase(text);
		return this.#check(parsed.number("step"), parsed.number("seed"));
	}
}

export const campaign: Campaign = {
	shows: "power may go any number of times in a row, whatever was being done when it went first",
	mustSee: ["went on in between", "append write in ring", "append write in mirror"],
	open: (setting) => new EndlessRun(setting),
};
