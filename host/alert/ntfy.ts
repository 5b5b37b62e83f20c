import type { Severity } from "../core/watch.ts";
import { type Channel, post } from "./channel.ts";

const priorities: Readonly<Record<Severity, number>> = { notice: 2, warning: 4, alarm: 5 };

/** A topic of an ntfy server, published as JSON (docs.ntfy.sh/publish): a title in Chinese fits into no header. */
export function ntfy(options: {
	readonly name: string;
	/** Of the server. */
	readonly url: string;
	readonly topic: string;
	readonly token?: string;
}): Channel {
	const { name, url, topic, token } = options;
	const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
	return {
		send: ({ severity, title, text }) =>
			post({
				name,
				url,
				headers: { "content-type": "application/json", ...authorization },
				body: JSON.stringify({ topic, title, message: text, priority: priorities[severity] }),
			}),
	};
}
