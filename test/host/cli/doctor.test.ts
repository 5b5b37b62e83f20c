import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import test from "ava";
import { examine } from "../../../host/cli/doctor.ts";
import { openHostKey } from "../../../host/host-key.ts";
import { openStore, type StoreLocation } from "../../../host/store/store.ts";
import { storePlaces } from "../../_helper/stores.ts";
import { emptyFolder, runIn } from "./_run.ts";
import { spawnServe } from "./_serve.ts";

const nowMs = Date.UTC(2026, 10, 20);

async function levels(data: string, location: StoreLocation, more: object = {}) {
	const options = {
		data,
		location,
		brokerUrl: "mqtt://127.0.0.1:9",
		nodeVersion: "v24.1.0",
		nowMs,
	};
	const found: Record<string, string> = {};
	for await (const { name, level, next } of examine({ ...options, ...more })) {
		found[name] = level;
		if ((level === "ok") !== (next === undefined)) found[name] = `${level} without a next step`;
	}
	return found;
}

for (const place of await storePlaces()) {
	test(`${place.name}: a database that is up to date, behind, or ahead is told apart`, async (t) => {
		const folder = await emptyFolder(t);
		const location = await place.make(t);
		const store = await openStore({ location, nowS: () => nowMs / 1000 });
		await store.beginStatement({ id: "a", tenant: "shop", leg: "bank", format: "x", file: "a" });
		await store.close();
		t.like(await levels(folder, location), { database: "ok", tables: "ok", clock: "ok" });
		t.like(await levels(folder, location, { nowMs: nowMs - 3_600_000 }), { clock: "warn" });
		if (!("sqlite" in location)) return;
		const database = new DatabaseSync(location.sqlite);
		database.exec("delete from kysely_migration where name like '0008%'");
		t.like(await levels(folder, location), { database: "ok", tables: "warn" });
		database.exec("insert into kysely_migration (name, timestamp) values ('9999-later', '')");
		database.close();
		t.like(await levels(folder, location), { database: "ok", tables: "fail" });
	});
}

test("what is missing, damaged or open to others is told with its next step", async (t) => {
	const folder = await emptyFolder(t);
	const none = join(folder, "none");
	const missing = { data: "warn", database: "warn", key: "warn", broker: "fail", disk: "ok" };
	t.like(await levels(none, { sqlite: join(none, "host.db") }), missing);
	await writeFile(join(folder, "noise.db"), new Uint8Array(5_000).fill(7));
	await openHostKey(folder);
	t.like(await levels(folder, { sqlite: join(folder, "noise.db") }), {
		database: "fail",
		key: "ok",
	});
	await chmod(join(folder, "host-key.pem"), 0o644);
	t.like(await levels(folder, { sqlite: none }, { nodeVersion: "v20.9.0" }), {
		node: "fail",
		key: "warn",
	});
	await writeFile(join(folder, "host-key.pem"), "nothing");
	const postgres = "postgres://nobody@127.0.0.1:9/none";
	t.like(await levels(folder, { postgres }, { nowMs: 0 }), {
		key: "fail",
		database: "fail",
		clock: "fail",
	});
});

test("beside a running host everything is well and the status is 0", async (t) => {
	const folder = await emptyFolder(t);
	await mkdir(join(folder, "data"), { recursive: true });
	const ports = ["--port", "0", "--broker-port", "0"];
	const served = await spawnServe(t, folder, ["serve", ...ports, "--json"]);
	const good = await runIn(folder, ["doctor", "--broker", served.broker, "--json"]);
	const checks = good.out
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line));
	t.deepEqual(
		checks.filter(({ level }) => level !== "ok"),
		[],
	);
	t.is(good.code, 0);
	t.is(await served.end("SIGTERM"), 0);
	const bad = await runIn(folder, ["doctor", "--broker", served.broker, "--lang", "zh-CN"]);
	t.is(bad.code, 1);
	t.regex(bad.out, /✕ 不可用 {2}消息代理/);
});
