import { checkId } from "./id.ts";

/** Version of the wire; it is part of every topic and of every message. */
export const WIRE_VERSION = 1;

/**
 * Topics of one terminal. `up` and `down` carry CBOR messages; `state` and `description` are retained text that
 * any MQTT browser shows, in the manners of the Homie convention 5.
 */
export interface Topics {
	readonly up: string;
	readonly down: string;
	readonly state: string;
	readonly description: string;
}

/** What `$state` may say; `lost` is the last will. */
export const homieStates = ["init", "ready", "disconnected", "sleeping", "lost", "alert"] as const;
export type HomieState = (typeof homieStates)[number];

export function isHomieState(text: string): text is HomieState {
	return homieStates.some((state) => state === text);
}

export function topicsOf(tenant: string, terminal: string): Topics {
	const base = `closeout/${WIRE_VERSION}/${checkId("tenant", tenant)}/${checkId("terminal", terminal)}`;
	return {
		up: `${base}/up`,
		down: `${base}/down`,
		state: `${base}/$state`,
		description: `${base}/$description`,
	};
}

/** Subscriptions of a host: all terminals of a tenant, or of every tenant with `+`. */
export function hostSubscriptions(tenant: string): readonly string[] {
	const base = `closeout/${WIRE_VERSION}/${tenant === "+" ? "+" : checkId("tenant", tenant)}/+`;
	return [`${base}/up`, `${base}/$state`];
}

export interface TopicParts {
	readonly tenant: string;
	readonly terminal: string;
	readonly leaf: "up" | "down" | "$state" | "$description";
}

const topicPattern = () =>
	/^closeout\/1\/([a-z0-9-]{4,32})\/([a-z0-9-]{4,32})\/(up|down|\$state|\$description)$/;

/** Parts of one of our topics, or undefined for any other. */
export function parseTopic(topic: string): TopicParts | undefined {
	const match = topicPattern().exec(topic);
	if (match === null) return undefined;
	const [, tenant = "", terminal = "", leaf = ""] = match;
	if (leaf === "up" || leaf === "down" || leaf === "$state" || leaf === "$description") {
		return { tenant, terminal, leaf };
	}
	return undefined;
}
