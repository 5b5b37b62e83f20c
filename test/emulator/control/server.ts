import { fastifySSE } from "@fastify/sse";
import fastify, { type FastifyInstance } from "fastify";
import { CloseoutError, errorTable } from "../../../protocol/error.ts";
import type { World } from "../world.ts";
import { deviceRoutes } from "./device-routes.ts";
import { eventRoutes } from "./event-routes.ts";
import { lookRoutes } from "./look-routes.ts";
import { moneyRoutes } from "./money-routes.ts";
import { pageRoutes } from "./page-routes.ts";
import { paperRoutes } from "./paper-routes.ts";
import { paymentRoutes } from "./payment-routes.ts";
import { terminalRoutes } from "./terminal-routes.ts";
import { timeRoutes } from "./time-routes.ts";

export interface ControlOptions {
	readonly world: World;
	readonly engine: "xs" | "node";
	readonly firmware: string;
	/** Tenant of terminals for which none is given. */
	readonly tenant: string;
	/** Where the host's own pages are, for the link on the page; null when there are none. */
	readonly dashboardUrl: string | null;
	/** Registers a terminal with the host that runs beside the emulator and gives a one-time code. */
	readonly makeCode?: (terminal: string, tenant: string) => Promise<string>;
}

export type Routes = (app: FastifyInstance, options: ControlOptions) => void;

const BODY_BYTES_MAX = 65_536;
const loopbackHosts = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/**
 * The control interface of a world and the page that uses it. It has no password: listen on loopback only.
 * A browser that was led here under another name is turned away, so that no foreign page can reach it.
 */
export async function buildControl(options: ControlOptions): Promise<FastifyInstance> {
	const app = fastify({
		bodyLimit: BODY_BYTES_MAX,
		forceCloseConnections: true,
		ajv: { customOptions: { removeAdditional: false } },
	});
	app.addContentTypeParser(
		"application/octet-stream",
		{ parseAs: "buffer" },
		async (_request: unknown, body: Buffer) => body,
	);
	app.addHook("onRequest", async ({ headers }) => {
		if (loopbackHosts.test(headers.host ?? "")) return;
		throw new CloseoutError("REFUSED", "the emulator answers on localhost only");
	});
	app.setErrorHandler((error, _request, reply) => {
		const { code, message, status } = failureOf(error);
		return reply.status(status).send({ code, message });
	});
	app.setNotFoundHandler(({ method, url }) => {
		throw new CloseoutError(
			"NOT_FOUND",
			`${method} ${url} is no route; see test/emulator/README.md`,
		);
	});
	await app.register(fastifySSE);
	const all: readonly Routes[] = [
		terminalRoutes,
		paymentRoutes,
		deviceRoutes,
		lookRoutes,
		paperRoutes,
		timeRoutes,
		moneyRoutes,
		eventRoutes,
		pageRoutes,
	];
	for (const routes of all) routes(app, options);
	await app.ready();
	return app;
}

function failureOf(error: unknown): { code: string; message: string; status: number } {
	if (error instanceof CloseoutError) {
		return { code: error.code, message: error.message, status: errorTable[error.code].http };
	}
	const message = error instanceof Error ? error.message : String(error);
	const given = typeof error === "object" && error !== null && "statusCode" in error;
	const status = given && typeof error.statusCode === "number" ? error.statusCode : 500;
	return { code: status < 500 ? "USAGE" : "ASSERTION", message, status };
}
