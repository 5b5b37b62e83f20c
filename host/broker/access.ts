import { timingSafeEqual } from "node:crypto";
import { parseTopic } from "../../protocol/topic.ts";
import { sha256 } from "../digest.ts";

/** Who a client of the embedded broker is. */
export type Identity =
	| { readonly who: "host" }
	| { readonly who: "terminal"; readonly tenant: string; readonly terminal: string }
	/** Configured for demonstrations: reads everything, or does everything. */
	| { readonly who: "anonymous"; readonly may: "read" | "all" };

/** Name under which the host itself connects. */
export const HOST_USER = "host";

export interface AccessOptions {
	readonly hostPassword: string;
	/** The terminal of this name, if there is one, and whether it may come in with this password. */
	readonly findTerminal: (
		terminal: string,
		password: string,
	) => Promise<{ readonly tenant: string } | undefined>;
	/** Clients without a name are denied when this is left out. */
	readonly anonymous?: "read" | "all";
}

/** Undefined for a client that must not come in. */
export async function identify(
	{ hostPassword, findTerminal, anonymous }: AccessOptions,
	username: string | undefined,
	password: string,
): Promise<Identity | undefined> {
	if (username === undefined || username === "")
		return anonymous === undefined ? undefined : { who: "anonymous", may: anonymous };
	if (username === HOST_USER) return isSame(password, hostPassword) ? { who: "host" } : undefined;
	const found = await findTerminal(username, password);
	if (found === undefined) return undefined;
	return { who: "terminal", tenant: found.tenant, terminal: username };
}

export function mayPublish(identity: Identity, topic: string): boolean {
	if (identity.who === "host") return parseTopic(topic)?.leaf === "down";
	if (identity.who === "anonymous") return identity.may === "all" && !topic.startsWith("$");
	const parts = parseTopic(topic);
	return parts?.leaf !== "down" && isOwn(identity, topic);
}

/** Why a subscription is refused; undefined when it is not. */
export function refuseSubscription(identity: Identity, filter: string): string | undefined {
	if (filter.startsWith("$share/"))
		return "shared subscriptions need a broker that delivers them, such as Mosquitto";
	if (identity.who !== "terminal") return undefined;
	const isOwnDown = parseTopic(filter)?.leaf === "down" && isOwn(identity, filter);
	return isOwnDown ? undefined : "a terminal may read its own down topic only";
}

function isOwn(
	{ tenant, terminal }: { readonly tenant: string; readonly terminal: string },
	topic: string,
): boolean {
	const parts = parseTopic(topic);
	return parts?.tenant === tenant && parts.terminal === terminal;
}

/** Compares digests, so that time tells neither length nor content. */
export function isSame(left: string, right: string): boolean {
	const encoder = new TextEncoder();
	return timingSafeEqual(sha256(encoder.encode(left)), sha256(encoder.encode(right)));
}
