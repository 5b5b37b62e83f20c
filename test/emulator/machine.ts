import { mkdirSync } from "node:fs";
import type { Key, Screen } from "../../firmware/core/port.ts";
import { assert, CloseoutError } from "../../protocol/error.ts";
import { PowerLost } from "./engine/power-lost.ts";
import { createEngine, type Engine, type EngineKind } from "./engine/terminal-engine.ts";
import { Events, type MachineEvent } from "./event.ts";
import { writeWhole } from "./files.ts";
import { fieldOf } from "./json.ts";
import type { Network } from "./link/mqtt-link.ts";
import {
	makeParts,
	paperPath,
	type Remembered,
	readRemembered,
	rememberedPath,
} from "./machine-parts.ts";
import { Front, type Parts, portsOf } from "./machine-ports.ts";
import { Meter } from "./meter.ts";
import type { Acquirer } from "./payment/acquirer.ts";
import type { SaleRequest, SaleStatus } from "./payment/sale.ts";
import { Serial } from "./serial.ts";
import type { Timeline } from "./timeline.ts";

/** What a terminal is, as it is chosen when it is made; a JSON value. */
export interface MachineSettings {
	readonly id: string;
	readonly tenant: string;
	/** With it the random bytes of the terminal are the same each time. */
	readonly seed?: string;
	/** Width of the paper in columns of font A: 32 for 58 mm, 48 for 80 mm. */
	readonly paperColumns: 32 | 48;
	readonly zoneMinutes: number;
	readonly language: "zh-CN" | "en";
	readonly journalBytes?: number;
	readonly managerPin?: string;
	/** Settings of the firmware that differ from its defaults, by name. */
	readonly configuration?: Readonly<Record<string, string | number | boolean>>;
	/** What a power cut does to writes that were not synced. */
	readonly unsynced?: "kept" | "lost";
	/** Speed of the printer; without it paper comes out at once. */
	readonly mmPerSecond?: number;
}

export interface MachineOptions {
	readonly settings: MachineSettings;
	readonly engine: EngineKind;
	/** The module that exports `boot`. */
	readonly core: URL;
	readonly firmware: string;
	readonly timeline: Timeline;
	readonly acquirer: Acquirer;
	readonly brokerUrl?: string;
	/** Keeps image, vault, roll and the rest here; without it in memory only. */
	readonly directory?: string;
	/** Work has come that is not due by a timer. */
	readonly onPoke?: () => void;
	/** Something has moved on the service cable: a person at a computer does not wait for the time of the world. */
	readonly onCable?: () => void;
}

const STEPS_MAX = 100_000;
const PAYMENTS_KEPT = 500;

/**
 * One virtual terminal: the core in its engine, with simulated parts around it and a power switch. The core is
 * stepped by `settle` only, one step after another, at the present moment of the timeline.
 */
export class Machine {
	readonly settings: MachineSettings;
	readonly parts: Parts;
	readonly front = new Front();
	readonly events = new Events<MachineEvent>();
	readonly meter = new Meter();
	/** True when this terminal was on when it was last put aside. */
	readonly wasPowered: boolean;
	readonly #options: MachineOptions;
	readonly #serial = new Serial();
	readonly #payments: SaleStatus[] = [];
	#engine: Engine | undefined;
	#boot = 0;
	#isPoked = false;
	#wakeAtMs = Number.POSITIVE_INFINITY;
	#toldBytes = 0;
	/** The last of each kind of news, so that none is told twice. */
	#told = new Map<string, string>();

	constructor(options: MachineOptions) {
		this.#options = options;
		this.settings = options.settings;
		const { directory } = options;
		if (directory !== undefined) mkdirSync(directory, { recursive: true });
		const remembered = readRemembered(directory);
		this.#boot = remembered.boot;
		this.wasPowered = remembered.powered;
		this.parts = makeParts(options, remembered, {
			onPaymentApp: () => this.poke(),
			onLink: () => options.onPoke?.(),
			onCable: () => {
				this.poke();
				options.onCable?.();
			},
			warn: (text) => this.log("warn", "BROKER", text),
		});
	}

	get powered(): boolean {
		return this.#engine !== undefined;
	}

	/** When the core wants to be stepped again, in milliseconds of the timeline. */
	get wakeAtMs(): number {
		if (!this.powered) return Number.POSITIVE_INFINITY;
		return this.#isPoked ? this.#options.timeline.nowMs : this.#wakeAtMs;
	}

	get payments(): readonly SaleStatus[] {
		return this.#payments;
	}

	get screen(): Screen | undefined {
		return this.powered ? this.front.screens.newest : undefined;
	}

	/** Boots the core. A cut that was ordered may come even now; then the terminal is off again. */
	async powerOn(): Promise<void> {
		await this.#serial.run(async () => {
			if (this.powered) return;
			const { engine: kind, core, firmware } = this.#options;
			const { tenant, id, seed } = this.settings;
			this.#boot += 1;
			await this.parts.cable.listening();
			this.parts.clock.powerOn();
			this.parts.printer.restorePower();
			const ports = portsOf(
				this.parts,
				this.front,
				{ seed, boot: this.#boot },
				{
					onScreen: (screen) => this.#show(screen),
					onLog: (level, code, detail) => this.log(level, code, detail),
				},
			);
			const engine = createEngine({ kind, core, ports });
			this.#engine = engine;
			this.#isPoked = true;
			this.#save(true);
			this.events.tell({ type: "power", on: true, reason: "switched on" });
			await this.#command("start", engine, () =>
				engine.start({ tenant, terminal: id, firmware, initial: initialOf(this.settings) }),
			);
			await this.#settle();
		});
	}

	/** The power goes at once, whatever the core is doing. */
	powerOff(reason = "switched off"): void {
		const engine = this.#engine;
		this.#engine = undefined;
		engine?.kill();
		this.#die(reason);
	}

	/** The power goes when so many more bytes are written or erased; the write in progress is torn. */
	cutAfter(bytes: number): void {
		this.parts.flash.cutAfterBytes(bytes);
	}

	/** Something may be readable for the core. */
	poke(): void {
		this.#isPoked = true;
		this.#options.onPoke?.();
	}

	/** Steps the core until it has nothing to do at the present moment. */
	settle(): Promise<void> {
		return this.#serial.run(() => this.#settle());
	}

	/**
	 * Settles, lets the core see what has come over the network, and goes on until nothing is under way between
	 * terminal and host: everything sent was answered and every answer taken. What the host
	 * sends by itself may still be on its way; see `catchUp`.
	 */
	async quietLink(): Promise<void> {
		for (;;) {
			await this.settle();
			if (!this.powered) return;
			await this.parts.link.quiet();
			if (!this.deliver()) return;
		}
	}

	/** Waits until everything that the broker has for this terminal is here, and quiets the link. */
	async catchUp(): Promise<void> {
		await this.quietLink();
		await this.parts.link.caughtUp();
		await this.quietLink();
	}

	/** Shows the core what has come over the network. True when there was anything. */
	deliver(): boolean {
		const isNew = this.parts.link.deliver();
		if (isNew) this.#isPoked = true;
		return isNew;
	}

	press(keys: readonly Key[]): void {
		this.requirePower();
		this.front.press(keys);
		this.poke();
	}

	/** A customer pays at the payment application. */
	pay(sale: SaleRequest, operator: string): SaleStatus {
		this.requirePower();
		const status = this.parts.paymentApp.begin(sale, operator);
		this.#payments.push(status);
		if (this.#payments.length > PAYMENTS_KEPT) this.#payments.shift();
		this.#save(true);
		return status;
	}

	setNetwork(network: Network): void {
		this.parts.link.setNetwork(network);
		this.poke();
	}

	/** The terminal's local time follows a zone with its transitions; UTC does not move. */
	setTimeZone(name: string): void {
		this.parts.clock.setTimeZone(name);
		this.#save(this.powered);
		this.poke();
	}

	/** Sets the terminal's own clock, which makes it jump. */
	setClock(wallMs: number): void {
		this.parts.clock.set(wallMs);
		this.#save(this.powered);
		this.poke();
	}

	/** Looks inside the core. Throws `REFUSED` while the terminal is off. */
	query(request: unknown): Promise<unknown> {
		return this.#serial.run(async () => {
			const engine = this.requirePower();
			return await this.#command("query", engine, () => engine.query(request));
		});
	}

	/** Collects garbage and counts what is alive; undefined on Node. */
	measureHeap() {
		return this.#serial.run(() => this.requirePower().measureHeap());
	}

	requirePower(): Engine {
		if (this.#engine !== undefined) return this.#engine;
		throw new CloseoutError(
			"REFUSED",
			`terminal ${this.settings.id} is off; switch it on with PUT power`,
		);
	}

	log(level: "info" | "warn" | "error", code: string, detail: string): void {
		this.front.log.add({ level, code, detail, wallMs: this.#options.timeline.wallMs });
		this.events.tell({ type: "log", level, code, detail });
	}

	/** Tells what has changed since the last time: paper, link, payments. */
	tellNews(): void {
		const { printer, link } = this.parts;
		const paper = { entries: printer.length, bytes: printer.rollBytes };
		this.#tellOnce("paper", { type: "paper", ...paper });
		const status = link.status();
		this.#tellOnce("link", { type: "link", status, network: link.network.state });
		for (const payment of this.#payments) {
			this.#tellOnce(`payment/${payment.request}`, { type: "payment", payment: { ...payment } });
		}
	}

	/** Tells how far the journal reaches, when anything was written since the last time. Asks the core. */
	async tellRecords(): Promise<void> {
		const { writtenBytes } = this.parts.flash;
		if (!this.powered || writtenBytes === this.#toldBytes) return;
		this.#toldBytes = writtenBytes;
		const head = fieldOf(await this.query({ what: "status" }), "head");
		if (typeof head === "number") this.#tellOnce("record", { type: "record", head });
	}

	/** Puts the terminal aside in order; it is on again when the emulator comes back. */
	async close(): Promise<void> {
		await this.#serial.run(async () => {
			const engine = this.#engine;
			this.#save(engine !== undefined);
			this.#engine = undefined;
			await engine?.close();
			this.parts.link.close();
			await this.parts.link.ended();
			await this.parts.cable.end();
			this.parts.flash.close();
		});
	}

	/** Writes down what changes all the time: the roll of paper. */
	save(): void {
		this.#save(this.powered);
		const { directory } = this.#options;
		if (directory !== undefined) writeWhole(paperPath(directory), this.parts.printer.roll);
	}

	async #settle(): Promise<void> {
		const { timeline } = this.#options;
		for (let count = 0; this.#engine !== undefined && this.wakeAtMs <= timeline.nowMs; count++) {
			assert(
				count < STEPS_MAX,
				`${this.settings.id} does not come to rest at ${timeline.nowMs} ms`,
			);
			const engine = this.#engine;
			this.#isPoked = false;
			const wait = await this.#command("step", engine, () => engine.step());
			this.#wakeAtMs = timeline.nowMs + Math.ceil(Math.max(0, wait ?? Number.POSITIVE_INFINITY));
			if (this.front.hasKeys) this.#isPoked = true;
		}
		this.parts.link.flush();
		this.tellNews();
	}

	/** Runs a command; the end of the power in it is no failure, and gives undefined. */
	async #command<T>(
		kind: "start" | "step" | "query",
		engine: Engine,
		run: () => Promise<T>,
	): Promise<T | undefined> {
		try {
			const result = await run();
			this.meter.add(kind, engine);
			return result;
		} catch (error) {
			if (this.#engine !== engine) return undefined;
			if (error instanceof PowerLost) {
				this.#engine = undefined;
				this.#die(error.message);
				return undefined;
			}
			if (kind === "query") throw error;
			this.log("error", "ENGINE", String(error));
			this.powerOff(`the firmware failed: ${String(error)}`);
			throw error;
		}
	}

	#die(reason: string): void {
		const { flash, printer, link, paymentApp, cable } = this.parts;
		flash.powerOff();
		printer.cutPower();
		link.powerOff();
		paymentApp.powerOff();
		cable.close();
		this.front.powerOff();
		this.#isPoked = false;
		this.#wakeAtMs = Number.POSITIVE_INFINITY;
		this.#save(false);
		this.events.tell({ type: "power", on: false, reason });
		this.tellNews();
	}

	#show(screen: Screen): void {
		const number = this.front.screens.add(screen);
		this.events.tell({ type: "screen", number, screen });
	}

	#tellOnce(name: string, event: MachineEvent): void {
		const text = JSON.stringify(event);
		if (this.#told.get(name) === text) return;
		this.#told.set(name, text);
		this.events.tell(event);
	}

	#save(powered: boolean): void {
		const { directory } = this.#options;
		if (directory === undefined) return;
		const { paymentApp, clock } = this.parts;
		const remembered: Remembered = {
			boot: this.#boot,
			trace: paymentApp.trace,
			offsetMs: clock.offsetMs,
			timeZone: clock.timeZone,
			powered,
		};
		writeWhole(rememberedPath(directory), JSON.stringify(remembered));
	}
}

/** What a technician would set on a new terminal of this kind. */
function initialOf({ managerPin, configuration, paperColumns, language }: MachineSettings) {
	const chosen = { paperColumns, language, ...configuration };
	const settings = Object.entries(chosen).map(([name, value]) => ({ name, value }));
	return managerPin === undefined ? { settings } : { settings, managerPin };
}
