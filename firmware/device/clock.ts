import type { Clock, Vault, WallTime } from "../core/port.ts";
import { monotonicMs } from "./native.ts";

const OFFSET_ENTRY = "clock.offset";
const OFFSET_BYTES = 8;

export interface DeviceClockOptions {
	/** Keeps what the terminal's clock differs from the system's, which only the system may set. */
	readonly vault: Vault;
	/** Local time minus UTC; undefined for what the system's time zone says. */
	readonly zoneMinutes: number | undefined;
}

/**
 * The system's clock and the difference that host or operator have set. The offset outlives a restart; the
 * system's own clock is left to the system, which may run other programs.
 */
export class DeviceClock implements Clock {
	readonly #options: DeviceClockOptions;
	readonly #bootMs = monotonicMs();
	#offsetMs: number;

	constructor(options: DeviceClockOptions) {
		this.#options = options;
		const stored = options.vault.read(OFFSET_ENTRY);
		this.#offsetMs =
			stored?.length === OFFSET_BYTES
				? new DataView(stored.buffer, stored.byteOffset).getFloat64(0)
				: 0;
	}

	now(): WallTime {
		const wallMs = Date.now() + this.#offsetMs;
		const zoneMinutes = this.#options.zoneMinutes ?? -new Date(wallMs).getTimezoneOffset();
		return { wallMs, zoneMinutes };
	}

	monotonicMs(): number {
		return monotonicMs() - this.#bootMs;
	}

	set(wallMs: number): void {
		this.#offsetMs = wallMs - Date.now();
		const bytes = new Uint8Array(OFFSET_BYTES);
		new DataView(bytes.buffer).setFloat64(0, this.#offsetMs);
		this.#options.vault.write(OFFSET_ENTRY, bytes);
	}
}
