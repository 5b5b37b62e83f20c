/**
 * The modules of the Moddable SDK and of ECMA-419 that the adapters use, as far as they use them. Where the SDK's
 * own typings differ from what its modules do (`onControl` of the MQTT client, `Digest` over views), this follows
 * the modules.
 */

declare function trace(...text: readonly string[]): void;

interface ArrayBufferConstructor {
	/** Bytes of a string in UTF-8. */
	fromString(text: string): ArrayBuffer;
}

interface StringConstructor {
	fromArrayBuffer(bytes: ArrayBuffer): string;
}

declare module "mc/config" {
	const config: Readonly<Record<string, unknown>>;
	export default config;
}

declare module "mc/ffi" {
	export default class FFI {
		closeoutRandom(buffer: ArrayBufferLike, offset: number, length: number): number;
		closeoutMonotonicMs(): number;
		closeoutEnvironment(name: string): string;
		closeoutPrint(line: string): void;
		closeoutIgnoreBrokenPipes(): void;
	}
}

declare module "timer" {
	export default class Timer {
		private constructor();
		static set(callback: () => void, delayMs?: number): Timer;
		static repeat(callback: () => void, intervalMs: number): Timer;
		static clear(timer: Timer | undefined): void;
	}
}

declare module "time" {
	const Time: { set(seconds: number): void };
	export default Time;
}

declare module "crypt" {
	export class Digest {
		constructor(type: "SHA256");
		write(bytes: Uint8Array): void;
		close(): ArrayBuffer;
	}
}

declare module "Resource" {
	export default class Resource {
		constructor(path: string);
		readonly byteLength: number;
		slice(from: number, to?: number): ArrayBuffer;
		static exists(path: string): boolean;
	}
}

declare module "embedded:storage/files" {
	export interface File {
		close(): void;
		read(length: number, offset: number): ArrayBuffer;
		write(bytes: Uint8Array, offset: number): void;
		status(): { readonly size: number };
		setSize(length: number): void;
		/** `fsync` on Linux. */
		flush(): void;
	}
	export interface Directory {
		close(): void;
		openFile(options: { readonly path: string; readonly mode?: "r" | "r+" | "w" | "w+" }): File;
		openDirectory(options: { readonly path: string }): Directory;
		move(from: string, to: string): void;
	}
	const files: Directory;
	export default files;
}

declare module "embedded:storage/flash" {
	export interface Flash {
		close(): void;
		eraseBlock(from: number, to?: number): void;
		read(length: number, offset: number): ArrayBuffer;
		write(bytes: Uint8Array, offset: number): void;
		status(): {
			readonly size: number;
			readonly blockLength: number;
			readonly writeAlign?: number;
			readonly eraseValue?: number;
		};
	}
	const flash: {
		open(options: { readonly path: string; readonly mode?: "r" | "r+" }): Flash;
	};
	export default flash;
}

declare module "embedded:io/socket/tcp" {
	export interface Callbacks {
		onReadable?(bytes: number): void;
		onWritable?(bytes: number): void;
		onError?(): void;
	}
	export interface Options extends Callbacks {
		readonly nodelay?: boolean;
		readonly format?: "buffer";
	}
	export default class TCP {
		/** `from`: a connection that a listener has accepted. */
		constructor(
			options: Options &
				({ readonly address: string; readonly port: number } | { readonly from: TCP }),
		);
		read(length?: number): ArrayBuffer | undefined;
		/** Throws when the bytes are more than `onWritable` said. Returns what more can be written. */
		write(bytes: Uint8Array): number | undefined;
		close(): void;
	}
}

declare module "embedded:io/socket/tcp/tls" {
	export default class TLSSocket {}
}

declare module "embedded:io/socket/listener" {
	import type TCP from "embedded:io/socket/tcp";
	export default class Listener {
		/** Throws when the port is not free. */
		constructor(options: { readonly port: number; onReadable?(connections: number): void });
		/** A connection that waits; undefined for none. */
		read(): TCP | undefined;
		close(): void;
	}
}

declare module "embedded:io/socket/udp" {
	export default class UDP {}
}

declare module "embedded:io/serial" {
	export interface Options {
		readonly baud: number;
		readonly format?: "buffer";
		onReadable?(bytes: number): void;
		onWritable?(bytes: number): void;
		onError?(): void;
		/** Pins and port number, or the name of a device, as the terminal's provider has them. */
		readonly [name: string]: unknown;
	}
	export default class Serial {
		constructor(options: Options);
		read(length?: number): ArrayBuffer | undefined;
		write(bytes: Uint8Array): number | undefined;
		close(): void;
	}
}

declare module "embedded:io/digital" {
	export default class Digital {
		constructor(options: { readonly pin: number; readonly mode: number });
		read(): number;
		write(level: number): void;
		close(): void;
		static readonly InputPullDown: number;
		static readonly Output: number;
	}
}

declare module "embedded:network/dns/resolver/udp" {
	export interface Request {
		readonly host: string;
		onResolved(host: string, address: string): void;
		onError?(): void;
	}
	export default class Resolver {
		constructor(options: unknown);
		resolve(request: Request): void;
		close(): void;
	}
}

declare module "embedded:network/mqtt/client" {
	export interface Readable {
		/** True when the message goes on in a later call. */
		readonly more: boolean;
		/** Only in the first call of a message, with the length of its whole payload. */
		readonly topic?: string;
		readonly byteLength?: number;
	}
	export interface Control {
		readonly operation: number;
		readonly id?: number;
		/** Of a SUBACK: what was granted for each item. */
		readonly payload?: readonly number[];
	}
	export interface Options {
		readonly host: string;
		readonly port: number;
		readonly id: string;
		readonly user?: string;
		readonly password?: string;
		readonly clean?: boolean;
		readonly keepalive?: number;
		readonly will?: {
			readonly topic: string;
			readonly message: ArrayBufferLike;
			readonly QoS: number;
			readonly retain: boolean;
		};
		readonly dns: unknown;
		readonly socket: unknown;
		onReadable?(count: number, readable: Readable): void;
		onWritable?(count: number): void;
		onControl?(message: Control): void;
		onError?(): void;
	}
	export interface WriteOptions {
		readonly operation?: number;
		readonly id?: number;
		readonly topic?: string;
		readonly QoS?: number;
		readonly retain?: boolean;
		/** Length of the whole payload, when this call has only its beginning. */
		readonly byteLength?: number;
		readonly items?: readonly { readonly topic: string; readonly QoS: number }[];
	}
	export default class MQTTClient {
		constructor(options: Options);
		read(count: number): ArrayBuffer;
		/** Throws when it is more than fits now. Returns how much fits after it. */
		write(bytes: Uint8Array | null, options?: WriteOptions): number;
		close(): void;
		static readonly CONNACK: number;
		static readonly PUBACK: number;
		static readonly SUBSCRIBE: number;
		static readonly SUBACK: number;
	}
}

declare module "commodetto/Poco" {
	/** A display's driver, or a bitmap in memory. */
	export interface PixelsOut {
		readonly width: number;
		readonly height: number;
	}
	export interface Color {
		readonly color: unique symbol;
	}
	export interface Font {
		readonly height: number;
	}
	export default class Poco {
		constructor(pixels: PixelsOut, options?: { readonly displayListLength?: number });
		readonly width: number;
		readonly height: number;
		makeColor(red: number, green: number, blue: number): Color;
		begin(x?: number, y?: number, width?: number, height?: number): void;
		fillRectangle(color: Color, x: number, y: number, width: number, height: number): void;
		drawText(text: string, font: Font, color: Color, x: number, y: number): void;
		end(): void;
	}
}

declare module "commodetto/parseBMF" {
	import type { Font } from "commodetto/Poco";
	export default function parseBMF(resource: unknown): Font;
}

declare module "piu/MC" {
	export class Style {
		constructor(options: { readonly font: string; readonly color?: string });
	}
	export class Skin {
		constructor(options: { readonly fill: string });
	}
	export class Behavior {}
	export interface Content {
		readonly x: number;
		readonly y: number;
		readonly width: number;
		readonly height: number;
	}
	export class Container implements Content {
		constructor(data: unknown, options: Place & { readonly contents: readonly Content[] });
		readonly x: number;
		readonly y: number;
		readonly width: number;
		readonly height: number;
	}
	export class Label implements Content {
		constructor(data: unknown, options: Place & { readonly string?: string });
		readonly x: number;
		readonly y: number;
		readonly width: number;
		readonly height: number;
		string: string;
	}
	interface Place {
		readonly left?: number;
		readonly right?: number;
		readonly top?: number;
		readonly bottom?: number;
		readonly width?: number;
		readonly height?: number;
		readonly active?: boolean;
		readonly skin?: Skin;
		readonly style?: Style;
		readonly Behavior?: new () => Behavior;
	}
	export class Port implements Content {
		constructor(data: unknown, options: Place);
		readonly x: number;
		readonly y: number;
		readonly width: number;
		readonly height: number;
		fillColor(color: string, x: number, y: number, width: number, height: number): void;
		drawString(
			text: string,
			style: Style,
			color: string,
			x: number,
			y: number,
			width: number,
			height: number,
		): void;
		invalidate(): void;
	}
	export class Application {
		constructor(
			data: unknown,
			options: Place & {
				readonly contents: readonly Content[];
				readonly displayListLength: number;
				readonly commandListLength: number;
				readonly touchCount: number;
			},
		);
	}
}

declare module "text/decoder" {
	export default TextDecoder;
}

declare module "text/encoder" {
	export default TextEncoder;
}
