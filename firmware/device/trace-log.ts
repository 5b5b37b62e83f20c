import type { Log } from "../core/port.ts";
import { print } from "./native.ts";

/** Lines to the debugger's console and, where there is one, to standard error. */
export const traceLog: Log = {
	write: (level, code, detail) => {
		trace(`${level} ${code} ${detail}\n`);
		print(`${level} ${code} ${detail}`);
	},
};
