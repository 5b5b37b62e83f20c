import { join } from "node:path";
import type { Key, Screen } from "../../firmware/core/port.ts";
import { createLog } from "../../host/log.ts";
import { type Host, startHost } from "../../host/start.ts";
import { refuseCardNumbers } from "../../protocol/card-guard.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { enrol, isConcluded } from "../emulator/control/actions.ts";
import type { EngineKind } from "../emulator/engine/terminal-engine.ts";
import { fieldOf } from "../emulator/json.ts";
import type { Machine } from "../emulator/machine.ts";
import type { SaleRequest } from "../emulator/payment/sale.ts";
import { World } from "../emulator/world.ts";
import { type Entry, Ledger } from "./ledger.ts";
import type { Plan } from "./plan.ts";
import { isApproval } from "./screen.ts";
import { Tap } from "./tap.ts";

export interface ShopOptions {
	readonly plan: Plan;
	readonly engine: EngineKind;
	/** Folder for the host's database. */
	readonly dataDir: string;
	/** A broker to use instead of the embedded one. */
	readonly brokerUrl?: string;
	/** Size of the terminal's storage; the emulator's default when left out. */
	readonly journalBytes?: number;
	/** Keeps the emulated world in this folder; in memory when left out. */
	readonly worldDir?: string;
}

export const CURRENCY = "CNY";
export const TENANT = "day-script";
const FIRMWARE = "closeout day 1";
const STUCK_MS = 600_000;

/** A shop with one terminal, its acquirer and its bank, a broker and a host: what the acts of a day are played on. */
export class Shop {
	readonly plan: Plan;
	readonly host: Host;
	readonly world: World;
	readonly machine: Machine;
	readonly tap: Tap;
	readonly ledger = new Ledger();
	/** What a card number was shown in, or logged. */
	shownCardNumber: string | undefined;
	readonly #stops: (() => Promise<void>)[];

	static async open(options: ShopOptions): Promise<Shop> {
		const stops: (() => Promise<void>)[] = [];
		try {
			return await openShop(options, stops);
		} catch (cause) {
			await stopAll(stops);
			throw cause;
		}
	}

	/** Use `open`. */
	constructor(
		plan: Plan,
		{ host, world, machine, tap }: Pick<Shop, "host" | "world" | "machine" | "tap">,
		stops: (() => Promise<void>)[],
	) {
		this.plan = plan;
		this.host = host;
		this.world = world;
		this.machine = machine;
		this.tap = tap;
		this.#stops = stops;
		machine.events.listen((event) => {
			if (event.type === "screen") this.#look(JSON.stringify(event.screen));
			else if (event.type === "log") this.#look(event.detail);
		});
	}

	get terminal(): string {
		return this.machine.settings.id;
	}

	get screen(): Screen {
		const { screen } = this.machine;
		if (screen !== undefined) return screen;
		throw new CloseoutError("ASSERTION", "the terminal is off and shows nothing");
	}

	async enrol(): Promise<void> {
		await this.host.store.addTerminal({ tenant: TENANT, terminal: this.terminal });
		const { code } = await this.host.createEnrolment(this.terminal);
		await enrol(this.world, this.machine, code);
	}

	/** Presses keys one after another, each seen by the screen that the one before led to. */
	async press(...keys: readonly Key[]): Promise<void> {
		for (const key of keys) {
			await this.world.act(() => this.machine.press([key]));
		}
		await this.world.advance(0);
	}

	/** A customer pays; returns when it is known how that ended, or the power went. */
	async pay(sale: SaleRequest): Promise<Entry> {
		const { world, machine, plan } = this;
		const before = machine.front.screens.last;
		const status = await world.act(() => machine.pay(sale, plan.operator));
		const entry = this.ledger.add(sale, status);
		await world.until(() => isConcluded(status) || !machine.powered, STUCK_MS);
		this.look(entry, before);
		return entry;
	}

	/** Notes what the screens since `before` have said of a sale. */
	look(entry: Entry, before: number): void {
		const { amountMinor } = entry.sale;
		const shown = this.machine.front.screens.since(before);
		entry.shownApproved ||= shown.some(({ value }) => isApproval(value, amountMinor, CURRENCY));
		entry.recorded ||= entry.status.recorded && entry.status.state === "approved";
	}

	/** Lets time go on until something holds. Throws `ASSERTION` when it does not within a while. */
	async until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
		if (await this.world.until(condition, STUCK_MS)) return;
		const screen = this.machine.screen?.name ?? "nothing, it is off";
		throw new CloseoutError(
			"ASSERTION",
			`the day is stuck: ${what} did not come about; the terminal shows ${screen}`,
		);
	}

	/** A field of the terminal's state. */
	async state(name: string): Promise<unknown> {
		return fieldOf(await this.machine.query({ what: "state" }), name);
	}

	/** Nothing that was begun has an open end, and every paper is out. */
	async isAtRest(): Promise<boolean> {
		const state = await this.machine.query({ what: "state" });
		return isEmpty(fieldOf(state, "open")) && isEmpty(fieldOf(state, "debts"));
	}

	/** True when the host has acknowledged every record. */
	async isDelivered(): Promise<boolean> {
		const status = await this.machine.query({ what: "status" });
		return fieldOf(status, "watermark") === fieldOf(status, "head");
	}

	/** Puts terminal and host away in order; what they keep can be looked at afterwards. */
	async close(): Promise<void> {
		await stopAll(this.#stops);
	}

	#look(text: string): void {
		try {
			refuseCardNumbers(text, "a screen or the log");
		} catch (error) {
			this.shownCardNumber ??= String(error);
		}
	}
}

async function openShop(options: ShopOptions, stops: (() => Promise<void>)[]): Promise<Shop> {
	const { plan, engine, dataDir, brokerUrl, journalBytes, worldDir } = options;
	let world: World | undefined;
	const host = await startHost({
		dataDir,
		database: { sqlite: join(dataDir, "host.db") },
		broker: brokerUrl === undefined ? { embedded: 0, anonymous: "read" } : { url: brokerUrl },
		log: createLog("silent"),
		nowMs: () => world?.timeline.wallMs ?? plan.openMs,
	});
	stops.push(() => host.close());
	const url = brokerUrl ?? `mqtt://127.0.0.1:${host.brokerPort}`;
	const opened = new World({
		engine,
		core: new URL("../emulator/boot.ts", import.meta.url),
		firmware: FIRMWARE,
		wallMs: plan.openMs,
		brokerUrl: url,
		...(worldDir === undefined ? {} : { directory: worldDir }),
	});
	world = opened;
	stops.push(() => opened.close());
	const terminal = `till-${String(plan.seed).padStart(4, "0")}`;
	const tap = await Tap.open(url, TENANT, terminal);
	stops.push(() => tap.close());
	const machine = await opened.add({
		id: terminal,
		tenant: TENANT,
		seed: `day ${plan.seed}`,
		paperColumns: 32,
		zoneMinutes: 480,
		language: plan.language,
		unsynced: plan.unsynced,
		...(journalBytes === undefined ? {} : { journalBytes }),
	});
	return new Shop(plan, { host, world: opened, machine, tap }, stops);
}

function isEmpty(value: unknown): boolean {
	return Array.isArray(value) && value.length === 0;
}

async function stopAll(stops: (() => Promise<void>)[]): Promise<void> {
	for (const stop of stops.splice(0).reverse()) await stop();
}
