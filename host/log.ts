import { pino } from "pino";

/** What the parts of the host say about their work; a structural part of pino's logger. */
export interface Log {
	debug(fields: object, message: string): void;
	info(fields: object, message: string): void;
	warn(fields: object, message: string): void;
	error(fields: object, message: string): void;
}

export type LogLevel = "silent" | "error" | "warn" | "info" | "debug";

/** Names of fields that never reach a log, at the top or one level down. */
const secrets = ["key", "code", "password", "payload", "authorization", "cookie"];

/** Writes one JSON line an entry; to standard error when no destination is given. */
export function createLog(
	level: LogLevel,
	destination: { write(line: string): void } = process.stderr,
): Log {
	return pino(
		{
			level,
			base: null,
			redact: { paths: [...secrets, ...secrets.map((name) => `*.${name}`)], censor: "[withheld]" },
			serializers: { error: pino.stdSerializers.err },
		},
		destination,
	);
}
