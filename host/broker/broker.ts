import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { Aedes, type AedesOptions, type Client } from "aedes";
import { CloseoutError } from "../../protocol/error.ts";
import { PACKET_BYTES_MAX } from "../../protocol/limits.ts";
import type { Log } from "../log.ts";
import {
	type AccessOptions,
	type Identity,
	identify,
	mayPublish,
	refuseSubscription,
} from "./access.ts";
import { PacketLimit } from "./packet-limit.ts";

export interface BrokerOptions extends AccessOptions {
	/** 0 takes any free port. */
	readonly port: number;
	/** Address to listen on; this machine only when left out. */
	readonly address?: string;
	readonly log: Log;
}

export interface Broker {
	readonly port: number;
	close(): Promise<void>;
}

const NOT_AUTHORIZED = 5;
/** Packets that wait for a slow client before it is paused. */
const QUEUE_PACKETS_MAX = 1_000;

/**
 * The MQTT 3.1.1 broker for one machine. It remembers nothing over a restart, and nothing needs it to: terminals
 * and host acknowledge to one another. Throws `BROKER` when it cannot listen.
 */
export async function startBroker(options: BrokerOptions): Promise<Broker> {
	const { log } = options;
	const aedes = await Aedes.createBroker({ ...access(options), queueLimit: QUEUE_PACKETS_MAX });
	aedes.on("clientError", (client, error) => {
		log.warn({ client: client.id, error: error.message }, "broker client failed");
	});
	aedes.on("connectionError", (_client, error) => {
		log.debug({ error: error.message }, "broker connection failed");
	});
	const sockets = new Set<Socket>();
	const server = createServer((socket) => {
		sockets.add(socket);
		socket.on("close", () => sockets.delete(socket));
		accept(aedes, socket, log);
	});
	const port = await listen(server, options).catch(async (error: unknown) => {
		await stop(aedes, server, sockets);
		throw error;
	});
	log.info({ port }, "broker listens");
	let closing: Promise<void> | undefined;
	return {
		port,
		close: async () => {
			closing ??= stop(aedes, server, sockets);
			await closing;
		},
	};
}

function accept(aedes: Aedes, socket: Socket, log: Log): void {
	// An acknowledgement is small and waited for: it must not be held back to fill a packet.
	socket.setNoDelay(true);
	const limited = new PacketLimit(PACKET_BYTES_MAX);
	limited.on("error", (error) => {
		log.warn({ address: socket.remoteAddress, error: error.message }, "broker client refused");
		socket.destroy();
	});
	socket.on("error", (error) => log.debug({ error: error.message }, "broker socket failed"));
	socket.on("close", () => limited.destroy());
	socket.pipe(limited);
	const both = Duplex.from({ readable: limited, writable: socket });
	both.on("error", () => socket.destroy());
	aedes.handle(both);
}

async function listen(server: Server, { port, address }: BrokerOptions): Promise<number> {
	server.listen(port, address ?? "127.0.0.1");
	try {
		await once(server, "listening");
	} catch (cause) {
		const message = `the broker cannot listen on port ${port}; stop what does or choose another`;
		throw new CloseoutError("BROKER", message, { cause });
	}
	const bound = server.address();
	return bound === null || typeof bound === "string" ? port : bound.port;
}

async function stop(aedes: Aedes, server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
	await new Promise<void>((resolve) => aedes.close(resolve));
	for (const socket of sockets) socket.destroy();
	if (!server.listening) return;
	server.close();
	await once(server, "close");
}

function access(options: BrokerOptions): AedesOptions {
	const identities = new WeakMap<Client, Identity>();
	const { log } = options;
	return {
		authenticate: (client, username, password, done) => {
			identify(options, username, password?.toString() ?? "").then(
				(identity) => {
					if (identity !== undefined) identities.set(client, identity);
					else log.warn({ username }, "broker client denied");
					done(null, identity !== undefined);
				},
				(error: unknown) => {
					log.error({ error, username }, "broker client could not be looked up");
					const refusal = new CloseoutError(
						"BROKER",
						"clients cannot be looked up; try again later",
					);
					done(Object.assign(refusal, { returnCode: NOT_AUTHORIZED }), false);
				},
			);
		},
		authorizePublish: (client, { topic }, done) => {
			const identity = client === null ? undefined : identities.get(client);
			if (identity !== undefined && mayPublish(identity, topic)) return done(null);
			done(new CloseoutError("REFUSED", `publishing to ${topic} is not allowed for this client`));
		},
		authorizeSubscribe: (client, subscription, done) => {
			const identity = identities.get(client);
			const why =
				identity === undefined
					? "the client is not known"
					: refuseSubscription(identity, subscription.topic);
			if (why === undefined) return done(null, subscription);
			log.warn({ client: client.id, topic: subscription.topic, why }, "subscription refused");
			done(null, null);
		},
	};
}
