import type { Language } from "../report/text.ts";
import type { ServiceDesk } from "./service.ts";
import type { Source } from "./source.ts";

/** What all routes share. */
export interface ApiOptions {
	readonly source: Source;
	/** Serves technicians; left out where no host runs beside the pages. */
	readonly desk?: ServiceDesk;
	/** Asked of every request; may only be left out where the server listens on this machine alone. */
	readonly token?: string;
	/** Of paper when a request does not say. */
	readonly language?: Language;
	readonly nowS: () => number;
}
