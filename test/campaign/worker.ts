import { parentPort } from "node:worker_threads";
import type { Run, Setting, Tally } from "./campaign.ts";
import { loadCampaign } from "./registry.ts";

export interface Order {
	readonly name: string;
	readonly setting: Setting;
	/** Undefined: say how many units there are. */
	readonly unit: number | undefined;
	/** The unit ends with its first failure. */
	readonly stopAtFailure?: boolean;
}

export interface Failure {
	readonly at: string;
	readonly problem: string;
}

export interface Answer {
	readonly units: number;
	readonly cases: number;
	readonly failureCount: number;
	readonly failures: readonly Failure[];
	readonly marks: Readonly<Record<string, number>>;
}

/** Failures that one unit tells one by one; the rest are counted. */
const FAILURES_TOLD_MAX = 20;

/** Ends a unit whose first failure has been told. */
class FirstFailure extends Error {}

let current: { readonly name: string; readonly run: Run } | undefined;

/** Runs one unit, or opens the campaign to count them. One campaign is open at a time. */
export async function carryOut({ name, setting, unit, stopAtFailure }: Order): Promise<Answer> {
	if (current?.name !== name) {
		await current?.run.close?.();
		const campaign = await loadCampaign(name);
		current = { name, run: await campaign.open(setting) };
	}
	const { run } = current;
	const failures: Failure[] = [];
	const marks: Record<string, number> = {};
	let cases = 0;
	let failureCount = 0;
	const tally: Tally = {
		count: (more = 1) => {
			cases += more;
		},
		mark: (mark, times = 1) => {
			marks[mark] = (marks[mark] ?? 0) + times;
		},
		fail: (at, problem) => {
			failureCount += 1;
			if (failures.length < FAILURES_TOLD_MAX) failures.push({ at, problem });
			if (stopAtFailure) throw new FirstFailure();
		},
	};
	if (unit !== undefined) {
		try {
			await run.run(unit, tally);
		} catch (error) {
			if (!(error instanceof FirstFailure)) {
				const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
				failureCount += 1;
				failures.push({ at: `unit=${unit}`, problem: `the campaign itself failed: ${stack}` });
			}
		}
	}
	return { units: run.units, cases, failureCount, failures, marks };
}

/** Ends what is open in this thread. */
export async function closeCurrent(): Promise<void> {
	await current?.run.close?.();
	current = undefined;
}

parentPort?.on("message", async (order: Order | "close") => {
	if (order === "close") {
		await closeCurrent();
		parentPort?.close();
		return;
	}
	try {
		parentPort?.postMessage(await carryOut(order));
	} catch (error) {
		const problem = error instanceof Error ? (error.stack ?? error.message) : String(error);
		const failures = [{ at: `unit=${order.unit}`, problem }];
		parentPort?.postMessage({ units: 0, cases: 0, failureCount: 1, failures, marks: {} });
	}
});
