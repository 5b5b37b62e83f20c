import type { RecordStore } from "./core.ts";
import type { Journal } from "./journal/journal.ts";
import type { Outbox } from "./sync/outbox.ts";

/** The journal as the rules see it: a list of records. */
export function recordStore(journal: Journal): RecordStore {
	return {
		append: (records) => journal.append(records),
		read: (sequence) => journal.read(sequence),
		scan: (from, to, visit) => journal.scan(from, to, visit),
		skim: (from, to, range) => journal.skim(from, to, range),
	};
}

/** The journal as the host's copy sees it: records with their place in the chain. */
export function outbox(journal: Journal): Outbox {
	return {
		head: () => journal.head,
		first: () => journal.firstSequence,
		watermark: () => journal.watermark,
		chainAt: (sequence) => journal.chainAt(sequence),
		scanChained: (from, to, visit) => journal.scan(from, to, (_, record) => visit(record)),
		acknowledge: (sequence, chain) => journal.acknowledge(sequence, chain),
	};
}
