import { createHash, createHmac } from "node:crypto";
import type { LinkMessage, LinkOptions, Ports, Screen } from "../../firmware/core/port.ts";
import { CloseoutError } from "../../protocol/error.ts";

/** Ports of the parent that remember what they were told, in the order of the calls. */
export interface FakePorts {
	readonly ports: Ports;
	readonly calls: unknown[][];
	readonly media: Uint8Array;
	/** Called before each write to the media; may throw. */
	beforeWrite: (offset: number) => void;
	beforeErase: (sector: number) => void;
}

const SIZE_BYTES = 64;
const SECTOR_BYTES = 16;

export function makeFakePorts(): FakePorts {
	const calls: unknown[][] = [];
	const media = new Uint8Array(SIZE_BYTES).fill(0xff);
	const fake: FakePorts = {
		ports: {
			storage: {
				read(offset, length) {
					if (offset + length > SIZE_BYTES) {
						throw new CloseoutError("STORAGE_READ", `no byte ${offset + length} on this media`);
					}
					return media.slice(offset, offset + length);
				},
				write(offset, bytes) {
					fake.beforeWrite(offset);
					calls.push(["write", offset, [...bytes]]);
					media.set(bytes, offset);
				},
				erase(sector) {
					fake.beforeErase(sector);
					calls.push(["erase", sector]);
					media.fill(0xff, sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES);
				},
				sync: () => void calls.push(["sync"]),
				geometry: () => ({
					sizeBytes: SIZE_BYTES,
					sectorBytes: SECTOR_BYTES,
					writeAlign: 4,
					eraseValue: 0xff,
				}),
			},
			...smallPorts(calls),
			...linePorts(calls),
		},
		calls,
		media,
		beforeWrite: () => {},
		beforeErase: () => {},
	};
	return fake;
}

function smallPorts(
	calls: unknown[][],
): Pick<Ports, "vault" | "clock" | "entropy" | "digest" | "log"> {
	const secrets = new Map<string, Uint8Array>();
	return {
		vault: {
			read: (name) => secrets.get(name),
			write(name, bytes) {
				calls.push(["vault", name, bytes === undefined ? undefined : [...bytes]]);
				if (bytes === undefined) secrets.delete(name);
				else secrets.set(name, bytes);
			},
		},
		clock: {
			now: () => ({ wallMs: 1_767_225_600_123, zoneMinutes: 480 }),
			monotonicMs: () => 5_000_000_000.5,
			set: (wallMs) => void calls.push(["clock", wallMs]),
		},
		entropy: { read: (length) => new Uint8Array(length).fill(9) },
		digest: {
			sha256: (bytes) => new Uint8Array(createHash("sha256").update(bytes).digest()),
			hmacSha256: (key, bytes) => new Uint8Array(createHmac("sha256", key).update(bytes).digest()),
		},
		log: { write: (...call) => void calls.push(["log", ...call]) },
	};
}

function linePorts(
	calls: unknown[][],
): Pick<Ports, "printer" | "display" | "keypad" | "link" | "paymentApp" | "serviceLink"> {
	const received: LinkMessage[] = [
		{ topic: "终端/1", payload: Uint8Array.of(0, 255), retain: true },
		{ topic: "", payload: new Uint8Array(), retain: false },
	];
	const events = [Uint8Array.of(), Uint8Array.of(1, 0, 2)];
	const typed = [Uint8Array.of(0, 197), Uint8Array.of()];
	const keys = ["00", "language"] as const;
	let keyIndex = 0;
	return {
		printer: {
			write: (bytes) => Math.min(bytes.length, 3),
			status: () => ({ online: true, paper: "low", drained: "unknown" }),
			reset: () => void calls.push(["reset"]),
		},
		display: { write: (screen: Screen) => void calls.push(["display", screen]) },
		keypad: {
			read() {
				keyIndex += 1;
				return keys[keyIndex - 1];
			},
		},
		link: {
			open: (options: LinkOptions) => void calls.push(["open", options]),
			write(message) {
				calls.push(["send", message]);
				return message.retain;
			},
			read: () => received.shift(),
			status: () => "connecting",
			close: () => void calls.push(["close"]),
		},
		serviceLink: {
			open: () => void calls.push(["cable open"]),
			read: () => typed.shift(),
			write: (bytes) => Math.min(bytes.length, 2),
			status: () => "waiting",
			close: () => void calls.push(["cable close"]),
		},
		paymentApp: {
			read: () => events.shift(),
			write: (message) => void calls.push(["app", [...message]]),
		},
	};
}
