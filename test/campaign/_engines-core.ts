import { Journal } from "../../firmware/core/journal/journal.ts";
import type { Ports } from "../../firmware/core/port.ts";
import { toHex } from "../../protocol/bytes.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { Random } from "../_helper/random.ts";
import type { Boot, Core } from "../emulator/engine/core.ts";

/** A core that only keeps a journal: each step appends, acknowledges, gives free or scrubs, as its seed says. */
export const boot: Boot = (ports, options) => new JournalCore(ports, seedOf(options));

function seedOf(options: unknown): number {
	const isGiven = typeof options === "object" && options !== null && "seed" in options;
	return isGiven ? Number(options.seed) : 1;
}

class JournalCore implements Core {
	readonly #ports: Ports;
	readonly #random: Random;
	readonly #journal: Journal;

	constructor(ports: Ports, seed: number) {
		this.#ports = ports;
		this.#random = new Random(seed);
		const { storage, digest, log } = ports;
		const snapshot = () => new Uint8Array(64).fill(seed & 0xff);
		this.#journal = new Journal({ storage, digest, log, snapshot });
	}

	start(): void {
		try {
			this.#journal.open();
		} catch (error) {
			if (!(error instanceof CloseoutError) || error.code !== "MEDIA_FORMAT") throw error;
			const { storage, digest, entropy } = this.#ports;
			const made = { terminalId: "shop-0001", epoch: 1, digest, entropy, segmentBytes: 2_048 };
			Journal.format(storage, made);
			this.#journal.open();
		}
	}

	step(): number {
		const random = this.#random;
		for (let group = 0; group < 8; group++) {
			const records = Array.from({ length: 1 + random.below(4) }, () => ({
				kind: 1 + random.below(50),
				payload: random.read(random.below(200)),
			}));
			this.#journal.append(records);
		}
		const { head } = this.#journal;
		this.#journal.acknowledge(head.sequence, head.chain);
		this.#journal.reclaim(head.sequence - 40);
		if (random.below(3) === 0) this.#journal.scrubStep();
		return 1;
	}

	query(): unknown {
		const { sequence, chain } = this.#journal.head;
		return { sequence, chain: toHex(chain) };
	}

	close(): void {
		this.#journal.close();
	}
}
