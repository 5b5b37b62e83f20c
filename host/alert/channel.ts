import { CloseoutError } from "../../protocol/error.ts";
import type { Severity, WatchFinding } from "../core/watch.ts";

/** What is told over a channel. */
export interface AlertMessage {
	/** The same in every try, so that a receiver can tell a second delivery from a second message. */
	readonly id: string;
	readonly severity: Severity;
	readonly title: string;
	readonly text: string;
	readonly findings: readonly WatchFinding[];
}

/** One way to reach people. */
export interface Channel {
	/** Resolves when the other side has taken the message. Throws `CONNECTION` with what it said. */
	send(message: AlertMessage): Promise<void>;
}

const TIMEOUT_MS = 10_000;
/** Characters of an answer that are kept. */
const ANSWER_MAX = 200;

export interface Post {
	/** For messages: the address itself may hold a secret. */
	readonly name: string;
	readonly url: string;
	readonly method?: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string;
	/** Says of an answer of status 2xx why it is a refusal all the same; undefined when it is none. */
	readonly refusal?: (answer: string) => string | undefined;
}

/** Sends one request. Throws `CONNECTION` for no answer in ten seconds, another status than 2xx, or a refusal. */
export async function post({ name, url, method = "POST", refusal, ...rest }: Post): Promise<void> {
	const { status, answer } = await ask(name, url, { method, ...rest });
	const said = answer.slice(0, ANSWER_MAX);
	if (status < 200 || status > 299)
		throw new CloseoutError("CONNECTION", `${name}: answered with status ${status}: ${said}`);
	const refused = refusal?.(answer);
	if (refused !== undefined)
		throw new CloseoutError("CONNECTION", `${name}: refused the message: ${refused}`);
}

async function ask(name: string, url: string, request: RequestInit) {
	try {
		const signal = AbortSignal.timeout(TIMEOUT_MS);
		const response = await fetch(url, { ...request, redirect: "error", signal });
		return { status: response.status, answer: await response.text() };
	} catch (cause) {
		const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
		const told = inner instanceof Error ? inner.message || inner.name : String(inner);
		throw new CloseoutError("CONNECTION", `${name}: no answer (${told})`, { cause });
	}
}

/** Why a JSON answer is a refusal: a number under `field` that is not 0. */
export function refusalBy(field: string): (answer: string) => string | undefined {
	return (answer) => {
		const value = parsed(answer);
		const code =
			typeof value === "object" && value !== null ? Reflect.get(value, field) : undefined;
		return code === 0 ? undefined : answer.slice(0, ANSWER_MAX) || "no answer";
	};
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
