import { AddOn } from "../../../firmware/addon/add-on.ts";
import type { Log, Printer } from "../../../firmware/core/port.ts";
import type { Summary } from "../../../firmware/core/summary.ts";
import { Cafe } from "../../../firmware/example/cafe.ts";
import { ToyAcquirer } from "../../../firmware/example/toy-acquirer.ts";
import type { Failure } from "../../_helper/memory-storage.ts";
import { Bench, type BenchOptions } from "../terminal/_bench.ts";

/** Turns of the promise queue and seconds of the terminal that an answer may take. */
const ROUNDS_MAX = 200;
const TURNS = 8;

/** The café's application and a terminal in one program, the time moved by hand. */
export class Desk {
	readonly bench: Bench;
	readonly addOn: AddOn;
	readonly acquirer = new ToyAcquirer();
	readonly cafe: Cafe;
	readonly lines: string[] = [];
	readonly summaries: Summary[] = [];
	readonly log: string[] = [];
	/** Bytes on paper. The emulator's printer reads them with decoders that XS does not have. */
	printed = 0;

	constructor({
		failures = [],
		...options
	}: Omit<BenchOptions, "paymentApp"> & { readonly failures?: readonly Failure[] } = {}) {
		const log: Log = { write: (_level, code, detail) => this.log.push(`${code} ${detail}`) };
		this.addOn = new AddOn({
			acquirer: this.acquirer,
			wake: () => {},
			monotonicMs: () => this.bench.timeline.nowMs,
			requestBase: 1_000,
			log,
		});
		const paperless: Printer = {
			write: (bytes) => {
				this.printed += bytes.length;
				return bytes.length;
			},
			status: () => ({ online: true, paper: "ok", drained: true }),
			reset: () => {},
		};
		this.bench = new Bench(failures, { ...options, log, paymentApp: this.addOn, paperless });
		const show = (line: string) => this.lines.push(line);
		this.cafe = new Cafe({ addOn: this.addOn, acquirer: this.acquirer, operator: "01", show });
		this.addOn.subscribe((summary) => this.summaries.push(summary));
	}

	get summary(): Summary {
		return this.summaries.at(-1) ?? { phase: "off" };
	}

	/** A terminal that is enrolled and stands. */
	async open(): Promise<void> {
		this.bench.powerOn();
		this.bench.enrol();
		await this.pass(1_000);
	}

	async pass(ms: number): Promise<void> {
		this.bench.advance(ms);
		const { terminal } = this.bench;
		if (terminal !== undefined) this.addOn.show(terminal.summary());
		for (let turn = 0; turn < TURNS; turn++) await Promise.resolve();
	}

	/** The promise's value, as the terminal goes on second by second until it has one. */
	async done<T>(promise: Promise<T>): Promise<T> {
		let isDone = false;
		const end = () => {
			isDone = true;
		};
		promise.then(end, end);
		for (let round = 0; round < ROUNDS_MAX && !isDone; round++) await this.pass(1_000);
		if (!isDone) throw new Error(`no answer; the terminal shows ${this.bench.screen.name}`);
		return promise;
	}
}
