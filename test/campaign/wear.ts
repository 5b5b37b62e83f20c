import { Journal } from "../../firmware/core/journal/journal.ts";
import { MemoryStorage } from "../_helper/memory-storage.ts";
import { Random } from "../_helper/random.ts";
import { digest } from "./_digest.ts";
import type { Campaign, Run, Setting, Tally } from "./campaign.ts";

const DAYS = { ci: 3_650, night: 3_650, soak: 3_650 } as const;
const TEN_YEARS_DAYS = 3_650;
/** Cycles that flash of terminals is sold for. */
const ENDURANCE_CYCLES = 100_000;
/** What a day leaves behind: 900 records of 30 bytes with their frames, in segments of 16 KiB. */
const GROUPS_PER_DAY = 18;
const PAYLOAD_BYTES = 720;
const RECORDS_PER_GROUP = 6;
/** Power goes once in so many days; on all days the terminal is switched off in order. */
const DAYS_PER_CUT = 7;
/** The bars: a tenth of the endurance in ten years, and every segment within a twentieth of every other. */
const SHARE_MAX = 0.1;
const SPREAD_MAX = 1.05;

const RING_SECTORS = 64 * 4;
const geometry = {
	sizeBytes: 2 * 66 * 16_384,
	sectorBytes: 4_096,
	writeAlign: 4,
	eraseValue: 0xff,
};

class WearRun implements Run {
	readonly units = 1;
	readonly #days: number;
	readonly #seed: number;

	constructor({ lane, seed }: Setting) {
		this.#days = DAYS[lane];
		this.#seed = seed;
	}

	run(_unit: number, tally: Tally): void {
		const problem = this.#check(tally);
		if (problem !== undefined) tally.fail("days=all", problem);
	}

	#check(tally?: Tally): string | undefined {
		const storage = new MemoryStorage(geometry);
		const entropy = new Random(this.#seed);
		Journal.format(storage, { terminalId: "shop-0001", epoch: 1, digest, entropy });
		storage.eraseCounts.fill(0);
		let journal = open(storage);
		for (let day = 1; day <= this.#days; day++) {
			// No two days are alike, else the same few segments would always be the newest when power goes.
			const groups = GROUPS_PER_DAY / 2 + entropy.below(GROUPS_PER_DAY + 1);
			for (let group = 0; group < groups; group++) this.#append(journal, tally);
			journal.acknowledge(journal.head.sequence, journal.head.chain);
			if (journal.usage().percent >= 50) journal.reclaim(journal.head.sequence - 400);
			if (day % DAYS_PER_CUT === 0) journal = open(storage);
			journal.close();
			journal = open(storage);
		}
		return this.#judge(storage.eraseCounts, tally);
	}

	#append(journal: Journal, tally?: Tally): void {
		const payload = new Uint8Array(PAYLOAD_BYTES).fill(journal.head.sequence & 0xff);
		journal.append(Array.from({ length: RECORDS_PER_GROUP }, () => ({ kind: 4, payload })));
		tally?.count(RECORDS_PER_GROUP);
	}

	#judge(counts: readonly number[], tally?: Tally): string | undefined {
		const half = counts.length / 2;
		const roots = [0, 1, half, half + 1].map((sector) => counts[sector] ?? 0);
		// Behind the roots stand the scratch segment, then the ring.
		const scratch = counts.slice(2, 6);
		const ringOf = (base: number) => counts.slice(base + 6, base + 6 + RING_SECTORS);
		const used = [...ringOf(0), ...ringOf(half)];
		const most = Math.max(...used);
		const least = Math.min(...used);
		const perTenYears = (count: number) => Math.round((count * TEN_YEARS_DAYS) / this.#days);
		tally?.mark("ring erases a sector in ten years", perTenYears(most));
		tally?.mark("ring max/min in percent", Math.round((most * 100) / least));
		tally?.mark("root erases a sector in ten years", perTenYears(Math.max(...roots)));
		tally?.mark("scratch erases a sector in ten years", perTenYears(Math.max(...scratch)));
		const share = perTenYears(Math.max(...counts)) / ENDURANCE_CYCLES;
		tally?.mark("share of endurance in percent", Math.ceil(share * 100));
		if (share > SHARE_MAX) return `${Math.round(share * 100)} % of the endurance in ten years`;
		return most / least > SPREAD_MAX ? `ring erased ${least} to ${most} times` : undefined;
	}

	replay(): string | undefined {
		return this.#check();
	}
}

function open(storage: MemoryStorage): Journal {
	const journal = new Journal({
		storage,
		digest,
		log: { write: () => {} },
		snapshot: () => new Uint8Array(1_200).fill(0x41),
	});
	journal.open();
	return journal;
}

export const campaign: Campaign = {
	shows: "years of work wear the media evenly and far below their endurance",
	mustSee: ["ring erases a sector in ten years", "root erases a sector in ten years"],
	open: (setting) => new WearRun(setting),
};
