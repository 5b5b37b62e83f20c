import type {
	Key,
	Keypad,
	Log,
	PaymentApp,
	Ports,
	Printer,
	Screen,
	Signer,
	Storage,
} from "../../../firmware/core/port.ts";
import { Terminal } from "../../../firmware/core/terminal.ts";
import { gbTable } from "../../../firmware/resources/gb-table.ts";
import { digest } from "../../_helper/digest.ts";
import { silentLog } from "../../_helper/journal.ts";
import { MemoryCable } from "../../_helper/memory-cable.ts";
import { type Failure, MemoryStorage } from "../../_helper/memory-storage.ts";
import { Random } from "../../_helper/random.ts";
import { SimulatedPrinter } from "../../emulator/paper/printer.ts";
import { Acquirer } from "../../emulator/payment/acquirer.ts";
import { SimulatedPaymentApp } from "../../emulator/payment/payment-app.ts";
import { instrumentOf, type SaleRequest } from "../../emulator/payment/sale.ts";
import { Timeline } from "../../emulator/timeline.ts";
import { FakeHost, tenant, terminal as terminalId } from "../sync/_fake-host.ts";

export const code = "123456789012345678901234";

/** 2026-11-21 10:00 in the zone of the bench, UTC+8. */
const MORNING_MS = Date.UTC(2026, 10, 21, 2, 0, 0);

export interface BenchOptions {
	readonly storage?: Storage;
	readonly segmentBytes?: number;
	readonly managerPin?: string;
	/** Silent when left out. */
	readonly log?: Log;
	/** Left out, the emulator's. */
	readonly paymentApp?: PaymentApp;
	/** Left out, the emulator's, whose paper can be read. */
	readonly paperless?: Printer;
	/** Left out, the terminal cannot sign. */
	readonly signer?: Signer;
}

/** A terminal on the workbench: every port in this process, time moved by hand. */
export class Bench {
	readonly timeline = new Timeline(MORNING_MS);
	readonly storage: Storage;
	readonly #options: BenchOptions;
	readonly acquirer = new Acquirer();
	readonly host = new FakeHost();
	readonly printer = new SimulatedPrinter();
	readonly cable = new MemoryCable();
	readonly keys: Key[] = [];
	readonly screens: Screen[] = [];
	/** Told of each screen at the instant it is shown. */
	onScreen: (screen: Screen) => void = () => {};
	readonly app: SimulatedPaymentApp;
	readonly #vault = new Map<string, Uint8Array>();
	readonly #entropy = new Random(3);
	terminal: Terminal | undefined;
	#wakeMs = 0;
	#bootMs = 0;
	#offsetMs = 0;

	constructor(failures: readonly Failure[] = [], options: BenchOptions = {}) {
		const media = { sizeBytes: 2 * 1024 * 1024, sectorBytes: 4096, failures };
		this.storage = options.storage ?? new MemoryStorage(media);
		this.#options = options;
		this.host.code = code;
		this.app = new SimulatedPaymentApp({
			timeline: this.timeline,
			acquirer: this.acquirer,
			terminal: terminalId,
			zoneMinutes: 480,
			trace: 0,
			onReadable: () => {
				this.#wakeMs = 0;
			},
		});
	}

	get screen(): Screen {
		const screen = this.screens.at(-1);
		if (screen === undefined) throw new Error("nothing was ever shown");
		return screen;
	}

	powerOn(): void {
		this.#bootMs = this.timeline.nowMs;
		const identity = { tenant, terminal: terminalId };
		const { segmentBytes, managerPin } = this.#options;
		this.terminal = new Terminal({
			ports: this.#ports(),
			identity,
			firmware: "bench 1",
			gbTable,
			...(segmentBytes === undefined ? {} : { segmentBytes }),
			...(managerPin === undefined ? {} : { initial: { settings: [], managerPin } }),
		});
		this.terminal.start();
		this.settle();
	}

	powerOff(): void {
		this.terminal = undefined;
		this.printer.cutPower();
		this.printer.restorePower();
		this.app.powerOff();
		this.cable.close();
		this.host.cut();
	}

	/** Steps until the terminal wants to wait. */
	settle(): void {
		for (let round = 0; round < 10_000; round++) {
			this.host.wallS = Math.floor(this.timeline.wallMs / 1000);
			const wait = this.terminal?.step() ?? Number.POSITIVE_INFINITY;
			this.#wakeMs = this.timeline.nowMs + wait;
			if (wait > 0 && this.keys.length === 0) return;
		}
		throw new Error("the terminal does not come to rest");
	}

	advance(ms: number): void {
		const end = this.timeline.nowMs + ms;
		for (;;) {
			const next = Math.min(this.#wakeMs, this.timeline.nextMs() ?? Number.POSITIVE_INFINITY, end);
			this.timeline.moveTo(Math.max(next, this.timeline.nowMs));
			this.settle();
			if (this.timeline.nowMs >= end) return;
		}
	}

	press(...keys: readonly Key[]): void {
		for (const key of keys) {
			this.keys.push(key);
			this.settle();
		}
	}

	type(digits: string): void {
		for (const digit of digits) {
			this.keys.push(digit as Key);
			this.settle();
		}
	}

	sell(amountMinor: number, scheme = "UNIONPAY") {
		return this.pay({ amountMinor, instrument: instrumentOf(scheme, "1234") });
	}

	/** A sale of ten, unless it is said to be something else. */
	pay(more: Partial<SaleRequest>) {
		const sale: SaleRequest = {
			type: "sale",
			method: "card",
			amountMinor: 10_00,
			currency: "CNY",
			instrument: instrumentOf("UNIONPAY", "1234"),
			originalTrace: null,
			order: null,
			...more,
		};
		const status = this.app.begin(sale, "01");
		this.settle();
		return status;
	}

	/** Sets the terminal's own clock, which makes it jump. */
	moveClock(ms: number): void {
		this.#offsetMs += ms;
		this.settle();
	}

	enrol(): void {
		this.type(code);
		this.press("ok");
		this.advance(10_000);
	}

	#ports(): Ports {
		const keypad: Keypad = { read: () => this.keys.shift() };
		return {
			storage: this.storage,
			vault: {
				read: (name) => this.#vault.get(name),
				write: (name, bytes) => {
					if (bytes === undefined) this.#vault.delete(name);
					else this.#vault.set(name, bytes);
				},
			},
			clock: {
				now: () => ({ wallMs: this.timeline.wallMs + this.#offsetMs, zoneMinutes: 480 }),
				monotonicMs: () => this.timeline.nowMs - this.#bootMs,
				set: (wallMs) => {
					this.#offsetMs = wallMs - this.timeline.wallMs;
				},
			},
			entropy: this.#entropy,
			digest,
			...(this.#options.signer && { signer: this.#options.signer }),
			printer: this.#options.paperless ?? this.printer,
			display: {
				write: (screen) => {
					this.screens.push(screen);
					this.onScreen(screen);
				},
			},
			keypad,
			link: this.host,
			paymentApp: this.#options.paymentApp ?? this.app,
			serviceLink: this.cable,
			log: this.#options.log ?? silentLog,
		};
	}
}
