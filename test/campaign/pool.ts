import { Worker } from "node:worker_threads";
import type { Setting } from "./campaign.ts";
import type { Answer, Failure, Order } from "./worker.ts";

/** A thread that holds something open is ended after this time. */
const CLOSE_MS_MAX = 5_000;
/** Short-lived arrays make up most of what a campaign allocates. */
const YOUNG_MB = 96;
const FAILURES_KEPT_MAX = 20;

export interface Outcome {
	readonly name: string;
	readonly units: number;
	readonly cases: number;
	readonly failureCount: number;
	readonly failures: readonly Failure[];
	readonly marks: Readonly<Record<string, number>>;
	readonly seconds: number;
}

export interface Progress {
	readonly name: string;
	readonly done: number;
	readonly units: number;
	readonly cases: number;
	readonly failures: number;
	readonly seconds: number;
}

export interface PoolOptions {
	readonly onProgress?: (progress: Progress) => void;
	/** A campaign ends with its first failure. */
	readonly stopAtFailure?: boolean;
}

/** Threads that take units of campaigns, each the next one when it has ended its last. */
export class Pool {
	#members: Member[];

	/** A unit that takes longer than `unitMsMax` counts as one that never ends. */
	constructor(jobs: number, unitMsMax: number) {
		this.#members = Array.from({ length: jobs }, () => new Member(unitMsMax));
	}

	/** Runs campaigns in this order. A thread that finds nothing left to do in one goes on to the next. */
	async *run(
		names: readonly string[],
		setting: Setting,
		options: PoolOptions = {},
	): AsyncGenerator<Outcome> {
		let turns = this.#members.map(() => Promise.resolve());
		const outcomes = names.map((name) => {
			const task = new Task(name, setting, options);
			turns = this.#members.map((member, index) =>
				(turns[index] ?? Promise.resolve()).then(() => task.serve(member)),
			);
			return Promise.all(turns).then(() => task.outcome());
		});
		for (const outcome of outcomes) yield await outcome;
	}

	async close(): Promise<void> {
		await Promise.all(this.#members.map((member) => member.close()));
		this.#members = [];
	}
}

/**
 * Who looks for one failure looks here and there: neighbours are alike, and the first units are those of a format. Goes
 * on from unit to unit by about 0.618 of all, so that after any number of them no great stretch is left out.
 */
export function scattered(place: number, units: number): number {
	let stride = Math.max(1, Math.round(units * 0.618));
	while (greatestCommonDivisor(stride, units) > 1) stride++;
	return ((place + 1) * stride) % units;
}

function greatestCommonDivisor(left: number, right: number): number {
	return right === 0 ? left : greatestCommonDivisor(right, left % right);
}

/** One campaign, of which each thread takes the next unit until none is left. */
class Task {
	readonly #name: string;
	readonly #setting: Setting;
	readonly #options: PoolOptions;
	#opened: Promise<Answer> | undefined;
	#sum: Sum | undefined;
	#units = 0;
	#next = 0;
	#begunMs = 0;

	constructor(name: string, setting: Setting, options: PoolOptions) {
		this.#name = name;
		this.#setting = setting;
		this.#options = options;
	}

	async serve(member: Member): Promise<void> {
		const order = { name: this.#name, setting: this.#setting };
		if (this.#opened === undefined) {
			this.#begunMs = performance.now();
			this.#opened = member.ask({ ...order, unit: undefined });
		}
		const opened = await this.#opened;
		this.#units = opened.units;
		this.#sum ??= new Sum(opened);
		const sum = this.#sum;
		const { stopAtFailure = false, onProgress } = this.#options;
		while (this.#next < opened.units && !(stopAtFailure && sum.failureCount > 0)) {
			const place = this.#next++;
			const unit = stopAtFailure ? scattered(place, opened.units) : place;
			sum.add(await member.ask({ ...order, unit, stopAtFailure }));
			const { name, cases, failureCount, seconds } = this.outcome();
			const { units } = opened;
			onProgress?.({ name, done: sum.done, units, cases, failures: failureCount, seconds });
		}
	}

	outcome(): Outcome {
		if (this.#sum === undefined) throw new RangeError("a pool needs at least one thread");
		const { cases, failureCount, failures, marks } = this.#sum;
		const seconds = (performance.now() - this.#begunMs) / 1000;
		const units = this.#units;
		return { name: this.#name, units, cases, failureCount, failures, marks, seconds };
	}
}

class Sum {
	done = 0;
	cases = 0;
	failureCount: number;
	readonly failures: Failure[];
	readonly marks: Record<string, number> = {};

	constructor(opened: Answer) {
		this.failureCount = opened.failureCount;
		this.failures = [...opened.failures];
	}

	add({ cases, failureCount, failures, marks }: Answer): void {
		this.done += 1;
		this.cases += cases;
		this.failureCount += failureCount;
		this.failures.push(...failures.slice(0, FAILURES_KEPT_MAX - this.failures.length));
		for (const [mark, times] of Object.entries(marks))
			this.marks[mark] = (this.marks[mark] ?? 0) + times;
	}
}

class Member {
	#worker: Worker | undefined;
	#unit: number | undefined;
	#answer: (answer: Answer) => void = () => {};
	readonly #unitMsMax: number;

	constructor(unitMsMax: number) {
		this.#unitMsMax = unitMsMax;
	}

	/** Lets the thread carry out an order. One that does not end is replaced and told as a failure. */
	ask(order: Order): Promise<Answer> {
		return new Promise((resolve) => {
			this.#unit = order.unit;
			const timer = setTimeout(() => this.#giveUp("never ends"), this.#unitMsMax);
			this.#answer = (answer) => {
				clearTimeout(timer);
				this.#answer = () => {};
				resolve(answer);
			};
			this.#worker ??= this.#begin();
			this.#worker.postMessage(order);
		});
	}

	#begin(): Worker {
		const worker = new Worker(new URL("./worker.ts", import.meta.url), {
			resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
		});
		worker.on("message", (answer: Answer) => this.#answer(answer));
		worker.on("error", (error) => this.#giveUp(String(error)));
		worker.on("exit", (code) => this.#giveUp(`its thread ended with code ${code}`));
		return worker;
	}

	#giveUp(problem: string): void {
		const worker = this.#worker;
		this.#worker = undefined;
		worker?.removeAllListeners("exit");
		void worker?.terminate();
		const failures = [{ at: `unit=${this.#unit}`, problem }];
		this.#answer({ units: 0, cases: 0, failureCount: 1, failures, marks: {} });
	}

	async close(): Promise<void> {
		const worker = this.#worker;
		this.#worker = undefined;
		if (worker === undefined) return;
		const ended = new Promise((resolve) => {
			worker.once("exit", resolve);
		});
		worker.postMessage("close");
		const timer = setTimeout(() => void worker.terminate(), CLOSE_MS_MAX);
		await ended;
		clearTimeout(timer);
	}
}
