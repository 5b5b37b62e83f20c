import type { Core } from "./core.ts";
import type { Journal } from "./journal/journal.ts";
import { outbox } from "./journal-store.ts";
import { Service, type ServiceOptions } from "./service/service.ts";
import type { Credentials } from "./sync/enrolment.ts";
import type { TerminalOptions } from "./terminal-options.ts";

export interface ServiceDeskOptions {
	readonly terminal: TerminalOptions;
	readonly credentials: Credentials;
	readonly journal: Journal;
	/** Left out in safe mode. */
	readonly core?: Core;
	readonly online: () => boolean;
	/** Left out in safe mode. */
	readonly release?: ServiceOptions["release"];
}

/** The technician's side of a terminal, over its ports and its journal. */
export function serviceDesk({
	terminal,
	credentials,
	journal,
	core,
	online,
	release,
}: ServiceDeskOptions): Service {
	const { ports, firmware } = terminal;
	const { vault, digest, entropy, clock, log, printer, serviceLink: link } = ports;
	const { acknowledge: _, ...reader } = outbox(journal);
	return new Service({
		vault,
		digest,
		entropy,
		clock,
		log,
		link,
		credentials,
		firmware,
		outbox: reader,
		...(core === undefined ? {} : { core }),
		...(release === undefined ? {} : { release }),
		figures: () => {
			const { percent, segmentsTotal, segmentsFree } = journal.usage();
			const { online: printerOnline, paper } = printer.status();
			return {
				online: online(),
				printerReady: printerOnline && paper !== "out",
				usedPercent: percent,
				segmentsUsed: segmentsTotal - segmentsFree,
				segmentsTotal,
			};
		},
	});
}
