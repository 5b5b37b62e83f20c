import type { SettingValue } from "../../protocol/configuration.ts";
import type { Ports } from "./port.ts";
import type { Identity } from "./sync/enrolment.ts";

/** What a platform gives a terminal. */
export interface TerminalOptions {
	readonly ports: Ports;
	readonly identity: Identity;
	/** Name and version of this firmware, for records and the host. */
	readonly firmware: string;
	/** Table of `firmware/resources/gb-table.ts`: Chinese characters as printers know them. */
	readonly gbTable: Uint8Array;
	/** Size of a journal segment when the media are formatted; the journal's default when left out. */
	readonly segmentBytes?: number;
	/** What the technician sets before the first start; the journal keeps it from then on. */
	readonly initial?: InitialSetup;
}

export interface InitialSetup {
	/** PIN of the manager, who may close in spite of blockers. */
	readonly managerPin?: string;
	/** Settings of `protocol/configuration.ts` that differ from the defaults. */
	readonly settings?: readonly { readonly name: string; readonly value: SettingValue }[];
}
