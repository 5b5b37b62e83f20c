import Timer from "timer";
import { concatBytes } from "../../protocol/bytes.ts";
import { randomBytes } from "./native.ts";

/** What a wire has to offer: a TCP socket or a serial line of ECMA-419. */
export interface Wire {
	/** Throws when the bytes are more than fits. Returns how much fits after them, where the wire says so. */
	write(bytes: Uint8Array): number | undefined;
	read(): ArrayBuffer | undefined;
	close(): void;
}

export interface WireCallbacks {
	onReadable(): void;
	/** This many bytes can be written; called for the first time when the wire is up. */
	onWritable(bytes: number): void;
	onError(): void;
}

export interface ByteStreamOptions {
	readonly open: (callbacks: WireCallbacks) => Wire;
	/** Something came, or the wire went up or down. */
	readonly wake: () => void;
	/** Bytes kept for a reader that does not come; beyond it the wire is opened anew. */
	readonly inboxBytesMax?: number;
	/** The other side has dialled: a wire that breaks is not opened again. */
	readonly isOnce?: boolean;
}

const INBOX_BYTES_MAX = 16_384;
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 30_000;

/**
 * A wire that is opened again when it breaks, after a pause that doubles and is never the same for two terminals.
 * What was written into a broken wire is lost, and says so by `connections`, which counts how often it came up.
 */
export class ByteStream {
	readonly #options: ByteStreamOptions;
	#wire: Wire | undefined;
	/** Each opening and each end begins a new life; callbacks of an earlier one say nothing any more. */
	#life = 0;
	#upLife = -1;
	#writable = 0;
	#retryMs = RETRY_MIN_MS;
	#inbox: Uint8Array[] = [];
	#inboxBytes = 0;
	#connections = 0;
	#isClosed = false;

	constructor(options: ByteStreamOptions) {
		this.#options = options;
		this.#open();
	}

	/** False while a socket is still connecting: it is up from the first time that it could be written to. */
	get isUp(): boolean {
		return this.#wire !== undefined && this.#upLife === this.#life;
	}

	/** Nothing will come or go any more. */
	get isOver(): boolean {
		return this.#isClosed;
	}

	/** How often the wire came up so far. */
	get connections(): number {
		return this.#connections;
	}

	/** Takes as many bytes as fit now and returns their number. */
	write(bytes: Uint8Array): number {
		const wire = this.#wire;
		if (wire === undefined) return 0;
		const taken = bytes.subarray(0, this.#writable);
		if (taken.length === 0) return 0;
		try {
			const left = wire.write(taken);
			this.#writable = left ?? this.#writable - taken.length;
			return taken.length;
		} catch {
			this.#break();
			return 0;
		}
	}

	/** Everything that has come since the last call; undefined for nothing. */
	read(): Uint8Array | undefined {
		if (this.#inbox.length === 0) return undefined;
		const all = concatBytes(...this.#inbox);
		this.#inbox = [];
		this.#inboxBytes = 0;
		return all;
	}

	close(): void {
		this.#isClosed = true;
		this.#drop();
	}

	#open(): void {
		const life = ++this.#life;
		const ifCurrent = (act: () => void) => {
			if (life === this.#life && !this.#isClosed) act();
		};
		try {
			this.#wire = this.#options.open({
				onReadable: () => ifCurrent(() => this.#take()),
				onWritable: (bytes) => ifCurrent(() => this.#up(bytes)),
				onError: () => ifCurrent(() => this.#break()),
			});
		} catch {
			this.#break();
		}
	}

	#up(bytes: number): void {
		this.#writable = bytes;
		if (this.#upLife !== this.#life) {
			this.#upLife = this.#life;
			this.#connections += 1;
			this.#retryMs = RETRY_MIN_MS;
		}
		this.#options.wake();
	}

	#take(): void {
		const bytes = this.#wire?.read();
		if (bytes === undefined) return;
		this.#inbox.push(new Uint8Array(bytes));
		this.#inboxBytes += bytes.byteLength;
		if (this.#inboxBytes > (this.#options.inboxBytesMax ?? INBOX_BYTES_MAX)) this.#break();
		this.#options.wake();
	}

	#break(): void {
		this.#drop();
		if (this.#options.isOnce === true) {
			this.#isClosed = true;
			this.#options.wake();
			return;
		}
		const [dice = 0] = randomBytes(1);
		const waitMs = this.#retryMs * (0.5 + dice / 512);
		this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS);
		const life = this.#life;
		Timer.set(() => {
			if (life === this.#life && !this.#isClosed) this.#open();
		}, Math.ceil(waitMs));
		this.#options.wake();
	}

	#drop(): void {
		const wire = this.#wire;
		this.#wire = undefined;
		this.#writable = 0;
		this.#inbox = [];
		this.#inboxBytes = 0;
		this.#life += 1;
		try {
			wire?.close();
		} catch {
			// It was closed by its peer already.
		}
	}
}
