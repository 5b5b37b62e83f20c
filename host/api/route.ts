import type { IncomingMessage, ServerResponse } from "node:http";
import type {
	FastifyBaseLogger,
	FastifyInstance,
	FastifyTypeProvider,
	RawServerDefault,
} from "fastify";
import { Type } from "typebox";
import { CloseoutError } from "../../protocol/error.ts";
import { isDate } from "../../protocol/time.ts";
import type { Language } from "../report/text.ts";

/** Gives handlers the types of their schemas. */
export interface TypeBoxProvider extends FastifyTypeProvider {
	readonly validator: this["schema"] extends Type.TSchema ? Type.Static<this["schema"]> : unknown;
	readonly serializer: this["schema"] extends Type.TSchema ? Type.Static<this["schema"]> : unknown;
}

export type TypedServer = FastifyInstance<
	RawServerDefault,
	IncomingMessage,
	ServerResponse,
	FastifyBaseLogger,
	TypeBoxProvider
>;

/** Routes with typed schemas on a server. */
export function typed(server: FastifyInstance): TypedServer {
	return server.withTypeProvider<TypeBoxProvider>();
}

export const terminalParams = Type.Object({ terminal: Type.String({ maxLength: 32 }) });

export const paperQuery = Type.Object({
	language: Type.Optional(Type.Union([Type.Literal("zh-CN"), Type.Literal("en")])),
	columns: Type.Optional(Type.Union([Type.Literal(32), Type.Literal(48)])),
});

/** Language of paper: what the request says, else what the host is set to. */
export function languageOf(asked: Language | undefined, set: Language | undefined): Language {
	return asked ?? set ?? "zh-CN";
}

/** `yyyymmdd` of `2026-11-20` or `20261120`. Throws `USAGE`. */
export function dateOf(text: string): number {
	const value = /^\d{4}-?\d{2}-?\d{2}$/.test(text) ? Number(text.replaceAll("-", "")) : Number.NaN;
	if (isDate(value)) return value;
	throw new CloseoutError("USAGE", `"${text}" is not a date such as 2026-11-20`);
}

export const csvType = "text/csv; charset=utf-8; header=present";
export const svgType = "image/svg+xml; charset=utf-8";
