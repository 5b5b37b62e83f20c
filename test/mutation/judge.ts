import { readFileSync } from "node:fs";
import { relative } from "node:path";
import type { MutantResult } from "@stryker-mutator/api/core";

/** A mutant that no test can kill because it behaves like the original, or that none should. */
export interface Explanation {
	/** Path from the project's root, with slashes. */
	readonly file: string;
	/** The source line where the mutated text begins, trimmed. */
	readonly line: string;
	/** The mutated text, with each run of white space as one space. */
	readonly original: string;
	/** What stood in its place, with each run of white space as one space. */
	readonly replacement: string;
	readonly reason: string;
}

export interface Survivor extends Omit<Explanation, "reason"> {
	/** From 1. */
	readonly lineNumber: number;
	/** No test runs the place at all. */
	readonly isUncovered: boolean;
	readonly reason: string | undefined;
}

export interface FileScore {
	readonly file: string;
	readonly mutants: number;
	readonly killed: number;
	readonly survivors: readonly Survivor[];
}

export interface Verdict {
	readonly scores: readonly FileScore[];
	/** Explanations of files that were looked at which fit no survivor any more. */
	readonly stale: readonly Explanation[];
}

/** Sorts Stryker's results by file and sets the explanations beside the survivors. */
export function judge(
	results: readonly MutantResult[],
	explanations: readonly Explanation[],
	readText: (file: string) => string = (file) => readFileSync(file, "utf8"),
): Verdict {
	const used = new Set<Explanation>();
	const scores: FileScore[] = [];
	const byFile = Map.groupBy(results, ({ fileName }) => relative(".", fileName));
	for (const [file, ofFile] of [...byFile].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
		const text = readText(file);
		const killed = ofFile.filter(({ status }) => status === "Killed" || status === "Timeout");
		const survivors = ofFile
			.filter(({ status }) => status === "Survived" || status === "NoCoverage")
			.map((mutant) => {
				const place = placeOf(file, text, mutant);
				const fitting = explanations.filter((each) => explains(each, place));
				for (const each of fitting) used.add(each);
				return {
					...place,
					lineNumber: mutant.location.start.line,
					isUncovered: mutant.status === "NoCoverage",
					reason: fitting[0]?.reason,
				};
			})
			.toSorted((a, b) => a.lineNumber - b.lineNumber);
		const mutants = killed.length + survivors.length;
		if (mutants > 0) scores.push({ file, mutants, killed: killed.length, survivors });
	}
	const stale = explanations.filter((each) => byFile.has(each.file) && !used.has(each));
	return { scores, stale };
}

/** The share of killed mutants in percent; 100 where there was nothing to kill. */
export function scorePercent(scores: readonly Pick<FileScore, "mutants" | "killed">[]): number {
	const mutants = scores.reduce((sum, each) => sum + each.mutants, 0);
	const killed = scores.reduce((sum, each) => sum + each.killed, 0);
	return mutants === 0 ? 100 : (100 * killed) / mutants;
}

type Place = Omit<Explanation, "reason">;

/** Lines and columns count from 1 in results. */
function placeOf(file: string, text: string, { location, replacement }: MutantResult): Place {
	const { start, end } = location;
	const lines = text.split("\n").slice(start.line - 1, end.line);
	const line = lines[0]?.trim() ?? "";
	const lastLine = lines.pop() ?? "";
	const span = [...lines, lastLine.slice(0, end.column - 1)].join("\n");
	return {
		file,
		line,
		original: oneLine(span.slice(start.column - 1)),
		replacement: oneLine(replacement ?? ""),
	};
}

function oneLine(text: string): string {
	return text.replace(/\s+/g, " ").trim();
}

function explains(explanation: Explanation, place: Place): boolean {
	return (
		explanation.file === place.file &&
		explanation.line === place.line &&
		explanation.original === place.original &&
		explanation.replacement === place.replacement
	);
}
