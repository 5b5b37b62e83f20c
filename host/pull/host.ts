import { CloseoutError, type ErrorCode, errorTable } from "../../protocol/error.ts";
import { type ByteSource, connectionError } from "./source.ts";

export interface HostPull {
	/** `http://127.0.0.1:8080` */
	readonly host: string;
	readonly token?: string | undefined;
	readonly terminal: string;
	readonly from?: number | undefined;
	readonly to?: number | undefined;
}

/** Asks a running host to pull records out of a terminal over the network. Throws what the host answers. */
export async function openHostPull({
	host,
	token,
	terminal,
	from,
	to,
}: HostPull): Promise<ByteSource> {
	const ending = new AbortController();
	const path = `/api/terminals/${encodeURIComponent(terminal)}/pull`;
	const reply = await postToHost({ host, token }, path, { from, to }, ending.signal);
	if (reply.body === null) throw connectionError(host, "is no host of ours; check the address");
	const reader = reply.body.getReader();
	return {
		name: host,
		bytes: {
			next: async () => {
				try {
					const { done, value } = await reader.read();
					return done ? { done, value: undefined } : { done, value };
				} catch (cause) {
					throw connectionError(host, "broke off; pull again to go on", cause);
				}
			},
		},
		close: () => ending.abort(),
	};
}

/** Asks a running host for something. Throws what it answers, and `CONNECTION` when it does not. */
export async function postToHost(
	{ host, token }: Pick<HostPull, "host" | "token">,
	path: string,
	body: object,
	signal?: AbortSignal,
): Promise<Response> {
	if (!URL.canParse(host)) {
		throw new CloseoutError("USAGE", `"${host}" is not an address such as http://127.0.0.1:8080`);
	}
	const reply = await fetch(new URL(path, host), {
		method: "POST",
		headers: {
			"content-type": "application/json",
			...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
		},
		body: JSON.stringify(body),
		...(signal === undefined ? {} : { signal }),
	}).catch((cause: unknown) => {
		throw connectionError(host, "does not answer; start it with closeout serve", cause);
	});
	if (!reply.ok) throw answeredError(await reply.text(), host);
	return reply;
}

/** The host's own error, or that it is none of ours. */
function answeredError(text: string, host: string): CloseoutError {
	const found: unknown = parsed(text);
	if (typeof found === "object" && found !== null && "code" in found && "message" in found) {
		const { code } = found;
		if (isErrorCode(code)) return new CloseoutError(code, String(found.message));
	}
	return connectionError(host, "is no host of ours; check the address");
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function isErrorCode(code: unknown): code is ErrorCode {
	return typeof code === "string" && Object.hasOwn(errorTable, code);
}
