/**
 * What the core asks of a terminal. Each port is structural, non-blocking and at most five members; adapters
 * live in `firmware/device` (Moddable) and `test/emulator` (XS worker). A port never calls back into the core:
 * the platform calls `Terminal.step()` when something may be readable or the time asked for has come.
 */

/**
 * Raw media. Offsets and lengths in bytes; writes are aligned to `writeAlign` and only go to erased bytes.
 * Failures throw `CloseoutError` with a `STORAGE_*` code. Nothing written is promised before `sync` returns.
 */
export interface Storage {
	read(offset: number, length: number): Uint8Array;
	write(offset: number, bytes: Uint8Array): void;
	/** Sets one sector to the erase value. */
	erase(sector: number): void;
	sync(): void;
	geometry(): StorageGeometry;
}

export interface StorageGeometry {
	readonly sizeBytes: number;
	readonly sectorBytes: number;
	readonly writeAlign: number;
	readonly eraseValue: number;
}

/** Small secrets (device key, PIN hashes), outside the journal image that a technician may carry away. */
export interface Vault {
	read(name: string): Uint8Array | undefined;
	/** Durable when it returns; `undefined` removes the entry. */
	write(name: string, bytes: Uint8Array | undefined): void;
}

export interface Clock {
	/** Wall time as the terminal believes it. `wallMs` since 1970-01-01T00:00:00Z. */
	now(): WallTime;
	/** Milliseconds since this boot; never goes back. */
	monotonicMs(): number;
	/** Sets the wall clock, when the host or a person corrects it. */
	set(wallMs: number): void;
}

export interface WallTime {
	readonly wallMs: number;
	/** Local time minus UTC, in minutes, at that instant. */
	readonly zoneMinutes: number;
}

/** Unpredictable bytes from the platform's own source. */
export interface Entropy {
	read(length: number): Uint8Array;
}

export interface Digest {
	/** SHA-256, FIPS 180-4; 32 bytes. */
	sha256(bytes: Uint8Array): Uint8Array;
	/** HMAC-SHA-256, RFC 2104; 32 bytes. */
	hmacSha256(key: Uint8Array, bytes: Uint8Array): Uint8Array;
}

/** A byte-stream receipt printer (ESC/POS). */
export interface Printer {
	/** Takes as many bytes as it can hold now and returns that number; 0 means try at a later step. */
	write(bytes: Uint8Array): number;
	status(): PrinterStatus;
	/** Drops what is buffered and not yet on paper. */
	reset(): void;
}

export interface PrinterStatus {
	readonly online: boolean;
	readonly paper: "ok" | "low" | "out" | "unknown";
	/** True when every byte taken is on paper; "unknown" for a printer that cannot say. */
	readonly drained: boolean | "unknown";
}

/** Shows one screen; the screen is data and the adapter draws it. */
export interface Display {
	write(screen: Screen): void;
}

export interface Screen {
	/** Stable name of the screen, the same in every language, for tests and tools. */
	readonly name: string;
	readonly title: string;
	readonly lines: readonly ScreenLine[];
	/** What the function keys do now, in the order of the keys. */
	readonly softKeys: readonly { readonly key: Key; readonly label: string }[];
	readonly tone?: "ok" | "attention" | "alarm";
	readonly language: "zh-CN" | "en";
}

export interface ScreenLine {
	readonly text: string;
	readonly align?: "left" | "center" | "right";
	/** Emphasis is never by colour alone: an alert line also begins with a sign. */
	readonly style?: "plain" | "strong" | "alert" | "input";
}

export type Key =
	| "0"
	| "1"
	| "2"
	| "3"
	| "4"
	| "5"
	| "6"
	| "7"
	| "8"
	| "9"
	| "00"
	| "ok"
	| "cancel"
	| "clear"
	| "up"
	| "down"
	| "menu"
	| "language";

export interface Keypad {
	read(): Key | undefined;
}

/** A connection to the broker. Delivery is not promised: nothing depends on what the broker remembers. */
export interface Link {
	open(options: LinkOptions): void;
	/** False when down or full; the caller tries again at a later step. */
	write(message: LinkMessage): boolean;
	read(): LinkMessage | undefined;
	status(): "down" | "connecting" | "up";
	close(): void;
}

export interface LinkOptions {
	readonly clientId: string;
	readonly subscribe: readonly string[];
	readonly will: LinkMessage;
}

export interface LinkMessage {
	readonly topic: string;
	readonly payload: Uint8Array;
	readonly retain: boolean;
}

/**
 * A cable to a technician's computer: serial, or TCP in its place. The bytes are the frames of
 * `protocol/pull-frame.ts`.
 */
export interface ServiceLink {
	/** From now on a computer is let in; before, and after `close`, nothing gets through. */
	open(): void;
	/** Bytes that have come, as many as there are at hand; undefined for none. */
	read(): Uint8Array | undefined;
	/** Takes as many bytes as it can hold now and returns that number; 0 means try at a later step. */
	write(bytes: Uint8Array): number;
	/** A cable that cannot tell is always connected while it is open. */
	status(): "closed" | "waiting" | "connected";
	close(): void;
}

/** The payment application: framed messages of `protocol/payment-app.ts`, both ways. */
export interface PaymentApp {
	read(): Uint8Array | undefined;
	write(message: Uint8Array): void;
}

export interface Log {
	write(level: "info" | "warn" | "error", code: string, detail: string): void;
}

export interface Ports {
	readonly storage: Storage;
	readonly vault: Vault;
	readonly clock: Clock;
	readonly entropy: Entropy;
	readonly digest: Digest;
	readonly printer: Printer;
	readonly display: Display;
	readonly keypad: Keypad;
	readonly link: Link;
	readonly paymentApp: PaymentApp;
	/** Left out where a terminal has no such cable. */
	readonly serviceLink?: ServiceLink;
	readonly log: Log;
}
