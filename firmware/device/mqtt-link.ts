import MQTTClient, { type Control, type Readable } from "embedded:network/mqtt/client";
import Timer from "timer";
import { concatBytes } from "../../protocol/bytes.ts";
import { MESSAGE_BYTES_MAX } from "../../protocol/limits.ts";
import type { Link, LinkMessage, LinkOptions } from "../core/port.ts";

export interface MqttLinkOptions {
	readonly host: string;
	readonly port: number;
	readonly user: string | undefined;
	readonly password: string | undefined;
	/** `{io, …}` of the socket class, TCP or TLS over it. */
	readonly socket: object;
	/** `{io, servers, socket}` of the resolver that names are looked up with. */
	readonly dns: object;
	/** Something came, or the connection changed. */
	readonly wake: () => void;
}

const KEEP_ALIVE_MS = 60_000;
/** A subscription that is not granted in this time is none; the client itself times its connecting only. */
const SUBSCRIBE_MS = 15_000;
const PACKET_ID_MAX = 65_535;
/** Messages waiting for a full socket; the core is told to come again then. */
const OUTGOING_MAX = 4;
/** Messages waiting for the core. More are dropped: whoever sent them sends again. */
const INBOX_MAX = 64;
/** DISCONNECT of MQTT 3.1.1, which the client's own constants leave out of their type. */
const DISCONNECT = 14;
const QOS = 1;

interface Outgoing extends LinkMessage {
	sent: number;
}

/**
 * The broker over the ECMA-419 MQTT client. That client acknowledges by itself, throws when its socket is full, and
 * hands over a message in pieces: so packet ids, pieces and back-pressure are dealt with here.
 */
export class MqttLink implements Link {
	readonly #options: MqttLinkOptions;
	#client: MQTTClient | undefined;
	#status: ReturnType<Link["status"]> = "down";
	#subscribe: readonly string[] = [];
	#timer: Timer | undefined;
	#packetId = 0;
	#writable = 0;
	#outgoing: Outgoing[] = [];
	#inbox: LinkMessage[] = [];
	#arriving: { readonly topic: string; pieces: Uint8Array[]; bytes: number } | undefined;

	constructor(options: MqttLinkOptions) {
		this.#options = options;
	}

	open({ clientId, subscribe, will }: LinkOptions): void {
		this.#drop();
		const { host, port, user, password, socket, dns } = this.#options;
		this.#subscribe = subscribe;
		this.#become("connecting");
		const ifCurrent = (act: () => void) => {
			if (this.#client === client) act();
		};
		const client: MQTTClient = new MQTTClient({
			host,
			port,
			id: clientId,
			...(user === undefined ? {} : { user }),
			...(password === undefined ? {} : { password }),
			clean: true,
			keepalive: KEEP_ALIVE_MS,
			will: {
				topic: will.topic,
				message: will.payload.slice().buffer,
				QoS: QOS,
				retain: will.retain,
			},
			dns,
			socket,
			onControl: (message) => ifCurrent(() => this.#control(message)),
			onReadable: (count, readable) => ifCurrent(() => this.#arrive(count, readable)),
			onWritable: (count) => ifCurrent(() => this.#room(count)),
			onError: () => ifCurrent(() => this.#lost()),
		});
		this.#client = client;
	}

	write(message: LinkMessage): boolean {
		if (this.#status !== "up" || this.#outgoing.length >= OUTGOING_MAX) return false;
		this.#outgoing.push({ ...message, sent: 0 });
		this.#flush();
		return true;
	}

	read(): LinkMessage | undefined {
		return this.#inbox.shift();
	}

	status(): ReturnType<Link["status"]> {
		return this.#status;
	}

	/** Hangs up in order, so that the broker does not send the will. */
	close(): void {
		try {
			if (this.#status === "up") this.#client?.write(null, { operation: DISCONNECT });
		} catch {
			// A full socket is closed without a word.
		}
		this.#drop();
		this.#become("down");
	}

	#control({ operation, payload }: Control): void {
		if (operation === MQTTClient.CONNACK) this.#ask();
		if (operation !== MQTTClient.SUBACK) return;
		Timer.clear(this.#timer);
		this.#timer = undefined;
		if (payload?.every((granted) => granted <= QOS) === true) this.#become("up");
		else this.#lost();
	}

	#ask(): void {
		const items = this.#subscribe.map((topic) => ({ topic, QoS: QOS }));
		const id = this.#nextId();
		this.#timer = Timer.set(() => this.#lost(), SUBSCRIBE_MS);
		this.#try(() => this.#client?.write(null, { operation: MQTTClient.SUBSCRIBE, id, items }));
	}

	#arrive(count: number, { topic, more }: Readable): void {
		const piece = new Uint8Array(this.#client?.read(count) ?? new ArrayBuffer(0));
		if (topic !== undefined) this.#arriving = { topic, pieces: [], bytes: 0 };
		const arriving = this.#arriving;
		if (arriving === undefined) return;
		arriving.bytes += piece.length;
		// A message that cannot be ours is read to its end and not kept.
		if (arriving.bytes <= MESSAGE_BYTES_MAX) arriving.pieces.push(piece);
		if (more) return;
		this.#arriving = undefined;
		if (arriving.bytes > MESSAGE_BYTES_MAX || this.#inbox.length >= INBOX_MAX) return;
		const payload = concatBytes(...arriving.pieces);
		this.#inbox.push({ topic: arriving.topic, payload, retain: false });
		this.#options.wake();
	}

	#room(count: number): void {
		this.#writable = count;
		this.#flush();
		this.#options.wake();
	}

	#flush(): void {
		for (let message = this.#outgoing[0]; message !== undefined; message = this.#outgoing[0]) {
			if (!this.#send(message)) return;
			this.#outgoing.shift();
		}
	}

	/** Sends as much of one message as fits. True when all of it is sent. */
	#send(message: Outgoing): boolean {
		const { payload, topic, retain, sent } = message;
		// Type, length of the rest, length of the topic, packet id.
		const head = sent === 0 ? 1 + 4 + 2 + topic.length * 3 + 2 : 0;
		const piece = payload.subarray(sent, sent + Math.max(0, this.#writable - head));
		if (piece.length === 0) return false;
		const options =
			sent === 0
				? { topic, retain, QoS: QOS, id: this.#nextId(), byteLength: payload.length }
				: undefined;
		const left = this.#try(() => this.#client?.write(piece, options));
		this.#writable = left ?? 0;
		message.sent += piece.length;
		return message.sent === payload.length;
	}

	#nextId(): number {
		this.#packetId = (this.#packetId % PACKET_ID_MAX) + 1;
		return this.#packetId;
	}

	#try<T>(action: () => T): T | undefined {
		try {
			return action();
		} catch {
			this.#lost();
			return undefined;
		}
	}

	#lost(): void {
		this.#drop();
		this.#become("down");
	}

	#drop(): void {
		const client = this.#client;
		this.#client = undefined;
		Timer.clear(this.#timer);
		this.#timer = undefined;
		this.#outgoing = [];
		this.#arriving = undefined;
		this.#writable = 0;
		// The client closes itself after `onError`; closing it inside that callback would end in its own error.
		if (client !== undefined) Timer.set(() => closeQuietly(client));
	}

	#become(status: ReturnType<Link["status"]>): void {
		if (this.#status === status) return;
		this.#status = status;
		this.#options.wake();
	}
}

function closeQuietly(client: MQTTClient): void {
	try {
		client.close();
	} catch {
		// It was closed already.
	}
}
