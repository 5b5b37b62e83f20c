import type {
	Display,
	Entropy,
	Keypad,
	PaymentApp,
	Ports,
	Screen,
	Signer,
	Storage,
	Vault,
} from "../core/port.ts";
import { Terminal } from "../core/terminal.ts";
import { gbTable } from "../resources/gb-table.ts";
import { DeviceClock } from "./clock.ts";
import { connect } from "./connect.ts";
import { deviceDigest } from "./digest.ts";
import { Loop, type Stepped } from "./loop.ts";
import { ignoreBrokenPipes, randomBytes } from "./native.ts";
import type { DeviceSettings } from "./settings.ts";
import { SlotVault } from "./slot-vault.ts";
import { traceLog } from "./trace-log.ts";

/** Name and version that the host and the journal are told. */
export const FIRMWARE = "closeout 0.1.0";

export interface CloseoutOptions {
	readonly settings: DeviceSettings;
	/** Media of the journal and of the vault; they must not be the same. */
	readonly journal: Storage;
	readonly vault: Storage;
	/** Reads a file of the settings, such as a certificate, by its name. */
	readonly readFile: (name: string) => ArrayBuffer;
	/** A payment application in the same program; else the one that the settings name. */
	readonly paymentApp?: PaymentApp;
	/** Signs the journal's heads with a key in the vault; left out, heads are not signed. */
	readonly signer?: (parts: { readonly vault: Vault; readonly entropy: Entropy }) => Signer;
	/** Makes what shows the screens and gives the keys, such as `PiuScreen`; it calls `wake` when a key has come. */
	readonly screen: (wake: () => void) => Display & Keypad;
	/** Is told every screen that is shown. */
	readonly onScreen?: (screen: Screen) => void;
	/** Is called after each step, to look at what has changed. */
	readonly onStep?: (terminal: Terminal) => void;
}

/**
 * The whole add-on on a device: `start` it, and tell it with `wake` when a part of your own has something to read.
 * `query` looks inside; see `Terminal.query`.
 */
export class Closeout {
	readonly #ports: Ports;
	readonly #options: CloseoutOptions;
	readonly #loop: Loop;
	#terminal: Terminal | undefined;

	constructor(options: CloseoutOptions) {
		this.#options = options;
		const wake = () => this.wake();
		const { settings, readFile, paymentApp } = options;
		const vault = new SlotVault(options.vault);
		const entropy = { read: randomBytes };
		const front = options.screen(wake);
		this.#ports = {
			storage: options.journal,
			vault,
			clock: new DeviceClock({ vault, zoneMinutes: settings.zoneMinutes }),
			entropy,
			digest: deviceDigest,
			...(options.signer === undefined ? {} : { signer: options.signer({ vault, entropy }) }),
			...connect({ settings, readFile, paymentApp, wake }),
			display: {
				write: (shown) => {
					front.write(shown);
					options.onScreen?.(shown);
				},
			},
			keypad: { read: () => front.read() },
			log: traceLog,
		};
		this.#loop = new Loop({
			start: () => this.#boot(),
			onFailure: (error) => traceLog.write("error", "FAILURE", describe(error)),
		});
	}

	start(): void {
		ignoreBrokenPipes();
		this.wake();
	}

	/** Something may be readable: the core looks at all its parts soon. */
	wake(): void {
		this.#loop.wake();
	}

	query(request: unknown): unknown {
		return this.#terminal?.query(request);
	}

	#boot(): Stepped {
		const { tenant, terminal, settings, managerPin } = this.#options.settings;
		const booted = new Terminal({
			ports: this.#ports,
			identity: { tenant, terminal },
			firmware: FIRMWARE,
			gbTable,
			initial: { settings, ...(managerPin === undefined ? {} : { managerPin }) },
		});
		booted.start();
		this.#terminal = booted;
		return {
			step: () => {
				const waitMs = booted.step();
				this.#options.onStep?.(booted);
				return waitMs;
			},
		};
	}
}

function describe(error: unknown): string {
	return error instanceof Error ? `${error.name}: ${error.message}\n${error.stack}` : String(error);
}
