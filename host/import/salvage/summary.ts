import { toHex } from "../../../protocol/bytes.ts";
import { damageMap, type MapRow } from "./damage-map.ts";
import type { Life } from "./life.ts";
import type { Rejected, Salvaged, SalvagedRecord, SalvageItem } from "./salvage.ts";

export interface Range {
	readonly from: number;
	readonly to: number;
}

export interface LifeName {
	readonly terminal: string;
	readonly epoch: number;
	readonly records: number;
}

/** What a recovery came to. Chains are hexadecimal, null where they are not known. */
export interface SalvageSummary {
	readonly terminal: string;
	readonly epoch: number;
	readonly first: number;
	readonly last: number;
	readonly records: number;
	readonly ranges: readonly Range[];
	readonly gaps: readonly (Range & {
		readonly chainBefore: string | null;
		readonly chainAfter: string | null;
		/** Chain of the first record behind it, as it was kept. */
		readonly nextChain: string | null;
		/** The terminal knew of it. */
		readonly told: boolean;
	})[];
	/** Not on these media any more, because the terminal had freed them. */
	readonly freed: readonly Range[];
	readonly unfinished: Range | null;
	/** How many records were whole in two copies or more, in one, in another version of a segment, without header. */
	readonly copies: {
		readonly both: number;
		readonly one: number;
		readonly otherVersion: number;
		readonly noHeader: number;
	};
	/** Records whose chain was computed from the one before, and those behind a gap that stand in their place. */
	readonly proofs: { readonly chain: number; readonly place: number };
	readonly rejected: {
		readonly count: number;
		readonly reasons: Readonly<Record<Rejected["why"], number>>;
		/** The first of them. */
		readonly list: readonly { sequence: number; chain: string; why: Rejected["why"] }[];
	};
	readonly otherVersions: readonly { segment: number; first: number; records: number }[];
	readonly dumps: readonly { name: string; bytes: number; segments: number; roots: number }[];
	/** Everything that was found, this one first. */
	readonly lives: readonly LifeName[];
	/** Runs of records of nobody known that are on the dumps besides. */
	readonly nameless: number;
	readonly map: readonly MapRow[];
}

const LISTED_MAX = 100;

/** Gathers what a recovery gives while it is written elsewhere. */
export class SalvageTally {
	readonly #ranges: { from: number; to: number }[] = [];
	readonly #gaps: SalvageSummary["gaps"][number][] = [];
	readonly #freed: Range[] = [];
	readonly #copies = { both: 0, one: 0, otherVersion: 0, noHeader: 0 };
	readonly #proofs = { chain: 0, place: 0 };
	readonly #reasons = { stale: 0, fork: 0, misfit: 0, unproven: 0 };
	readonly #list: { sequence: number; chain: string; why: Rejected["why"] }[] = [];
	#unfinished: Range | null = null;
	#records = 0;

	take(item: SalvageItem): void {
		if (item.type === "record") this.#takeRecord(item);
		if (item.type === "freed") this.#freed.push({ from: item.from, to: item.to });
		if (item.type === "unfinished") this.#unfinished = { from: item.from, to: item.to };
		if (item.type === "gap") {
			const { from, to, isTold, chainBefore, chainAfter, nextChain } = item;
			const around = { chainBefore: hexOf(chainBefore), chainAfter: hexOf(chainAfter) };
			this.#gaps.push({ from, to, ...around, nextChain: hexOf(nextChain), told: isTold });
		}
		if (item.type === "rejected") {
			const { sequence, why } = item;
			this.#reasons[why] += 1;
			if (this.#list.length < LISTED_MAX)
				this.#list.push({ sequence, chain: toHex(item.chain), why });
		}
	}

	#takeRecord({ record, source, copies, proof }: SalvagedRecord): void {
		const { sequence } = record;
		const last = this.#ranges.at(-1);
		if (last !== undefined && last.to === sequence - 1) last.to = sequence;
		else this.#ranges.push({ from: sequence, to: sequence });
		this.#records += 1;
		this.#proofs[proof] += 1;
		if (source === "loose") this.#copies.noHeader += 1;
		else if (source === "other") this.#copies.otherVersion += 1;
		else this.#copies[copies > 1 ? "both" : "one"] += 1;
	}

	summary(found: Salvaged, life: Life): SalvageSummary {
		const { stale, fork, misfit, unproven } = this.#reasons;
		const rest = found.lives.filter((one) => one !== life);
		const nameOf = ({ terminal, epoch, records }: Life) => ({ terminal, epoch, records });
		return {
			terminal: life.terminal,
			epoch: life.epoch,
			first: this.#ranges[0]?.from ?? 0,
			last: this.#ranges.at(-1)?.to ?? 0,
			records: this.#records,
			ranges: this.#ranges,
			gaps: this.#gaps,
			freed: this.#freed,
			unfinished: this.#unfinished,
			copies: this.#copies,
			proofs: this.#proofs,
			rejected: {
				count: stale + fork + misfit + unproven,
				reasons: this.#reasons,
				list: this.#list,
			},
			otherVersions: life.others.map(({ header, summary }) => ({
				segment: header.number,
				first: header.firstSequence,
				records: summary.records,
			})),
			dumps: found.dumps.map(({ name, sizeBytes }, index) => ({
				name,
				bytes: sizeBytes,
				segments: found.scan.segments.filter(({ dump }) => dump === index).length,
				roots: found.scan.roots.filter(({ dump }) => dump === index).length,
			})),
			lives: [life, ...rest].map(nameOf),
			nameless: found.loose.length + found.scan.islandsLeftOut,
			map: damageMap(found, life),
		};
	}
}

function hexOf(chain: Uint8Array | undefined): string | null {
	return chain === undefined ? null : toHex(chain);
}
