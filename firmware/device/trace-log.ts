import type { Log } from "../core/port.ts";

/** Lines to the debugger's console and to standard output, as far as the platform has one. */
export const traceLog: Log = {
	write: (level, code, detail) => trace(`${level} ${code} ${detail}\n`),
};
