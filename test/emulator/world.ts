import { rmSync } from "node:fs";
import { join } from "node:path";
import { CloseoutError } from "../../protocol/error.ts";
import { Bank } from "./bank.ts";
import { Clockwork } from "./clockwork.ts";
import type { EngineKind } from "./engine/terminal-engine.ts";
import { Events, type WorldEvent } from "./event.ts";
import { Machine, type MachineSettings } from "./machine.ts";
import { Acquirer } from "./payment/acquirer.ts";
import { RealTime } from "./real-time.ts";
import { Serial } from "./serial.ts";
import { Timeline } from "./timeline.ts";
import { readWorld, type WorldFile, writeWorld } from "./world-file.ts";

export interface WorldOptions {
	readonly engine: EngineKind;
	/** The module that exports `boot`. */
	readonly core: URL;
	/** Name and version of the firmware, as terminals tell it. */
	readonly firmware: string;
	/** Where the world begins when its folder does not say more: milliseconds since 1970. */
	readonly wallMs: number;
	readonly brokerUrl?: string;
	/** Keeps everything here; without it in memory only. */
	readonly directory?: string;
}

const SAVE_EVERY_MS = 2_000;
const UNTIL_LIMIT_MS = 180_000;

/**
 * Terminals, the acquirer behind them, the merchant's bank and the time they live in. Time stands still until it
 * is moved by `advance`, or runs along with the real clock after `setMode("real")`.
 */
export class World {
	readonly timeline: Timeline;
	readonly acquirer: Acquirer;
	readonly bank: Bank;
	readonly events = new Events<WorldEvent>();
	readonly #options: WorldOptions;
	readonly #machines = new Map<string, Machine>();
	readonly #serial = new Serial();
	readonly #clockwork: Clockwork;
	readonly #realTime: RealTime;
	#savedAtMs = 0;
	#isReacting = false;
	#closing: Promise<void> | undefined;

	/** Terminals that were on when the folder was left are on again after `restore`. */
	constructor(options: WorldOptions) {
		this.#options = options;
		const stored = options.directory === undefined ? undefined : readWorld(options.directory);
		this.timeline = new Timeline(Math.max(options.wallMs, stored?.wallMs ?? 0));
		this.acquirer = new Acquirer(stored?.books);
		this.bank = new Bank(this.acquirer, stored?.bankFaults);
		this.#clockwork = new Clockwork(this.timeline, () => this.machines);
		this.#realTime = new RealTime({
			timeline: this.timeline,
			nextMs: () => this.#clockwork.nextMs(),
			move: (ms) => this.#moveFreely(ms),
			failed: (error) => this.#tellFailure(error),
		});
		for (const settings of stored?.terminals ?? []) this.#place(settings);
	}

	/** All terminals in the order of their ids. */
	get machines(): readonly Machine[] {
		return [...this.#machines.values()].sort((a, b) => (a.settings.id < b.settings.id ? -1 : 1));
	}

	get mode(): "real" | "manual" {
		return this.#realTime.isRunning ? "real" : "manual";
	}

	get speed(): number {
		return this.#realTime.speed;
	}

	/** Throws `TERMINAL_UNKNOWN`. */
	machine(id: string): Machine {
		const machine = this.#machines.get(id);
		if (machine !== undefined) return machine;
		throw new CloseoutError(
			"TERMINAL_UNKNOWN",
			`the emulator has no terminal "${id}"; GET /v1/terminals lists them`,
		);
	}

	/** Switches on the terminals that were on before. One whose firmware fails stays off, and its log says why. */
	async restore(): Promise<void> {
		await this.act(async () => {
			for (const machine of this.machines) {
				if (machine.wasPowered) await machine.powerOn().catch(() => undefined);
			}
		});
	}

	/** Makes a terminal and switches it on. Throws `REFUSED` when the id is taken. */
	async add(settings: MachineSettings): Promise<Machine> {
		return this.act(async () => {
			if (this.#machines.has(settings.id)) {
				throw new CloseoutError("REFUSED", `terminal "${settings.id}" is there already`);
			}
			const machine = this.#place(settings);
			await machine.powerOn();
			if (machine.screen !== undefined && machine.screen.language !== settings.language) {
				machine.press(["language"]);
			}
			this.#tellTerminals();
			return machine;
		});
	}

	/** Takes a terminal away for good, with its image, its keys and its paper. */
	async remove(id: string): Promise<void> {
		await this.act(async () => {
			const machine = this.machine(id);
			machine.powerOff("taken away");
			await machine.close();
			this.#machines.delete(id);
			const folder = this.#folderOf(id);
			if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
			this.#tellTerminals();
		});
	}

	/** Does something to the world with nothing else in between, and lets the terminals react to it. */
	act<T>(action: () => Promise<T> | T): Promise<T> {
		return this.#serial.run(async () => {
			if (this.#closing !== undefined) throw new CloseoutError("CLOSED", "the emulator is closed");
			const result = await action();
			for (const machine of this.machines) await machine.settle();
			await this.#tellRecords();
			this.#save();
			return result;
		});
	}

	/** Moves time on by so many milliseconds, through everything that falls due, with the network at rest. */
	async advance(ms: number): Promise<void> {
		await this.act(() => this.#clockwork.moveTo(this.timeline.nowMs + ms, "quiet"));
		this.tellClock();
	}

	/**
	 * Lets time go on until the condition holds; true when it did within the limit of virtual milliseconds. In
	 * manual mode time is moved as far as needed, else it runs as it does.
	 */
	async until(
		condition: () => boolean | Promise<boolean>,
		limitMs = UNTIL_LIMIT_MS,
	): Promise<boolean> {
		const ask = async () => condition();
		if (this.mode === "manual") {
			return this.act(() => this.#clockwork.until(ask, limitMs)).finally(() => this.tellClock());
		}
		const endMs = this.timeline.nowMs + limitMs;
		while (!(await ask())) {
			if (this.timeline.nowMs >= endMs || !this.#realTime.isRunning) return false;
			await this.#realTime.tick();
		}
		return true;
	}

	/**
	 * As `until`, but moves time in either mode, and a little further: for much that shall happen in a short while.
	 * In real mode the network is waited for at the end only.
	 */
	async hurry(
		condition: () => boolean | Promise<boolean>,
		limitMs: number,
		furtherMs: number,
	): Promise<boolean> {
		return this.act(async () => {
			const pace = this.mode === "real" ? "free" : "quiet";
			const isMet = await this.#clockwork.until(async () => condition(), limitMs, pace);
			await this.#clockwork.moveTo(this.timeline.nowMs + furtherMs, pace);
			await this.#clockwork.rest("quiet");
			return isMet;
		});
	}

	/** `real`: time runs along with the real clock, so many times as fast. `manual`: it stands. */
	setMode(mode: "real" | "manual", speed: number): void {
		if (mode === "real") this.#realTime.start(speed);
		else this.#realTime.stop();
		this.tellClock();
	}

	tellClock(): void {
		const { nowMs, wallMs } = this.timeline;
		this.events.tell({ type: "clock", nowMs, wallMs, mode: this.mode, speed: this.speed });
	}

	/** Puts everything aside in order. */
	close(): Promise<void> {
		this.#realTime.stop();
		this.#closing ??= this.#serial.run(async () => {
			this.#save(true);
			for (const machine of this.machines) await machine.close();
		});
		return this.#closing;
	}

	#place(settings: MachineSettings): Machine {
		const { engine, core, firmware, brokerUrl } = this.#options;
		const directory = this.#folderOf(settings.id);
		const machine = new Machine({
			settings,
			engine,
			core,
			firmware,
			timeline: this.timeline,
			acquirer: this.acquirer,
			onPoke: () => this.#realTime.hasten(),
			onCable: () => this.#react(),
			...(brokerUrl === undefined ? {} : { brokerUrl }),
			...(directory === undefined ? {} : { directory }),
		});
		this.#machines.set(settings.id, machine);
		machine.events.listen((event) => this.events.tell({ ...event, terminal: settings.id }));
		return machine;
	}

	/** Lets the terminals react at the present moment to what has come over a cable. */
	#react(): void {
		if (this.#isReacting || this.#closing !== undefined) return;
		this.#isReacting = true;
		this.act(() => {
			this.#isReacting = false;
		}).catch((error: unknown) => this.#tellFailure(error));
	}

	async #moveFreely(ms: number): Promise<void> {
		await this.#serial.run(async () => {
			if (this.#closing !== undefined) return;
			await this.#clockwork.moveTo(this.timeline.nowMs + ms, "free");
			for (const machine of this.machines) machine.tellNews();
			await this.#tellRecords();
			this.#save();
		});
	}

	/** Costs a question to each core that has written, and is left out when nobody listens. */
	async #tellRecords(): Promise<void> {
		if (!this.events.isHeard) return;
		for (const machine of this.machines) await machine.tellRecords();
	}

	#tellTerminals(): void {
		this.events.tell({ type: "terminals", terminals: [...this.#machines.keys()].sort() });
	}

	#tellFailure(error: unknown): void {
		const [machine] = this.machines;
		machine?.log("error", "EMULATOR", String(error));
	}

	#folderOf(id: string): string | undefined {
		const { directory } = this.#options;
		return directory && join(directory, "terminals", id);
	}

	#save(now = false): void {
		const { directory } = this.#options;
		if (directory === undefined) return;
		if (!now && Date.now() - this.#savedAtMs < SAVE_EVERY_MS && this.mode === "real") return;
		this.#savedAtMs = Date.now();
		const file: WorldFile = {
			version: 1,
			wallMs: this.timeline.wallMs,
			terminals: this.machines.map(({ settings }) => settings),
			books: this.acquirer.books,
			bankFaults: this.bank.faults,
		};
		writeWorld(directory, file);
		for (const machine of this.machines) machine.save();
	}
}
