import type { ExecutionContext } from "ava";
import type { FastifyInstance } from "fastify";
import type { ApiOptions } from "../../../host/api/options.ts";
import { buildApi } from "../../../host/api/server.ts";
import { StoreSource } from "../../../host/api/store-source.ts";
import { terminalRows } from "../../../host/import/terminal-rows.ts";
import { type Perturbed, type PerturbOptions, perturb } from "../../../host/replay/perturb.ts";
import { writeAcquirerCsv } from "../../../host/statement/write-acquirer-csv.ts";
import type { DatedTransaction } from "../../../host/store/dated.ts";
import type { Store } from "../../../host/store/store.ts";
import { DEMO_DATE, DEMO_OPEN_S, fillDemoShop } from "../../_helper/demo-shop.ts";
import { testHostKey } from "../../_helper/head-keys.ts";
import { openTestStore, sqlitePlace } from "../../_helper/stores.ts";

/** A week after the demo day: nothing waits for its counterpart any more. */
const NOW_S = DEMO_OPEN_S + 7 * 86_400;

export interface Face {
	readonly store: Store;
	readonly source: StoreSource;
	readonly server: FastifyInstance;
	/** The body of a successful answer. */
	readonly get: (url: string) => Promise<unknown>;
}

export async function setUpFace(
	t: ExecutionContext,
	changed: Partial<ApiOptions> = {},
): Promise<Face> {
	const store = await openTestStore(t, await sqlitePlace.make(t), { nowS: NOW_S });
	await fillDemoShop(store);
	const nowS = () => NOW_S;
	const hostKey = async () => testHostKey;
	const source = new StoreSource({ store, nowS, zoneMinutes: () => 480, hostKey });
	const server = await buildApi({ source, nowS, ...changed });
	t.teardown(() => server.close());
	const get = async (url: string) => {
		const answer = await server.inject({ url, headers: { host: "localhost" } });
		t.is(answer.statusCode, 200, `${url}: ${answer.body}`);
		const body: unknown = answer.json();
		return body;
	};
	return { store, source, server, get };
}

/** What the acquirer would send of the demo day, spoilt by a seed. */
export async function clearingFile(
	store: Store,
	plant: Omit<PerturbOptions, "seed"> = { remove: 0, double: 0, change: 0 },
): Promise<Perturbed & { readonly csv: string }> {
	const transactions: DatedTransaction[] = [];
	const span = { tenant: "shop", from: DEMO_DATE, to: DEMO_DATE };
	for await (const row of store.datedTransactions(span)) transactions.push(row);
	const approved = terminalRows(transactions).filter(({ status }) => status === "approved");
	const rows = approved.map((row) => ({ ...row, leg: "acquirer" as const }));
	const spoilt = perturb(rows, { seed: 7, ...plant });
	const names = { acquirer: "UMS", merchant: "M1", currency: "CNY" };
	return { ...spoilt, csv: [...writeAcquirerCsv(spoilt.rows, names)].join("") };
}
