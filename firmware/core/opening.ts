import { configure } from "../../protocol/configuration.ts";
import { CloseoutError, type ErrorCode } from "../../protocol/error.ts";
import type { RecordBody } from "../../protocol/record.ts";
import type { Core, Entry } from "./core.ts";
import type { OpenReport } from "./journal/recovery.ts";
import type { Credentials } from "./sync/enrolment.ts";
import type { TerminalOptions } from "./terminal-options.ts";

/** What the start found, told in one group: it is all known, or the next start finds it again. */
export function recordOpening(
	core: Core,
	{ report, failed }: { readonly report: OpenReport; readonly failed: CloseoutError | undefined },
	{ firmware, initial }: TerminalOptions,
	{ tenant, terminal, epoch }: Credentials,
): void {
	const found: Entry[] = [];
	if (report.lastSequence === 0) {
		found.push(["enrolment", { tenant, terminal, epoch }]);
		const settings = initial?.settings ?? [];
		configure(core.configuration, settings);
		if (settings.length > 0)
			found.push(["configuration", { version: 1, source: "technician", settings }]);
	}
	if (!report.clean) {
		const { lastSequence, lastChain, tornBytes, repairedRecords, staleRecords } = report;
		found.push(["recovery", { lastSequence, lastChain, tornBytes, repairedRecords, staleRecords }]);
	}
	const fault = failed && storageFaults[failed.code];
	if (fault !== undefined) found.push(["storageFault", { fault, last: report.lastSequence }]);
	for (const { from, to, hash, recorded } of report.gaps) {
		if (!recorded) found.push(["gap", { from, to, damageHash: hash }]);
	}
	core.recordStart({ firmware, clean: report.clean, profile: "generic" }, found);
}

const storageFaults: Partial<Record<ErrorCode, RecordBody<"storageFault">["fault"]>> = {
	STORAGE_READ: "read",
	STORAGE_WRITE: "write",
	STORAGE_ERASE: "erase",
	STORAGE_SYNC: "sync",
};

/** Why media could not be opened, for errors that another start would meet again. */
export function unopened(error: unknown): "media" | "storage" | undefined {
	if (!(error instanceof CloseoutError)) return undefined;
	if (error.code in storageFaults) return "storage";
	return error.code === "MEDIA_FORMAT" || error.code === "REFUSED" ? "media" : undefined;
}
