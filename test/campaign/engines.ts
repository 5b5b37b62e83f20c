import { MemoryStorage } from "../_helper/memory-storage.ts";
import { Random } from "../_helper/random.ts";
import { missingForXs } from "../emulator/engine/build-worker.ts";
import { createEngine, type EngineKind } from "../emulator/engine/terminal-engine.ts";
import { makeFakePorts } from "../engine/fake-ports.ts";
import { digest } from "./_digest.ts";
import {
	type Campaign,
	caseText,
	parseCase,
	type Run,
	type Setting,
	type Tally,
} from "./campaign.ts";

const SEEDS = { ci: 100, night: 5_000, soak: 20_000 } as const;
const SEEDS_PER_UNIT = 5;
/** Steps of the core in each life: at night fewer, since what a life does differs more from seed to seed than within. */
const STEPS = { ci: 4, night: 2, soak: 4 } as const;
/** Lives of one journal: each ends without a word, but the last, which is closed in order. */
const STARTS = 3;

class EnginesRun implements Run {
	readonly units: number;
	readonly #seed: number;
	readonly #steps: number;

	constructor({ lane, seed }: Setting) {
		this.#steps = STEPS[lane];
		this.#seed = seed * 100_003;
		this.units = SEEDS[lane] / SEEDS_PER_UNIT;
	}

	async run(unit: number, tally: Tally): Promise<void> {
		const missing = missingForXs();
		if (missing !== undefined) {
			tally.fail(`unit=${unit}`, `XS cannot be built here: ${missing}`);
			return;
		}
		const check = async (index: number) => {
			const seed = this.#seed + unit * SEEDS_PER_UNIT + index;
			tally.count();
			const problem = await this.#check(seed, tally);
			if (problem !== undefined) tally.fail(caseText({ seed }), problem);
		};
		// An engine in a process of its own is waited for at every call: meanwhile others go on.
		await Promise.all(Array.from({ length: SEEDS_PER_UNIT }, (_, index) => check(index)));
	}

	async #check(seed: number, tally?: Tally): Promise<string | undefined> {
		const onXs = await imagesOf("xs", seed, this.#steps);
		const onNode = await imagesOf("node", seed, this.#steps);
		for (const [start, image] of onXs.entries()) {
			tally?.mark("images compared");
			const other = onNode[start];
			if (other === undefined || Buffer.compare(image, other) !== 0)
				return `the bytes after start ${start + 1} differ`;
		}
		return undefined;
	}

	replay(text: string): Promise<string | undefined> {
		return this.#check(parseCase(text).number("seed"));
	}
}

/** The media after each of three lives of a journal on this engine, of so many steps each. */
export async function imagesOf(
	kind: EngineKind,
	seed: number,
	steps: number,
): Promise<readonly Uint8Array[]> {
	const storage = new MemoryStorage({ sizeBytes: 131_072, sectorBytes: 512, writeAlign: 4 });
	const core = new URL("./_engines-core.ts", import.meta.url);
	const images: Uint8Array[] = [];
	for (let start = 0; start < STARTS; start++) {
		const ports = { ...makeFakePorts().ports, storage, digest, entropy: new Random(seed) };
		const engine = createEngine({ kind, core, ports });
		try {
			await engine.start({ seed: seed * STARTS + start });
			for (let step = 0; step < steps; step++) await engine.step();
			if (start < STARTS - 1) engine.kill();
		} catch (error) {
			engine.kill();
			throw error;
		} finally {
			await engine.close();
		}
		images.push(storage.image());
	}
	return images;
}

export const campaign: Campaign = {
	shows: "the journal writes the same bytes on XS, the engine of terminals, as on Node",
	mustSee: ["images compared"],
	open: (setting) => new EnginesRun(setting),
};
