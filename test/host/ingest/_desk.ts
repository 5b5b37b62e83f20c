import { type Change, Changes } from "../../../host/ingest/changes.ts";
import type { IngestContext, IngestStore } from "../../../host/ingest/context.ts";
import { newCounters } from "../../../host/ingest/counters.ts";
import type { Log } from "../../../host/log.ts";
import type { StreamKey } from "../../../host/store/stream.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import type { DownMessage } from "../../../protocol/message.ts";
import { testHostKey } from "../../_helper/head-keys.ts";
import { MemoryLink } from "../../_helper/memory-link.ts";

export const key: StreamKey = {
	...{ terminal: "till-0001", epoch: 1, tenant: "shop", key: new Uint8Array(32).fill(7) },
};
export const stream = { terminal: key.terminal, epoch: key.epoch };
export const chain = new Uint8Array(32).fill(3);

/** What a part of ingest says to the log, `level message`. */
export function listeningLog(): { readonly log: Log; readonly told: string[]; fields: object[] } {
	const told: string[] = [];
	const fields: object[] = [];
	const at = (level: string) => (more: object, message: string) => {
		told.push(`${level} ${message}`);
		fields.push(more);
	};
	const log = { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
	return { log, told, fields };
}

function unexpected(): never {
	throw new CloseoutError("ASSERTION", "the store is not asked for this");
}

const emptyStore: IngestStore = {
	addCommand: unexpected,
	addIncident: unexpected,
	advanceHeads: unexpected,
	answerCommand: unexpected,
	commitDeliveries: unexpected,
	enrolmentKeys: unexpected,
	findKey: unexpected,
	getTerminal: unexpected,
	lastCosigned: unexpected,
	listCommands: unexpected,
	receiveHello: unexpected,
	setState: unexpected,
	useEnrolment: unexpected,
};

export interface Desk {
	readonly context: IngestContext;
	readonly link: MemoryLink;
	readonly told: readonly string[];
	readonly fields: readonly object[];
	readonly changes: Change[];
	/** What was sent down since this was asked last. */
	sent(): readonly { readonly type: DownMessage["type"]; readonly body: object }[];
	/** Milliseconds. */
	now: number;
}

/** The parts of ingest on a store that answers what the test says, and on a pipe. */
export function desk(store: Partial<IngestStore> = {}, linkKey: Uint8Array = key.key): Desk {
	const link = new MemoryLink(linkKey);
	const { log, told, fields } = listeningLog();
	const made = new Changes(log);
	const changes: Change[] = [];
	made.listen((change) => changes.push(change));
	let seen = 0;
	const result: Desk = {
		context: {
			store: { ...emptyStore, ...store },
			link,
			log,
			changes: made,
			counters: newCounters(),
			nowS: () => 1_795_305_600,
			monotonicMs: () => result.now,
			hostKey: testHostKey,
			random: (length) => new Uint8Array(length).fill(9),
		},
		...{ link, told, fields, changes, now: 0 },
		sent() {
			const news = link.received.slice(seen).map(({ type, body }) => ({ type, body }));
			seen = link.received.length;
			return news;
		},
	};
	return result;
}
