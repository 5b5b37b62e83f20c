import { globSync } from "node:fs";
import { registerHooks } from "node:module";
import { basename, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { InstrumenterContext, StrykerOptions } from "@stryker-mutator/api/core";
import { commonTokens, declareClassPlugin, PluginKind, tokens } from "@stryker-mutator/api/plugin";
import {
	type DryRunOptions,
	type DryRunResult,
	DryRunStatus,
	determineHitLimitReached,
	type MutantRunOptions,
	type MutantRunResult,
	type TestResult,
	type TestRunner,
	type TestRunnerCapabilities,
	TestStatus,
	toMutantRunResult,
} from "@stryker-mutator/api/test-runner";
import fc from "fast-check";
import type { runAll } from "../engine/ava-shim.ts";

/** Of waiting, not of computing, so it is long enough on a busy machine too. */
const PATIENCE_MS = 10_000;

/**
 * Stryker's test runner for AVA's tests: the files are loaded once into Stryker's worker and run there again and
 * again with other mutants, which takes milliseconds. AVA itself starts a process of its own for each run, which
 * takes a second. What stands for AVA is the same as inside XS.
 */
class AvaInProcess implements TestRunner {
	static readonly inject = tokens(commonTokens.options);
	readonly #files: readonly string[];
	readonly #runners = new Map<string, typeof runAll>();

	constructor(options: StrykerOptions) {
		// In the order of the patterns: the cheap tests stand first and kill most.
		const { tests } = options;
		if (!isList(tests)) throw new TypeError("the option `tests` is not a list of globs");
		this.#files = [...new Set(tests.flatMap((pattern) => globSync(pattern).sort()))];
		// A mutant that a random test kills has to die in every run.
		fc.configureGlobal({ seed: 1 });
		registerHooks({
			resolve(specifier, context, next) {
				if (specifier !== "ava") return next(specifier, context);
				return { url: standInOf(context.parentURL ?? ""), shortCircuit: true };
			},
		});
	}

	/**
	 * Modules are loaded before any mutant is active, and mutants that act only while they are loaded are left aside
	 * (`ignoreStatic`). So there is nothing to load again, where Stryker would else start a process for a mutant.
	 */
	capabilities(): TestRunnerCapabilities {
		return { reloadEnvironment: true };
	}

	/** Here and not in a run, whose time is limited: on a busy machine loading takes longer than a mutant. */
	async init(): Promise<void> {
		for (const file of this.#files) {
			const url = pathToFileURL(resolve(file)).href;
			await import(url);
			const standIn: { readonly runAll: typeof runAll } = await import(standInOf(url));
			this.#runners.set(file, standIn.runAll);
		}
	}

	async dryRun(options: DryRunOptions): Promise<DryRunResult> {
		const tests = await this.#run({ isWanted: () => true, stopAtFailure: !options.disableBail });
		const { mutantCoverage } = stryker();
		return {
			status: DryRunStatus.Complete,
			tests,
			...(mutantCoverage === undefined ? {} : { mutantCoverage }),
		};
	}

	async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
		const { activeMutant, hitLimit, testFilter, disableBail } = options;
		const context = stryker();
		Object.assign(context, {
			activeMutant: activeMutant.id,
			hitCount: hitLimit === undefined ? undefined : 0,
			hitLimit,
		});
		const wanted = new Set(testFilter);
		const tests = await this.#run({
			files: this.#filesFor(options),
			isWanted: (id) => testFilter === undefined || wanted.has(id),
			stopAtFailure: !disableBail,
		});
		const overrun = determineHitLimitReached(context.hitCount, hitLimit);
		return toMutantRunResult(overrun ?? { status: DryRunStatus.Complete, tests });
	}

	/** The files with the wanted tests, first those that are named like the mutant's file. */
	#filesFor({ sandboxFileName, testFilter }: MutantRunOptions): readonly string[] {
		const subject = basename(sandboxFileName, ".ts");
		const isNamesake = (file: string) => basename(file).startsWith(subject);
		const files = this.#files.filter(
			(file) => testFilter?.some((id) => id.startsWith(`${file}: `)) ?? true,
		);
		return [...files.filter(isNamesake), ...files.filter((file) => !isNamesake(file))];
	}

	async #run({ files = this.#files, isWanted, stopAtFailure }: Run): Promise<TestResult[]> {
		const results: TestResult[] = [];
		const hasFailed = () => results.some(({ status }) => status === TestStatus.Failed);
		for (const file of files) {
			if (stopAtFailure && hasFailed()) break;
			const fileName = resolve(file);
			let startMs = performance.now();
			const note = (title: string, failure: string | undefined) => {
				const id = `${file}: ${title}`;
				const timeSpentMs = performance.now() - startMs;
				const test = { id, name: title, fileName, timeSpentMs };
				results.push(
					failure === undefined
						? { ...test, status: TestStatus.Success }
						: { ...test, status: TestStatus.Failed, failureMessage: failure },
				);
			};
			const escaped = (error: unknown) => note("outside of the tests", String(error));
			process.on("uncaughtException", escaped);
			try {
				await this.#runners.get(file)?.({
					bound: patiently,
					wants: (title) => isWanted(`${file}: ${title}`) && !(stopAtFailure && hasFailed()),
					started(title) {
						startMs = performance.now();
						stryker().currentTestId = `${file}: ${title}`;
					},
					ended: ({ title, failure }) => note(title, failure),
				});
			} catch (error) {
				escaped(error);
			} finally {
				process.off("uncaughtException", escaped);
				delete stryker().currentTestId;
			}
		}
		return results;
	}
}

// Taken before some test sets the clock of the whole process.
const { setTimeout, clearTimeout } = globalThis;

/** Fails a test that waits for what never comes, as tests of a pipe do for many a mutant. */
async function patiently(running: Promise<void>): Promise<void> {
	const overdue = Promise.withResolvers<never>();
	const late = new RangeError(`not ended after ${PATIENCE_MS} ms`);
	const timer = setTimeout(() => overdue.reject(late), PATIENCE_MS);
	await Promise.race([running, overdue.promise]).finally(() => clearTimeout(timer));
}

interface Run {
	readonly files?: readonly string[];
	readonly isWanted: (id: string) => boolean;
	readonly stopAtFailure: boolean;
}

function isList(value: unknown): value is readonly string[] {
	return Array.isArray(value) && value.every((each) => typeof each === "string");
}

/** Each test file gets a stand-in of its own, so that its tests register apart from those of others. */
function standInOf(testUrl: string): string {
	return `${new URL("../engine/ava-shim.ts", import.meta.url)}?of=${encodeURIComponent(testUrl)}`;
}

/** What Stryker's instrumented code looks at: which mutant is active, and what has been covered. */
function stryker(): InstrumenterContext {
	globalThis.__stryker__ ??= {};
	return globalThis.__stryker__;
}

declare global {
	var __stryker__: InstrumenterContext | undefined;
}

/** An option of our own: with Stryker's `testFiles` it would treat static mutants like others. */
export const strykerValidationSchema = {
	properties: { tests: { type: "array", items: { type: "string" } } },
};

export const strykerPlugins = [
	declareClassPlugin(PluginKind.TestRunner, "ava-in-process", AvaInProcess),
];
