import type { ExecutionContext } from "ava";
import { StoreSource } from "../../../host/api/store-source.ts";
import { exportEvidence } from "../../../host/evidence/export.ts";
import { readZip } from "../../../host/statement/zip.ts";
import type { Store } from "../../../host/store/store.ts";
import { DEMO_DATE, DEMO_OPEN_S, deliverJournal, trade } from "../../_helper/demo-shop.ts";
import { enrolInStore } from "../../_helper/enrol.ts";
import { debits, FakeJournal } from "../../_helper/fake-terminal.ts";
import { testHostKey } from "../../_helper/head-keys.ts";
import { appendHead, appendKey } from "../../_helper/signed-journal.ts";
import { openTestStore, type Place, sqlitePlace } from "../../_helper/stores.ts";
import { zip } from "../../_helper/zip.ts";
import { clearingFile } from "../api/_setup.ts";

export const EVIDENCE_NOW_S = DEMO_OPEN_S + 30 * 86_400;

export interface Evidence {
	readonly store: Store;
	readonly source: StoreSource;
	readonly id: string;
	readonly bytes: Uint8Array;
}

/** A signed journal of one day whose acquirer forgot one sale, and the evidence of that. */
export async function evidenceOfForgotten(
	t: ExecutionContext,
	place: Place = sqlitePlace,
): Promise<Evidence> {
	const store = await openTestStore(t, await place.make(t), { nowS: EVIDENCE_NOW_S });
	const { epoch } = await enrolInStore(store, "till-0001");
	const journal = new FakeJournal("till-0001", epoch);
	journal.wallS = DEMO_OPEN_S;
	appendKey(journal);
	const opened = journal.openDay(DEMO_DATE);
	for (let sale = 0; sale < 5; sale++) trade(journal, { amountMinor: 1_280 + sale * 7_919 });
	const settlement = journal.beginSettlement(7, opened, [debits(5, 85_590)]);
	journal.endSettlement(settlement);
	appendHead(journal);
	journal.closeDay(opened, DEMO_DATE);
	await deliverJournal(store, journal);
	const stream = { terminal: "till-0001", epoch };
	while (!(await store.advanceHeads(stream, testHostKey)).isDone);
	const nowS = () => EVIDENCE_NOW_S;
	const source = new StoreSource({ store, nowS, zoneMinutes: () => 480 });
	const { csv } = await clearingFile(store, { remove: 1, double: 0, change: 0 });
	const bytes = (async function* () {
		yield new TextEncoder().encode(csv);
	})();
	await source.importStatement({ name: "clearing.csv", bytes, dryRun: false });
	await source.reconcile({});
	const [one] = await source.cases.list({ reason: "missing-at-acquirer" });
	const id = one?.id ?? "";
	const made = await exportEvidence({ store, source, id, hostKey: testHostKey, nowS });
	return { store, source, id, bytes: made };
}

export function partsOf(bytes: Uint8Array): Record<string, Uint8Array> {
	return Object.fromEntries(readZip("evidence", bytes).map(({ name, read }) => [name, read()]));
}

/** The bundle with some parts changed; undefined takes one out. */
export function repacked(
	bytes: Uint8Array,
	changed: Readonly<Record<string, Uint8Array | string | undefined>>,
): Uint8Array {
	const all: Record<string, Uint8Array | string> = partsOf(bytes);
	for (const [name, part] of Object.entries(changed)) {
		if (part === undefined) delete all[name];
		else all[name] = part;
	}
	return zip(all);
}
