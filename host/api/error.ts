import type { FastifyInstance } from "fastify";
import { CloseoutError, errorTable } from "../../protocol/error.ts";

/** What an answer of failure says. */
export interface ErrorAnswer {
	readonly code: string;
	readonly message: string;
}

/** Status and body for a failure. What broke inside is not told to the outside. */
export function errorAnswer(error: unknown): { status: number; body: ErrorAnswer } {
	if (error instanceof CloseoutError) {
		const { code, message } = error;
		return { status: errorTable[code].http, body: { code, message } };
	}
	const status = statusOf(error);
	if (status >= 400 && status < 500 && error instanceof Error) {
		return { status, body: { code: "USAGE", message: error.message } };
	}
	const message = "the host failed at this request; its log says why";
	return { status: 500, body: { code: "ASSERTION", message } };
}

function statusOf(error: unknown): number {
	if (typeof error !== "object" || error === null || !("statusCode" in error)) return 500;
	return typeof error.statusCode === "number" ? error.statusCode : 500;
}

/** Makes every failure an answer of the error table. */
export function answerErrors(server: FastifyInstance): void {
	server.setErrorHandler((error, _request, reply) => {
		const { status, body } = errorAnswer(error);
		return reply.code(status).type("application/json; charset=utf-8").send(body);
	});
	server.setNotFoundHandler((request, reply) => {
		const message = `${request.method} ${request.url}: there is nothing here; see /api/openapi.json`;
		return reply.code(404).send({ code: "NOT_FOUND", message });
	});
}
