import { equalBytes } from "../../../protocol/bytes.ts";
import { isOthersFault } from "../../../protocol/error.ts";
import { BATCH_WINDOW_MAX } from "../../../protocol/limits.ts";
import {
	commandNumbers,
	type DownBody,
	type DownMessage,
	encodeUp,
	openEnvelope,
	readDown,
	type Sealing,
	type UpBody,
	type UpType,
} from "../../../protocol/message.ts";
import { type HomieState, type Topics, topicsOf } from "../../../protocol/topic.ts";
import { encodeUtf8 } from "../../../protocol/utf8.ts";
import type { Core } from "../core.ts";
import type { Part } from "../part.ts";
import type { Clock, Digest, Entropy, Link, Log } from "../port.ts";
import type { Credentials } from "./enrolment.ts";
import type { Heads } from "./heads.ts";
import { type Outbox, parcelFrom } from "./outbox.ts";

/** Carries out a command of the host. `detail` is a short sentence for its log. */
export type CommandHandler = (command: DownBody<"command">) => {
	readonly accepted: boolean;
	readonly detail: string;
};

export interface SyncOptions {
	readonly core: Core;
	readonly outbox: Outbox;
	readonly link: Link;
	readonly clock: Clock;
	readonly entropy: Entropy;
	readonly digest: Digest;
	readonly log: Log;
	readonly credentials: Credentials;
	readonly firmware: string;
	readonly onCommand: CommandHandler;
	readonly onPullAck: (body: DownBody<"pullAck">) => void;
	/** Left out on a terminal that cannot sign. */
	readonly heads?: Pick<Heads, "broken" | "take">;
}

/** No answer for this long: say hello again, or send the window again. */
const ANSWER_MS = 10_000;
const RECONNECT_MIN_MS = 1_000;
const RECONNECT_MAX_MS = 60_000;
const NAK_INTERVAL_MS = 1_000;
/** Messages taken in one step, so that a flood cannot keep the cashier waiting. */
const MESSAGES_PER_STEP = 16;
const NO_NONCE: Uint8Array = new Uint8Array(0);
/** Difference to the host's clock above which the terminal's is set, in seconds. */
const CLOCK_TOLERANCE_S = 600;

/**
 * Keeps the host's copy of the stream complete. Nothing depends on what the broker remembers: after every
 * connect the two sides compare their positions, and a window of batches goes out until it is acknowledged.
 */
export class Sync implements Part {
	readonly #options: SyncOptions;
	readonly #topics: Topics;
	readonly #sealing: Sealing;
	/** Of the hello that was said on this connection; empty before it. */
	#nonce = NO_NONCE;
	#welcomed = false;
	#frozen = false;
	/** The next record to send, and the ends of the batches that wait for an acknowledgement. */
	#next = 1;
	#inFlight: number[] = [];
	#sentMs = 0;
	#contactMs: number | undefined;
	#acknowledgedAt: { readonly sequence: number; readonly wallS: number } | null = null;
	#nakMs = Number.NEGATIVE_INFINITY;
	#reconnectMs = 0;
	#backOffMs = RECONNECT_MIN_MS;

	constructor(options: SyncOptions) {
		this.#options = options;
		const { credentials, digest } = options;
		this.#topics = topicsOf(credentials.tenant, credentials.terminal);
		this.#sealing = { key: credentials.key, hmac: digest.hmacSha256 };
	}

	/** How far the host's copy is behind, for screens and the status slip. */
	status(): {
		readonly online: boolean;
		readonly frozen: boolean;
		readonly pending: number;
		readonly silentMs: number;
	} {
		const { outbox, clock } = this.#options;
		const pending = outbox.head().sequence - outbox.watermark().sequence;
		const silentMs =
			this.#contactMs === undefined
				? Number.POSITIVE_INFINITY
				: clock.monotonicMs() - this.#contactMs;
		return { online: this.#welcomed, frozen: this.#frozen, pending, silentMs };
	}

	/** The last record that the host has confirmed in this run, and when; null before the first time. */
	lastAcknowledged(): { readonly sequence: number; readonly wallS: number } | null {
		return this.#acknowledgedAt;
	}

	step(): number {
		const { link, clock } = this.#options;
		const now = clock.monotonicMs();
		const status = link.status();
		if (status === "down") return this.#connect(now);
		if (status === "connecting") return ANSWER_MS;
		if (this.#nonce === NO_NONCE) this.#hello(now);
		for (let count = 1; ; count++) {
			const message = link.read();
			if (message === undefined) break;
			if (message.topic === this.#topics.down) this.#take(message.payload, now);
			if (count === MESSAGES_PER_STEP) return 0;
		}
		if (!this.#welcomed) {
			if (now - this.#sentMs >= ANSWER_MS) this.#hello(now);
			return this.#sentMs + ANSWER_MS - now;
		}
		if (this.#frozen) return Number.POSITIVE_INFINITY;
		return this.#sendWindow(now);
	}

	/** Sends a piece of a pull, beside the stream. False while the link is down or full. */
	sendPulled(body: UpBody<"pulled">): boolean {
		return this.#options.link.status() === "up" && this.#send("pulled", body);
	}

	/** Tells watchers that this terminal goes away on purpose. */
	close(): void {
		this.#announce("disconnected");
		this.#options.link.close();
	}

	#connect(now: number): number {
		this.#nonce = NO_NONCE;
		this.#welcomed = false;
		if (now < this.#reconnectMs) return this.#reconnectMs - now;
		const { link, credentials, entropy } = this.#options;
		const will = { topic: this.#topics.state, payload: encodeUtf8("lost"), retain: true };
		link.open({ clientId: credentials.terminal, subscribe: [this.#topics.down], will });
		// Full jitter keeps a fleet from coming back in the same second.
		const [random = 0] = entropy.read(1);
		const wait = Math.floor((this.#backOffMs * (random + 1)) / 256);
		this.#backOffMs = Math.min(this.#backOffMs * 2, RECONNECT_MAX_MS);
		this.#reconnectMs = now + Math.max(wait, RECONNECT_MIN_MS);
		return this.#reconnectMs - now;
	}

	#hello(now: number): void {
		const { core, outbox, entropy, firmware, heads } = this.#options;
		if (this.#nonce === NO_NONCE) {
			this.#nonce = entropy.read(16);
			this.#describe();
			this.#announce("init");
		}
		const head = outbox.head();
		// A cosigned head that the journal lacks tells the host that this is an older image.
		const watermark = heads?.broken ?? outbox.watermark();
		const stamp = core.stamp();
		this.#send("hello", {
			nonce: this.#nonce,
			firmware,
			boot: stamp.boot,
			first: outbox.first(),
			last: head.sequence,
			lastChain: head.chain,
			watermark: watermark.sequence,
			watermarkChain: watermark.chain,
			wallS: stamp.wallS,
			zoneMinutes: stamp.zoneMinutes,
		});
		this.#sentMs = now;
	}

	#take(payload: Uint8Array, now: number): void {
		const { credentials, log } = this.#options;
		try {
			const message = readDown(openEnvelope(payload), this.#sealing);
			if (message.terminal !== credentials.terminal || message.epoch !== credentials.epoch) return;
			this.#contactMs = now;
			this.#act(message, now);
		} catch (error) {
			if (!isOthersFault(error)) throw error;
			log.write("warn", error.code, error.message);
		}
	}

	#act(message: DownMessage, now: number): void {
		if (message.type === "welcome") this.#welcome(message.body);
		else if (message.type === "ack") this.#acknowledged(message.body);
		else if (message.type === "nak") this.#goBack(message.body, now);
		else if (message.type === "command") this.#command(message.body);
		else if (message.type === "pullAck") this.#options.onPullAck(message.body);
		else if (message.type === "cosigned") this.#options.heads?.take(message.body);
	}

	#welcome({ nonce, watermark, chain, wallS, frozen }: DownBody<"welcome">): void {
		const { outbox, log, heads } = this.#options;
		// Only the first answer to a hello counts: one that was held back would set the clock and the window back.
		if (this.#welcomed || !equalBytes(nonce, this.#nonce)) return;
		this.#backOffMs = RECONNECT_MIN_MS;
		this.#welcomed = true;
		this.#followClock(wallS);
		const own = outbox.chainAt(watermark);
		this.#frozen =
			frozen ||
			heads?.broken !== undefined ||
			watermark > outbox.head().sequence ||
			(own !== undefined && !equalBytes(own, chain));
		if (this.#frozen) {
			// Two different streams under one epoch: a clone or a restored image. Only a person can say which is true.
			log.write(
				"error",
				"CHAIN_BROKEN",
				`the host's stream differs at or before record ${watermark}`,
			);
			// What stands here at that place lets the host see the other past, and keep it.
			if (own !== undefined && !frozen) this.#sendFrom(watermark, outbox.head().sequence);
			this.#announce("alert");
			return;
		}
		outbox.acknowledge(watermark, chain);
		this.#next = watermark + 1;
		this.#inFlight = [];
		this.#announce("ready");
	}

	/** The host's clock is followed only when the difference could falsify a business date. */
	#followClock(hostWallS: number): void {
		const { core, clock } = this.#options;
		const { wallS } = core.stamp();
		if (Math.abs(hostWallS - wallS) <= CLOCK_TOLERANCE_S) return;
		core.record("clock", { oldWallS: wallS, newWallS: hostWallS, source: "host" });
		clock.set(hostWallS * 1000);
	}

	#acknowledged({ watermark, chain }: DownBody<"ack">): void {
		if (!this.#welcomed || this.#frozen) return;
		const { outbox, log, clock } = this.#options;
		if (watermark <= outbox.watermark().sequence) {
			this.#inFlight = this.#inFlight.filter((end) => end > watermark);
			return;
		}
		if (!outbox.acknowledge(watermark, chain)) {
			log.write(
				"error",
				"CHAIN_BROKEN",
				`acknowledgement of record ${watermark} has another chain`,
			);
			return;
		}
		this.#acknowledgedAt = { sequence: watermark, wallS: this.#options.core.stamp().wallS };
		this.#inFlight = this.#inFlight.filter((end) => end > watermark);
		if (this.#next <= watermark) this.#next = watermark + 1;
		this.#sentMs = clock.monotonicMs();
	}

	/** At most one window again in each interval, whatever is asked. */
	#goBack({ from }: DownBody<"nak">, now: number): void {
		if (!this.#welcomed || this.#frozen || now - this.#nakMs < NAK_INTERVAL_MS) return;
		this.#nakMs = now;
		this.#next = Math.max(1, from);
		this.#inFlight = [];
	}

	/** Journalled before it is carried out, so that it is carried out at most once. */
	#command(body: DownBody<"command">): void {
		const { core, onCommand } = this.#options;
		const { hostSequence } = body;
		const { lastHostSequence, lastHostAccepted } = core.state;
		if (hostSequence <= lastHostSequence) {
			const accepted = hostSequence < lastHostSequence || lastHostAccepted;
			this.#send("commandResult", { hostSequence, accepted, detail: "taken before" });
			return;
		}
		const command = commandNumbers[body.command];
		const expired = body.expiresS < core.stamp().wallS;
		core.record("command", {
			hostSequence,
			command,
			accepted: !expired,
			detail: expired ? "expired" : "",
		});
		const result = expired ? { accepted: false, detail: "expired" } : onCommand(body);
		if (!result.accepted && !expired) core.record("command", { hostSequence, command, ...result });
		this.#send("commandResult", { hostSequence, ...result });
	}

	#sendWindow(now: number): number {
		const { outbox } = this.#options;
		const head = outbox.head().sequence;
		if (this.#inFlight.length > 0 && now - this.#sentMs >= ANSWER_MS) {
			this.#next = outbox.watermark().sequence + 1;
			this.#inFlight = [];
		}
		while (this.#next <= head && this.#inFlight.length < BATCH_WINDOW_MAX) {
			const end = this.#sendFrom(this.#next, head);
			if (end === undefined) return RECONNECT_MIN_MS;
			this.#inFlight.push(end);
			this.#next = end + 1;
			this.#sentMs = now;
		}
		return this.#inFlight.length > 0 ? this.#sentMs + ANSWER_MS - now : Number.POSITIVE_INFINITY;
	}

	/** Sends the records from `from` on and returns the last sequence number; undefined when the link is full. */
	#sendFrom(from: number, head: number): number | undefined {
		const parcel = parcelFrom(this.#options.outbox, from, head);
		const sent =
			parcel.type === "batch" ? this.#send("batch", parcel.body) : this.#send("loss", parcel.body);
		return sent ? parcel.end : undefined;
	}

	#send<K extends UpType>(type: K, body: UpBody<K>): boolean {
		const { link, credentials } = this.#options;
		const payload = encodeUp(credentials, type, body, this.#sealing);
		return link.write({ topic: this.#topics.up, payload, retain: false });
	}

	#announce(state: HomieState): void {
		const { link } = this.#options;
		link.write({ topic: this.#topics.state, payload: encodeUtf8(state), retain: true });
	}

	/** Plain words for anyone who looks at the broker with a general tool. */
	#describe(): void {
		const { link, credentials, firmware } = this.#options;
		const description = {
			homie: "5.0",
			name: credentials.terminal,
			type: "closeout-terminal",
			firmware,
		};
		const payload = encodeUtf8(JSON.stringify(description));
		link.write({ topic: this.#topics.description, payload, retain: true });
	}
}
