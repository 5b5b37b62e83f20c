import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import { createLog } from "../../host/log.ts";
import { type Host, type HostOptions, startHost } from "../../host/start.ts";
import { FakeTerminal } from "./fake-link.ts";

export interface TestHost {
	readonly host: Host;
	readonly url: string;
	readonly dataDir: string;
	/** A terminal that is known to the host and connected, not yet enrolled. */
	connect(terminal: string): Promise<FakeTerminal>;
	/** The same, enrolled, with an empty journal of epoch 1. */
	enrolled(terminal: string): Promise<FakeTerminal>;
}

/** A whole host with its own folder and an embedded broker on a free port. */
export async function startTestHost(
	t: ExecutionContext,
	changed: Partial<HostOptions> = {},
): Promise<TestHost> {
	const dataDir = changed.dataDir ?? (await makeFolder(t));
	const host = await startHost({
		dataDir,
		broker: { embedded: 0 },
		log: createLog("silent"),
		...changed,
	});
	t.teardown(() => host.close());
	const url =
		changed.broker !== undefined && "url" in changed.broker
			? changed.broker.url
			: `mqtt://127.0.0.1:${host.brokerPort}`;
	async function connect(terminal: string): Promise<FakeTerminal> {
		await host.store.addTerminal({ tenant: "shop", terminal });
		const fake = await FakeTerminal.connect({ url, tenant: "shop", terminal });
		t.teardown(() => fake.close());
		return fake;
	}
	async function enrolled(terminal: string): Promise<FakeTerminal> {
		const fake = await connect(terminal);
		const { code } = await host.createEnrolment(terminal);
		await fake.enrol(code);
		return fake;
	}
	return { host, url, dataDir, connect, enrolled };
}

export async function makeFolder(t: ExecutionContext): Promise<string> {
	const folder = await mkdtemp(join(tmpdir(), "closeout-host-"));
	t.teardown(() => rm(folder, { recursive: true, force: true }));
	return folder;
}
