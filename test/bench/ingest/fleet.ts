import type { Delivery } from "../../../host/store/journal.ts";
import type { Store } from "../../../host/store/store.ts";
import { BATCH_RECORDS_MAX } from "../../../protocol/limits.ts";
import { enrolInStore } from "../../_helper/enrol.ts";
import { FakeJournal } from "../../_helper/fake-terminal.ts";

export const TENANT = "bench";

/** One enrolled terminal with its journal. */
export interface Till {
	readonly journal: FakeJournal;
	readonly key: Uint8Array;
}

/** Enrols so many terminals, each with an empty journal. */
export async function enrolFleet(store: Store, count: number): Promise<readonly Till[]> {
	const tills: Till[] = [];
	for (let number = 1; number <= count; number++) {
		const terminal = `till-${String(number).padStart(4, "0")}`;
		const { epoch, key } = await enrolInStore(store, terminal, TENANT);
		tills.push({ journal: new FakeJournal(terminal, epoch), key });
	}
	return tills;
}

/** Sells as much as a full batch holds and gives the batch. */
export function nextBatch(journal: FakeJournal): Delivery & { readonly type: "batch" } {
	const from = journal.last + 1;
	while (journal.last < from + BATCH_RECORDS_MAX - 1) journal.sell();
	const { terminal, epoch } = journal;
	return { type: "batch", terminal, epoch, body: journal.batch(from) };
}

/** The same batch as a terminal sends it. */
export function sealed({ journal, key }: Till): Uint8Array {
	return journal.seal("batch", nextBatch(journal).body, key);
}
