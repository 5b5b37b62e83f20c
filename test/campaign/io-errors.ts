import { CloseoutError } from "../../protocol/error.ts";
import { formatted, journalOn, opened, recordOf } from "../_helper/journal.ts";
import { brokenPromise, type Progress, runWorkload } from "../_helper/journal-workload.ts";
import type { Failure, MemoryStorage } from "../_helper/memory-storage.ts";
import {
	type Campaign,
	caseText,
	parseCase,
	type Run,
	type Setting,
	type Tally,
} from "./campaign.ts";

/** Groups of the workload: each appends, some acknowledge, give free and scrub; it ends with an orderly close. */
const GROUPS = { ci: 60, night: 120, soak: 400 } as const;
const CALLS_PER_UNIT = 20;

const manners: readonly Omit<Failure, "at">[] = [
	{ operation: "read" },
	{ operation: "write" },
	{ operation: "write", manner: "silent" },
	{ operation: "write", manner: "short" },
	{ operation: "erase" },
	{ operation: "erase", manner: "silent" },
	{ operation: "sync" },
	{ operation: "sync", manner: "silent" },
];

class IoErrorsRun implements Run {
	readonly #groups: number;
	readonly #calls: MemoryStorage["calls"];
	readonly #perManner: number;

	constructor({ lane }: Setting) {
		this.#groups = GROUPS[lane];
		const storage = formatted().restart();
		this.#work(storage, { confirmed: [], inFlight: [] });
		this.#calls = storage.calls;
		const { read, write, erase, sync } = this.#calls;
		this.#perManner = Math.ceil(Math.max(read, write, erase, sync) / CALLS_PER_UNIT);
	}

	get units(): number {
		return manners.length * 2 * this.#perManner;
	}

	run(unit: number, tally: Tally): void {
		const manner = Math.floor(unit / this.#perManner / 2);
		const forever = Math.floor(unit / this.#perManner) % 2;
		const { operation = "read" } = manners[manner] ?? {};
		const first = (unit % this.#perManner) * CALLS_PER_UNIT + 1;
		for (let at = first; at < first + CALLS_PER_UNIT && at <= this.#calls[operation]; at++) {
			tally.count();
			const problem = this.#check(manner, forever === 1, at, tally);
			if (problem !== undefined) tally.fail(caseText({ manner, forever, at }), problem);
		}
	}

	#work(storage: MemoryStorage, progress: Progress): void {
		const journal = journalOn(storage);
		journal.open();
		runWorkload(journal, { groups: this.#groups, progress });
	}

	#check(manner: number, forever: boolean, at: number, tally?: Tally): string | undefined {
		const failure = { operation: "read" as const, ...manners[manner], forever, at };
		const storage = formatted().restart({ failures: [failure] });
		const progress: Progress = { confirmed: [], inFlight: [] };
		const journal = journalOn(storage);
		try {
			journal.open();
			runWorkload(journal, { groups: this.#groups, progress });
			tally?.mark("went on in spite of it");
			// What a failed sync was to make durable may be gone for good, whatever the next sync says.
			if (failure.operation === "sync" && failure.manner === undefined)
				return "I1 a failed sync was not the end";
		} catch (error) {
			if (!(error instanceof CloseoutError)) return `${String(error)}`;
			if (!/^(STORAGE_\w+|MEDIA_FORMAT)$/.test(error.code))
				return `I5 ${error.code}: ${error.message}`;
			tally?.mark("stopped");
			if (progress.inFlight.length > 0 && !isFenced(storage, journal))
				return "goes on after a failure";
		}
		const [again, report] = opened(storage.restart());
		const broken = brokenPromise(again, report, progress);
		if (broken !== undefined) return broken;
		const first = again.append([recordOf(1)]);
		return first === report.lastSequence + 1 ? undefined : `I6 append went to ${first}`;
	}

	replay(text: string): string | undefined {
		const parsed = parseCase(text);
		const forever = parsed.number("forever") === 1;
		return this.#check(parsed.number("manner"), forever, parsed.number("at"));
	}
}

/** After a failed change the journal touches nothing more, whatever is asked of it. */
function isFenced(storage: MemoryStorage, journal: ReturnType<typeof journalOn>): boolean {
	const before = storage.changeCount;
	for (const ask of [
		() => journal.append([recordOf(9)]),
		() => journal.read(1),
		() => journal.head,
	]) {
		try {
			ask();
			return false;
		} catch (error) {
			if (!(error instanceof CloseoutError) || error.code !== "STORAGE_SYNC") return false;
		}
	}
	return storage.changeCount === before;
}

export const campaign: Campaign = {
	shows:
		"the n-th read, write, erase or sync may fail once or for good, do nothing, or do half without saying so",
	mustSee: ["went on in spite of it", "stopped"],
	open: (setting) => new IoErrorsRun(setting),
};
