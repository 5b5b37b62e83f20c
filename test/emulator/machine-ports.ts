import { createHash, createHmac } from "node:crypto";
import type { Key, Ports, Screen } from "../../firmware/core/port.ts";
import type { TcpCable } from "./cable.ts";
import type { TerminalClock } from "./clock.ts";
import type { FileVault } from "./files.ts";
import { History } from "./history.ts";
import type { MqttLink } from "./link/mqtt-link.ts";
import type { SimulatedPrinter } from "./paper/printer.ts";
import type { SimulatedPaymentApp } from "./payment/payment-app.ts";
import { SeededEntropy, systemEntropy } from "./random.ts";
import type { Flash } from "./storage.ts";

const SCREENS_MAX = 500;
const LOG_LINES_MAX = 1_000;

export interface LogLine {
	readonly level: "info" | "warn" | "error";
	readonly code: string;
	readonly detail: string;
	readonly wallMs: number;
}

/** The simulated parts around a core. */
export interface Parts {
	readonly flash: Flash;
	readonly vault: FileVault;
	readonly clock: TerminalClock;
	readonly printer: SimulatedPrinter;
	readonly link: MqttLink;
	readonly paymentApp: SimulatedPaymentApp;
	readonly cable: TcpCable;
}

/** The part of a terminal that people touch and watch. */
export class Front {
	readonly screens = new History<Screen>(SCREENS_MAX);
	readonly log = new History<LogLine>(LOG_LINES_MAX);
	#keys: Key[] = [];

	press(keys: readonly Key[]): void {
		this.#keys.push(...keys);
	}

	takeKey(): Key | undefined {
		return this.#keys.shift();
	}

	get hasKeys(): boolean {
		return this.#keys.length > 0;
	}

	powerOff(): void {
		this.#keys = [];
	}
}

/** The ports of one boot. With a seed the random bytes of boot n are always the same. */
export function portsOf(
	parts: Parts,
	front: Front,
	random: { readonly seed: string | undefined; readonly boot: number },
	told: { onScreen: (screen: Screen) => void; onLog: Ports["log"]["write"] },
): Ports {
	const { flash, vault, clock, printer, link, paymentApp, cable } = parts;
	const { seed, boot } = random;
	return {
		storage: flash,
		vault,
		clock,
		entropy: seed === undefined ? systemEntropy : new SeededEntropy(`${seed}/${boot}`),
		digest: {
			sha256: (bytes) => new Uint8Array(createHash("sha256").update(bytes).digest()),
			hmacSha256: (key, bytes) => new Uint8Array(createHmac("sha256", key).update(bytes).digest()),
		},
		printer,
		display: { write: told.onScreen },
		keypad: { read: () => front.takeKey() },
		link,
		paymentApp,
		serviceLink: cable,
		log: { write: told.onLog },
	};
}
