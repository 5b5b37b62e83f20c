import fastify, { type FastifyInstance } from "fastify";
import { CloseoutError } from "../../protocol/error.ts";
import { guardAccess } from "./access.ts";
import { caseRoutes } from "./case.ts";
import { dayRoutes } from "./day.ts";
import { differenceRoutes } from "./difference.ts";
import { answerErrors } from "./error.ts";
import { eventRoutes } from "./event.ts";
import { listCheckRoutes } from "./list-check.ts";
import { matchRoutes } from "./match.ts";
import { describeRoutes } from "./openapi.ts";
import type { ApiOptions } from "./options.ts";
import { pageRoutes } from "./page.ts";
import { reprintRoutes } from "./reprint.ts";
import { serviceRoutes } from "./service.ts";
import { statementRoutes } from "./statement.ts";
import { terminalRoutes } from "./terminal.ts";

/** Largest statement taken over the network. */
export const UPLOAD_BYTES_MAX = 256 * 1024 * 1024;

/** The routes without a port, so that tests can ask them directly. */
export async function buildApi(options: ApiOptions): Promise<FastifyInstance> {
	const server = fastify({
		bodyLimit: UPLOAD_BYTES_MAX,
		logger: false,
		routerOptions: { maxParamLength: 400 },
		ajv: { customOptions: { coerceTypes: true, removeAdditional: false } },
	});
	answerErrors(server);
	guardAccess(server, options.token);
	const describe = describeRoutes(server);
	await server.register(terminalRoutes, { prefix: "/api", ...options });
	await server.register(dayRoutes, { prefix: "/api", ...options });
	await server.register(listCheckRoutes, { prefix: "/api", ...options });
	await server.register(differenceRoutes, { prefix: "/api", ...options });
	await server.register(caseRoutes, { prefix: "/api", ...options });
	await server.register(matchRoutes, { prefix: "/api", ...options });
	await server.register(statementRoutes, { prefix: "/api", ...options });
	await server.register(eventRoutes, { prefix: "/api", ...options });
	const { desk } = options;
	if (desk !== undefined) {
		await server.register(serviceRoutes, { prefix: "/api", desk });
		await server.register(reprintRoutes, { prefix: "/api", desk });
	}
	await server.register(pageRoutes);
	describe();
	return server;
}

export interface ListenOptions extends ApiOptions {
	/** 0 takes any free port. */
	readonly port: number;
	/** This machine only when left out. */
	readonly address?: string;
}

export interface Api {
	/** Where a browser finds the pages. */
	readonly url: string;
	close(): Promise<void>;
}

const loopback: readonly string[] = ["127.0.0.1", "::1", "localhost"];

/** Listens. Throws `USAGE` when other machines could ask without a token, `STORE` when the port is taken. */
export async function startApi(options: ListenOptions): Promise<Api> {
	const { port, address = "127.0.0.1", token } = options;
	if (token === undefined && !loopback.includes(address)) {
		const message = `${address}: other machines can reach this address; give a token as well`;
		throw new CloseoutError("USAGE", message);
	}
	const server = await buildApi(options);
	try {
		const url = await server.listen({ port, host: address });
		return { url, close: () => server.close() };
	} catch (cause) {
		await server.close();
		const message = `the pages cannot listen on ${address}:${port}; stop what does or choose another port`;
		throw new CloseoutError("USAGE", message, { cause });
	}
}
