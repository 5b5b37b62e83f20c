import { equalBytes, toHex } from "../../../protocol/bytes.ts";
import {
	deriveSalt,
	type Frame,
	frameType,
	type Position,
	type Root,
} from "../../../protocol/media.ts";
import { sha256 } from "../../digest.ts";
import type { Dump } from "./dump.ts";
import { framesAt, type Generation } from "./generation.ts";
import type { FoundRootPlace } from "./scan.ts";

/** What was found of one life of one terminal's journal. */
export interface Life {
	readonly terminal: string;
	readonly epoch: number;
	/** The newest root that belongs to it, if one was found. */
	readonly root: Root | undefined;
	/** One for each segment that counts, oldest first. */
	readonly path: readonly Generation[];
	/** Other versions of segments: older ones, half made ones, branches. */
	readonly others: readonly Generation[];
	readonly records: number;
}

/** Root sequences that are tried to tell whether a segment was made under a root's nonce. */
const NONCE_TRIES_MAX = 20_000;
/** Segments back that a segment is compared with when the one before it is missing. */
const NEIGHBOURS_MAX = 6;

/**
 * Sorts generations into lives: a terminal and an epoch, and epochs that one chain connects. The names with the
 * most records come first.
 */
export function findLives(
	dumps: readonly Dump[],
	generations: readonly Generation[],
	roots: readonly FoundRootPlace[],
): readonly Life[] {
	const groups = groupByEpoch(generations);
	for (const { root } of roots) {
		const key = nameOf(root.terminalId, root.epoch);
		if (!groups.has(key) && ![...groups.values()].some((group) => isOfRoot(group, root)))
			groups.set(key, []);
	}
	const lives = [...groups].map(([key, group]) => {
		const [terminal = "", epoch = "0"] = key.split("/");
		return lifeOf(dumps, { terminal, epoch: Number(epoch) }, group, roots);
	});
	return lives.toSorted(
		(a, b) => b.records - a.records || Number(b.root !== undefined) - Number(a.root !== undefined),
	);
}

function nameOf(terminal: string, epoch: number): string {
	return `${terminal}/${epoch}`;
}

/** The journal runs on when a terminal takes another epoch: groups whose chains meet are one, under the newer name. */
function groupByEpoch(generations: readonly Generation[]): Map<string, Generation[]> {
	const groups = new Map<string, Generation[]>();
	const ends = new Map<string, number>();
	for (const generation of generations) {
		const { header, summary } = generation;
		const key = nameOf(header.terminalId, header.epoch);
		const group = groups.get(key);
		if (group) group.push(generation);
		else groups.set(key, [generation]);
		for (const end of [summary.last, summary.seal]) {
			if (end) ends.set(`${header.terminalId}/${nodeName(end)}`, header.epoch);
		}
	}
	for (const { header } of generations.toSorted((a, b) => a.header.epoch - b.header.epoch)) {
		const { terminalId, epoch, firstSequence, previousChain } = header;
		const node = nodeName({ sequence: firstSequence - 1, chain: previousChain });
		const before = ends.get(`${terminalId}/${node}`);
		if (before === undefined || before >= epoch) continue;
		const [from, into] = [nameOf(terminalId, before), nameOf(terminalId, epoch)];
		groups.set(into, [...(groups.get(from) ?? []), ...(groups.get(into) ?? [])]);
		groups.delete(from);
	}
	return groups;
}

function nodeName({ sequence, chain }: Position): string {
	return `${sequence}:${toHex(chain)}`;
}

function lifeOf(
	dumps: readonly Dump[],
	name: { readonly terminal: string; readonly epoch: number },
	group: readonly Generation[],
	roots: readonly FoundRootPlace[],
): Life {
	const mine = roots
		.map(({ root }) => root)
		.filter(({ terminalId, epoch }) => terminalId === name.terminal && epoch === name.epoch)
		.toSorted((a, b) => b.sequence - a.sequence);
	const newestRoots = mine.slice(0, 64);
	const likely = newestRoots.find((root) => isOfRoot(group, root)) ?? newestRoots[0];
	const useful = group.filter(({ places }) => places.length > 0);
	const path = choosePath(dumps, useful, likely);
	const root = likely && (path.length === 0 || isOfRoot(path, likely)) ? likely : undefined;
	const isNewestThere = path.some(({ header }) => header.number === root?.newest.number);
	const virtual = isNewestThere ? undefined : newestOf(group, root);
	const others = useful.filter((one) => !path.includes(one));
	const records = path.reduce((sum, { summary }) => sum + summary.records, 0);
	return { ...name, root, path: virtual ? [...path, virtual] : path, others, records };
}

/** The newest segment that the root names, of which nothing is left but what the root says. */
function newestOf(group: readonly Generation[], root: Root | undefined): Generation | undefined {
	const newest = group.find(({ isFromRoot, header }) => {
		return isFromRoot && root !== undefined && equalBytes(header.salt, root.newest.salt);
	});
	const top = Math.max(0, ...group.filter((one) => one.places.length > 0).map(numberOf));
	return newest && newest.places.length === 0 && newest.header.number > top ? newest : undefined;
}

function numberOf({ header }: Generation): number {
	return header.number;
}

/** True when one of the segments was made under this root's nonce. */
function isOfRoot(generations: readonly Generation[], root: Root): boolean {
	const held = generations.filter(({ places }) => places.length > 0);
	const salts = new Set(held.map(({ header }) => toHex(header.salt)));
	if (salts.has(toHex(root.newest.salt))) return true;
	if (root.newest.number === 0 || salts.size === 0) return false;
	const oldest = Math.max(1, root.sequence - NONCE_TRIES_MAX);
	for (let sequence = root.sequence; sequence >= oldest; sequence--) {
		if (salts.has(toHex(deriveSalt(root.nonce, sequence, sha256)))) return true;
	}
	return false;
}

interface Step {
	readonly generation: Generation;
	readonly weight: number;
	readonly before: Step | undefined;
}

/** The segments that follow one another with the most records and the most proven links. */
function choosePath(
	dumps: readonly Dump[],
	group: readonly Generation[],
	root: Root | undefined,
): readonly Generation[] {
	const numbered = Map.groupBy(preferred(group, root), numberOf);
	let recent: (readonly Step[])[] = [];
	let best: Step | undefined;
	for (const number of [...numbered.keys()].toSorted((a, b) => a - b)) {
		const candidates = [...recent.flat(), ...(best && !recent.flat().includes(best) ? [best] : [])];
		const steps = (numbered.get(number) ?? []).map((generation) =>
			stepTo(dumps, generation, candidates, root),
		);
		for (const step of steps) {
			if (best === undefined || step.weight >= best.weight) best = step;
		}
		recent = [...recent, steps].slice(-NEIGHBOURS_MAX);
	}
	const path: Generation[] = [];
	for (let step = best; step; step = step.before) path.push(step.generation);
	return path.reverse();
}

const ROOT_WEIGHT = 1_000_000;
const LINK_WEIGHT = 1_000;

function stepTo(
	dumps: readonly Dump[],
	generation: Generation,
	candidates: readonly Step[],
	root: Root | undefined,
): Step {
	const own = generation.summary.records + 1 + (isNamed(generation, root) ? ROOT_WEIGHT : 0);
	let step: Step = { generation, weight: own, before: undefined };
	for (const before of candidates) {
		const link = linkOf(dumps, before.generation, generation);
		if (link === "broken") continue;
		const weight = before.weight + own + (link === "proven" ? LINK_WEIGHT : 0);
		if (weight > step.weight) step = { generation, weight, before };
	}
	return step;
}

function isNamed({ header }: Generation, root: Root | undefined): boolean {
	if (root === undefined) return false;
	const { newest, intent } = root;
	if (intent.kind === "rebuild" && equalBytes(header.salt, intent.salt)) return true;
	return equalBytes(header.salt, newest.salt);
}

/** Of several versions of one segment with the same beginning, the one that the terminal made last. */
function preferred(group: readonly Generation[], root: Root | undefined): readonly Generation[] {
	const versions = Map.groupBy(group, ({ header }) =>
		[header.number, header.firstSequence, toHex(header.previousChain)].join(),
	);
	return [...versions.values()].map((same) =>
		same.reduce((best, one) => (isLater(one, best, root) ? one : best)),
	);
}

function isLater(one: Generation, other: Generation, root: Root | undefined): boolean {
	const named = Number(isNamed(one, root)) - Number(isNamed(other, root));
	if (named !== 0) return named > 0;
	const erased = one.header.eraseCount - other.header.eraseCount;
	return erased !== 0 ? erased > 0 : one.summary.records > other.summary.records;
}

/** Whether one segment follows another: by the chain, perhaps with records lost between, or certainly not. */
function linkOf(
	dumps: readonly Dump[],
	before: Generation,
	{ header }: Generation,
): "proven" | "open" | "broken" {
	if (before.header.firstSequence > header.firstSequence) return "broken";
	const sequence = header.firstSequence - 1;
	const { last, seal } = before.summary;
	for (const end of [seal, last]) {
		if (end?.sequence !== sequence) continue;
		return equalBytes(end.chain, header.previousChain) ? "proven" : "broken";
	}
	if (last === undefined || last.sequence < sequence) return "open";
	if (before.header.firstSequence === header.firstSequence)
		return equalBytes(before.header.previousChain, header.previousChain) ? "proven" : "broken";
	const chains = recordsOf(dumps, before).filter((record) => record.sequence === sequence);
	if (chains.length === 0) return "open";
	return chains.some(({ chain }) => equalBytes(chain, header.previousChain)) ? "proven" : "broken";
}

function recordsOf(dumps: readonly Dump[], generation: Generation): readonly Frame[] {
	return generation.places
		.flatMap((place) => framesAt(dumps, generation, place))
		.filter(({ type }) => type === frameType.record);
}
