import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { CloseoutError } from "../protocol/error.ts";
import { HOST_USER, isSame } from "./broker/access.ts";
import { type Broker, startBroker } from "./broker/broker.ts";
import { openHostKey } from "./host-key.ts";
import { type ChangeListener, Changes } from "./ingest/changes.ts";
import { createEnrolment } from "./ingest/enrolment-code.ts";
import { Ingest } from "./ingest/ingest.ts";
import { connectLink, type HostLink } from "./ingest/link.ts";
import { Projector } from "./ingest/projector.ts";
import type { PullRange } from "./ingest/pulls.ts";
import type { Log } from "./log.ts";
import { askRelease, type ReleaseQuestion, type ReleaseResult } from "./service/release.ts";
import { answerReprint, type ReprintDecision } from "./service/reprint.ts";
import { answerChallenge, type ServiceAnswer, type ServiceQuestion } from "./service/response.ts";
import type { ReprintAsked } from "./store/reprint.ts";
import { openStore, type Store, type StoreLocation } from "./store/store.ts";

export type BrokerChoice =
	| {
			/** Port of the broker inside this process; 0 takes any free one. */
			readonly embedded: number;
			readonly address?: string;
			/** Lets clients without a name in, to look or to do everything; for demonstrations only. */
			readonly anonymous?: "read" | "all";
			/** Password that terminals give; none is asked for when left out, their messages are sealed anyway. */
			readonly terminalPassword?: string;
	  }
	| {
			readonly url: string;
			readonly username?: string;
			readonly password?: string;
			/** Several hosts of one group share the terminals of a broker. */
			readonly shareGroup?: string;
	  };

export interface HostOptions {
	/** Folder for what the host keeps; made when it is not there. */
	readonly dataDir: string;
	readonly broker: BrokerChoice;
	/** `host.db` in the data folder when left out. */
	readonly database?: StoreLocation;
	readonly log: Log;
	/** Milliseconds since 1970; the system's clock when left out. */
	readonly nowMs?: () => number;
}

export interface Host {
	readonly store: Store;
	readonly ingest: Ingest;
	/** Port of the embedded broker; undefined when another broker is used. */
	readonly brokerPort: number | undefined;
	/** Tells what changed, for pages that are open. Returns the function that ends it. */
	onChange(listener: ChangeListener): () => void;
	/** The one-time code for a terminal, shown once. Throws `TERMINAL_UNKNOWN`. */
	createEnrolment(
		terminal: string,
		validS?: number,
	): Promise<{ readonly code: string; readonly expiresS: number }>;
	/** The response to a technician's challenge; see `answerChallenge`. */
	answerChallenge(question: ServiceQuestion): Promise<ServiceAnswer>;
	/** Copies that terminals wait for. */
	reprintsAsked(filter: { readonly terminal?: string }): Promise<readonly ReprintAsked[]>;
	/** The office's word on one of them; see `answerReprint`. */
	answerReprint(decision: ReprintDecision): Promise<void>;
	/** Whether a terminal may be updated, wiped or signed out; see `askRelease`. */
	askRelease(question: ReleaseQuestion): Promise<ReleaseResult>;
	/** Records out of a terminal's own journal; see `Ingest.pull`. */
	pull(terminal: string, range: PullRange): AsyncGenerator<Uint8Array, void>;
	/** Resolves when everything that has come from terminals is stored and folded. */
	idle(): Promise<void>;
	/** Stops taking messages, ends what is under way and closes the database. May be called again. */
	close(): Promise<void>;
}

/** Starts the host: database, broker, ingest. What was started is stopped again when a later part fails. */
export async function startHost(options: HostOptions): Promise<Host> {
	const stops: (() => Promise<void>)[] = [];
	try {
		return await compose(options, stops);
	} catch (cause) {
		await stopAll(stops);
		throw cause;
	}
}

async function compose(options: HostOptions, stops: (() => Promise<void>)[]): Promise<Host> {
	const { log, nowMs = Date.now } = options;
	const nowS = () => Math.floor(nowMs() / 1000);
	const store = await open(options, nowS);
	stops.push(store.close);
	const hostPassword = randomBytes(24).toString("base64url");
	const broker = await maybeStartBroker(options, store, hostPassword);
	if (broker !== undefined) stops.push(broker.close);
	const link = await connect(options, broker, hostPassword);
	stops.push(link.close);
	const changes = new Changes(log);
	const ingest = new Ingest({
		store,
		link,
		log,
		changes,
		nowS,
		monotonicMs: () => performance.now(),
		hostKey: await openHostKey(options.dataDir),
		random: (length) => randomBytes(length),
	});
	const projector = new Projector({
		store,
		changes,
		log,
		heads: (stream) => ingest.keepHeads(stream),
	});
	await projector.start();
	stops.push(() => projector.close());
	ingest.start();
	stops.push(() => ingest.close());
	let closing: Promise<void> | undefined;
	return {
		store,
		ingest,
		brokerPort: broker?.port,
		onChange: (listener) => changes.listen(listener),
		createEnrolment: (terminal, validS) =>
			createEnrolment(store, terminal, {
				nowS: nowS(),
				...(validS === undefined ? {} : { validS }),
			}),
		answerChallenge: (question) => answerChallenge(store, question),
		reprintsAsked: (filter) => store.listReprintsAsked(filter),
		answerReprint: (decision) => answerReprint({ store, ingest, nowS }, decision),
		askRelease: (question) => askRelease({ store, ingest, nowS }, question),
		pull: (terminal, range) => ingest.pull(terminal, range),
		idle: async () => {
			await ingest.idle();
			await projector.idle();
		},
		close: async () => {
			closing ??= stopAll(stops);
			await closing;
		},
	};
}

async function open({ dataDir, database, log }: HostOptions, nowS: () => number): Promise<Store> {
	await mkdir(dataDir, { recursive: true });
	return openStore({
		location: database ?? { sqlite: join(dataDir, "host.db") },
		nowS,
		connectionLost: (error) => log.warn({ error }, "database connection lost"),
	});
}

async function maybeStartBroker(
	{ broker, log }: HostOptions,
	store: Store,
	hostPassword: string,
): Promise<Broker | undefined> {
	if (!("embedded" in broker)) return undefined;
	const { embedded: port, address, anonymous, terminalPassword } = broker;
	return startBroker({
		port,
		log,
		hostPassword,
		...(address === undefined ? {} : { address }),
		...(anonymous === undefined ? {} : { anonymous }),
		findTerminal: async (terminal, password) => {
			if (terminalPassword !== undefined && !isSame(password, terminalPassword)) return undefined;
			return findTenant(store, terminal);
		},
	});
}

async function findTenant(
	store: Store,
	terminal: string,
): Promise<{ readonly tenant: string } | undefined> {
	try {
		return await store.getTerminal(terminal);
	} catch (error) {
		if (error instanceof CloseoutError && error.code === "TERMINAL_UNKNOWN") return undefined;
		throw error;
	}
}

async function connect(
	{ broker, log }: HostOptions,
	started: Broker | undefined,
	hostPassword: string,
): Promise<HostLink> {
	const clientId = `closeout-host-${randomBytes(4).toString("hex")}`;
	if (started !== undefined) {
		const url = `mqtt://127.0.0.1:${started.port}`;
		return connectLink({ url, clientId, log, username: HOST_USER, password: hostPassword });
	}
	if ("embedded" in broker) throw new CloseoutError("ASSERTION", "the broker was not started");
	return connectLink({ ...broker, clientId, log });
}

/** In the reverse order of starting; one that fails does not keep the others from stopping. */
async function stopAll(stops: (() => Promise<void>)[]): Promise<void> {
	const failures: unknown[] = [];
	for (const stop of stops.splice(0).reverse()) {
		try {
			await stop();
		} catch (error) {
			failures.push(error);
		}
	}
	if (failures.length > 0) throw failures[0];
}
