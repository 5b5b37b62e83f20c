import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TcpCable } from "./cable.ts";
import { TerminalClock } from "./clock.ts";
import { FileVault, readJson } from "./files.ts";
import { MqttLink } from "./link/mqtt-link.ts";
import type { MachineOptions } from "./machine.ts";
import type { Parts } from "./machine-ports.ts";
import { COLUMN_DOTS } from "./paper/model.ts";
import { SimulatedPrinter } from "./paper/printer.ts";
import { SimulatedPaymentApp } from "./payment/payment-app.ts";
import { Flash } from "./storage.ts";

/** What a terminal remembers besides its flash memory, its vault and its paper. */
export interface Remembered {
	readonly boot: number;
	readonly trace: number;
	readonly offsetMs: number;
	/** Null: the minutes of the settings, which stand still. */
	readonly timeZone: string | null;
	readonly powered: boolean;
}

/** What the parts tell the terminal. */
export interface PartsTold {
	readonly onPaymentApp: () => void;
	readonly onLink: () => void;
	readonly onCable: () => void;
	readonly warn: (text: string) => void;
}

/** The parts around a core, as the folder of the terminal keeps them. */
export function makeParts(
	options: MachineOptions,
	{ trace, offsetMs, timeZone }: Remembered,
	told: PartsTold,
): Parts {
	const { timeline, acquirer, directory, brokerUrl, settings } = options;
	const { id, zoneMinutes, journalBytes, unsynced } = settings;
	const clock = new TerminalClock(timeline, zoneMinutes, offsetMs);
	if (timeZone !== null) clock.setTimeZone(timeZone);
	return {
		flash: new Flash({
			...(journalBytes === undefined ? {} : { sizeBytes: journalBytes }),
			...(unsynced === undefined ? {} : { unsynced }),
			...(directory === undefined ? {} : { path: join(directory, "journal.img") }),
		}),
		vault: new FileVault(directory && join(directory, "vault.json")),
		clock,
		printer: makePrinter(options),
		link: new MqttLink({
			...(brokerUrl === undefined ? {} : { url: brokerUrl }),
			username: id,
			onArrival: told.onLink,
			warn: told.warn,
		}),
		cable: new TcpCable(timeline, told.onCable),
		paymentApp: new SimulatedPaymentApp({
			timeline,
			acquirer,
			terminal: id,
			zoneMinutes,
			trace,
			onReadable: told.onPaymentApp,
		}),
	};
}

function makePrinter({ timeline, directory, settings }: MachineOptions): SimulatedPrinter {
	const { paperColumns, mmPerSecond } = settings;
	const path = directory && paperPath(directory);
	const roll = path !== undefined && existsSync(path) ? readFileSync(path) : undefined;
	return new SimulatedPrinter({
		dotsAcross: paperColumns * COLUMN_DOTS,
		isChineseByDefault: true,
		clock: { monotonicMs: () => timeline.nowMs },
		...(mmPerSecond === undefined ? {} : { mmPerSecond }),
		...(roll === undefined ? {} : { roll: new Uint8Array(roll) }),
	});
}

export function paperPath(directory: string): string {
	return join(directory, "paper.bin");
}

export function rememberedPath(directory: string): string {
	return join(directory, "terminal.json");
}

export function readRemembered(directory: string | undefined): Remembered {
	const stored = directory && readJson(rememberedPath(directory));
	const fields = new Map<string, unknown>(Object.entries(stored ?? {}));
	const number = (name: string) => Number(fields.get(name) ?? 0);
	return {
		boot: number("boot"),
		trace: number("trace"),
		offsetMs: number("offsetMs"),
		timeZone: typeof fields.get("timeZone") === "string" ? String(fields.get("timeZone")) : null,
		powered: fields.get("powered") === true,
	};
}
