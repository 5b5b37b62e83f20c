import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyRequest } from "fastify";

const COOKIE = "closeout";

/**
 * Lets only those in who may. With a token: a program sends it as a bearer, a browser opens `/?token=…` once and
 * keeps a cookie that holds no token. Without one the server is for this machine alone, and requests that a
 * foreign page makes in the browser of this machine are turned away by their Host and Origin.
 */
export function guardAccess(server: FastifyInstance, token: string | undefined): void {
	const key = randomBytes(32);
	const session = digest(key, "session").toString("base64url");
	server.addHook("onRequest", async (request, reply) => {
		reply.header("x-content-type-options", "nosniff");
		reply.header("referrer-policy", "no-referrer");
		if (!isOwnOrigin(request)) return reply.code(403).send(refusal("from another site"));
		if (token === undefined) {
			if (!isLoopbackHost(request.headers.host)) {
				return reply.code(403).send(refusal("under a name that is not this machine's"));
			}
			return;
		}
		const given = queryToken(request.url);
		if (given !== undefined && same(key, given, token)) {
			reply.header("set-cookie", `${COOKIE}=${session}; HttpOnly; SameSite=Strict; Path=/`);
			return reply.redirect("/");
		}
		const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
		const cookie = cookieOf(request.headers.cookie);
		const isKnown =
			(bearer !== undefined && same(key, bearer, token)) ||
			(cookie !== undefined && same(key, cookie, session));
		if (isKnown) return;
		reply.header("www-authenticate", "Bearer");
		const message = "this host asks for a token; open /?token=… or send it as a bearer";
		return reply.code(401).send({ code: "REFUSED", message });
	});
}

function refusal(how: string): { readonly code: string; readonly message: string } {
	return { code: "REFUSED", message: `the request came ${how}; open the pages directly` };
}

/** A browser names the page that makes a request; other programs do not. */
function isOwnOrigin({ headers }: FastifyRequest): boolean {
	const { origin, host } = headers;
	if (origin === undefined) return true;
	return URL.canParse(origin) && new URL(origin).host === host;
}

function isLoopbackHost(host: string | undefined): boolean {
	if (host === undefined || !URL.canParse(`http://${host}`)) return false;
	const { hostname } = new URL(`http://${host}`);
	return hostname === "localhost" || hostname === "[::1]" || /^127(?:\.\d+){3}$/.test(hostname);
}

function queryToken(url: string): string | undefined {
	const [path, query] = url.split("?", 2);
	if (path !== "/" || query === undefined) return undefined;
	return new URLSearchParams(query).get("token") ?? undefined;
}

function cookieOf(header: string | undefined): string | undefined {
	for (const part of (header ?? "").split(";")) {
		const [name, value] = part.trim().split("=", 2);
		if (name === COOKIE) return value;
	}
	return undefined;
}

function digest(key: Uint8Array, text: string): Buffer {
	return createHmac("sha256", key).update(text).digest();
}

/** Compares digests, so that time tells neither length nor content. */
function same(key: Uint8Array, left: string, right: string): boolean {
	return timingSafeEqual(digest(key, left), digest(key, right));
}
