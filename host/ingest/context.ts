import type { Address, DownBody, DownType } from "../../protocol/message.ts";
import { encodeDown } from "../../protocol/message.ts";
import { topicsOf } from "../../protocol/topic.ts";
import { hmacSha256 } from "../digest.ts";
import type { HostKey } from "../host-key.ts";
import type { Log } from "../log.ts";
import type { Store } from "../store/store.ts";
import type { Changes } from "./changes.ts";
import type { Counters } from "./counters.ts";
import type { HostLink } from "./link.ts";

/** What ingest asks of the store. */
export type IngestStore = Pick<
	Store,
	| "addCommand"
	| "addIncident"
	| "advanceHeads"
	| "answerCommand"
	| "commitDeliveries"
	| "enrolmentKeys"
	| "findKey"
	| "getTerminal"
	| "lastCosigned"
	| "listCommands"
	| "receiveHello"
	| "setState"
	| "useEnrolment"
>;

/** What the parts of ingest share. */
export interface IngestContext {
	readonly store: IngestStore;
	readonly link: HostLink;
	readonly log: Log;
	readonly changes: Changes;
	readonly counters: Counters;
	/** Seconds since 1970, told to terminals as the host's time. */
	readonly nowS: () => number;
	readonly monotonicMs: () => number;
	readonly hostKey: HostKey;
	/** Unpredictable bytes. */
	readonly random: (length: number) => Uint8Array;
}

/** Seals and sends a message to one terminal. */
export function sendDown<K extends DownType>(
	{ link }: IngestContext,
	to: Address & { readonly tenant: string; readonly key: Uint8Array },
	type: K,
	body: DownBody<K>,
): void {
	const message = encodeDown(to, type, body, { key: to.key, hmac: hmacSha256 });
	link.publish(topicsOf(to.tenant, to.terminal).down, message);
}
