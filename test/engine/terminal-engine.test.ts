import { createHash, createHmac } from "node:crypto";
import type { ExecutionContext } from "ava";
import type { CloseoutError } from "../../protocol/error.ts";
import { PowerLost } from "../emulator/engine/power-lost.ts";
import {
	createEngine,
	type Engine,
	type EngineOptions,
} from "../emulator/engine/terminal-engine.ts";
import { type FakePorts, makeFakePorts } from "./fake-ports.ts";
import { testOnBoth, xsTest } from "./xs-test.ts";

type Kind = EngineOptions["kind"];

const core = new URL("./fake-core.ts", import.meta.url);

async function setUp(
	t: ExecutionContext,
	kind: Kind,
): Promise<{ engine: Engine; fake: FakePorts }> {
	const fake = makeFakePorts();
	const engine = createEngine({ kind, core, ports: fake.ports });
	t.teardown(async () => {
		engine.kill();
		await engine.close();
	});
	await engine.start({ shop: "门店 😀" });
	return { engine, fake };
}

const bytes = (...values: number[]) => ({ bytes: values });

testOnBoth("a core starts with its options, steps and closes", async (t, kind) => {
	const { engine, fake } = await setUp(t, kind);
	t.deepEqual(
		[await engine.step(), await engine.step(), await engine.step()],
		[100, 200, Number.POSITIVE_INFINITY],
	);
	await engine.close();
	await engine.close();
	t.deepEqual(fake.calls, [
		["log", "info", "STARTED", '{"shop":"门店 😀"}'],
		...[1, 2, 3].flatMap((step) => [["write", step, [step]], ["sync"]]),
		["log", "info", "CLOSED", ""],
	]);
	await t.throwsAsync(engine.step(), { code: "CLOSED" });
});

testOnBoth("storage, vault, clock and entropy come through", async (t, kind) => {
	const { engine, fake } = await setUp(t, kind);
	const ask = (...request: unknown[]) => engine.query(request);
	t.is(await ask("storage", "write", 4, bytes(1, 0, 255)), null);
	t.deepEqual(await ask("storage", "read", 3, 5), bytes(255, 1, 0, 255, 255));
	t.deepEqual(await ask("storage", "read", 0, 0), bytes());
	await ask("storage", "erase", 0);
	await ask("storage", "sync");
	t.deepEqual([...fake.media.subarray(3, 8)], [255, 255, 255, 255, 255]);
	t.deepEqual(await ask("storage", "geometry"), {
		sizeBytes: 64,
		sectorBytes: 16,
		writeAlign: 4,
		eraseValue: 255,
	});
	t.is(await ask("vault", "read", "钥匙"), null);
	await ask("vault", "write", "钥匙", bytes(0, 7));
	t.deepEqual(await ask("vault", "read", "钥匙"), bytes(0, 7));
	await ask("vault", "write", "钥匙", null);
	t.is(await ask("vault", "read", "钥匙"), null);
	t.deepEqual(await ask("clock", "now"), { wallMs: 1_767_225_600_123, zoneMinutes: 480 });
	t.is(await ask("clock", "monotonicMs"), 5_000_000_000.5);
	await ask("clock", "set", 1_767_225_600_124);
	t.deepEqual(fake.calls.at(-1), ["clock", 1_767_225_600_124]);
	t.deepEqual(await ask("entropy", "read", 3), bytes(9, 9, 9));
});

testOnBoth("digest, printer, keypad and payment app come through", async (t, kind) => {
	const { engine, fake } = await setUp(t, kind);
	const ask = (...request: unknown[]) => engine.query(request);
	const data = Uint8Array.of(1, 2, 3);
	const key = Uint8Array.of(4, 5);
	t.deepEqual(
		await ask("digest", "sha256", bytes(...data)),
		bytes(...createHash("sha256").update(data).digest()),
	);
	t.deepEqual(
		await ask("digest", "hmacSha256", bytes(...key), bytes(...data)),
		bytes(...createHmac("sha256", key).update(data).digest()),
	);
	t.is(await ask("printer", "write", bytes(1, 2, 3, 4)), 3);
	t.deepEqual(await ask("printer", "status"), { online: true, paper: "low", drained: "unknown" });
	await ask("printer", "reset");
	t.deepEqual(fake.calls.at(-1), ["reset"]);
	t.deepEqual(
		[await ask("keypad", "read"), await ask("keypad", "read"), await ask("keypad", "read")],
		["00", "language", null],
	);
	t.deepEqual(await ask("paymentApp", "read"), bytes());
	t.deepEqual(await ask("paymentApp", "read"), bytes(1, 0, 2));
	t.is(await ask("paymentApp", "read"), null);
	await ask("paymentApp", "write", bytes(5));
	t.deepEqual(fake.calls.at(-1), ["app", [5]]);
});

testOnBoth("the service cable comes through", async (t, kind) => {
	const { engine, fake } = await setUp(t, kind);
	const ask = (...request: unknown[]) => engine.query(request);
	await ask("serviceLink", "open");
	t.deepEqual(fake.calls.at(-1), ["cable open"]);
	t.deepEqual(await ask("serviceLink", "read"), bytes(0, 197));
	t.deepEqual(await ask("serviceLink", "read"), bytes());
	t.is(await ask("serviceLink", "read"), null);
	t.is(await ask("serviceLink", "write", bytes(1, 2, 3)), 2);
	t.is(await ask("serviceLink", "status"), "waiting");
	await ask("serviceLink", "close");
	t.deepEqual(fake.calls.at(-1), ["cable close"]);
});

testOnBoth("link, display and log come through", async (t, kind) => {
	const { engine, fake } = await setUp(t, kind);
	const ask = (...request: unknown[]) => engine.query(request);
	const will = { topic: "t/will", payload: bytes(), retain: true };
	await ask("link", "open", { clientId: "shop-1", subscribe: ["t/down", "终端"], will });
	t.deepEqual(fake.calls.at(-1), [
		"open",
		{
			clientId: "shop-1",
			subscribe: ["t/down", "终端"],
			will: { topic: "t/will", payload: new Uint8Array(), retain: true },
		},
	]);
	t.true(await ask("link", "write", { topic: "a", payload: bytes(0, 1), retain: true }));
	t.false(await ask("link", "write", { topic: "a", payload: bytes(0, 1), retain: false }));
	t.deepEqual(await ask("link", "read"), { topic: "终端/1", payload: bytes(0, 255), retain: true });
	t.deepEqual(await ask("link", "read"), { topic: "", payload: bytes(), retain: false });
	t.is(await ask("link", "read"), null);
	t.is(await ask("link", "status"), "connecting");
	await ask("link", "close");
	t.deepEqual(fake.calls.at(-1), ["close"]);
	const screen = {
		name: "idle",
		title: "日结",
		lines: [{ text: "! 纸尽", style: "alert" }],
		softKeys: [{ key: "ok", label: "确认" }],
		language: "zh-CN",
	};
	await ask("display", "write", screen);
	t.deepEqual(fake.calls.at(-1), ["display", screen]);
	await ask("log", "write", "error", "LIMIT", "détail 细节");
	t.deepEqual(fake.calls.at(-1), ["log", "error", "LIMIT", "détail 细节"]);
});

testOnBoth("an error of a port reaches the core with its code", async (t, kind) => {
	const { engine } = await setUp(t, kind);
	t.deepEqual(await engine.query(["storage", "read", 60, 5]), {
		code: "STORAGE_READ",
		message: "no byte 65 on this media",
	});
	t.is(await engine.step(), 100);
});

testOnBoth("an error of the core rejects the step and leaves the engine alive", async (t, kind) => {
	const { engine } = await setUp(t, kind);
	const error = await t.throwsAsync<CloseoutError>(engine.query("no list"), { code: "ASSERTION" });
	t.regex(error?.message ?? "", /TypeError: a query is a list/);
	t.is(await engine.step(), 100);
});

testOnBoth("a cut of power in a write stops the core dead", async (t, kind) => {
	const { engine, fake } = await setUp(t, kind);
	await engine.step();
	fake.beforeWrite = () => {
		throw new PowerLost();
	};
	await t.throwsAsync(engine.step(), { instanceOf: PowerLost });
	t.is(fake.media[2], 0xff);
	await t.throwsAsync(engine.step(), { instanceOf: PowerLost });
	await t.throwsAsync(engine.query(["clock", "now"]), { instanceOf: PowerLost });
	await engine.close();
	t.is(fake.calls.at(-1)?.[0], "sync");
});

testOnBoth("a core that catches everything is dead after a cut of power", async (t, kind) => {
	const { engine, fake } = await setUp(t, kind);
	const erased: number[] = [];
	fake.beforeErase = (sector) => {
		erased.push(sector);
		if (sector === 1) throw new PowerLost();
	};
	await t.throwsAsync(engine.query(["swallow"]), { instanceOf: PowerLost });
	t.deepEqual(erased, [0, 1]);
});

testOnBoth("a broken port of the parent is not hidden from the test", async (t, kind) => {
	const { engine, fake } = await setUp(t, kind);
	fake.beforeErase = () => {
		throw new RangeError("the emulator is broken");
	};
	await t.throwsAsync(engine.query(["swallow"]), { message: "the emulator is broken" });
});

testOnBoth("nothing runs before start and after kill", async (t, kind) => {
	const engine = createEngine({ kind, core, ports: makeFakePorts().ports });
	await t.throwsAsync(engine.step(), { code: "USAGE" });
	await engine.start(null);
	engine.kill();
	await t.throwsAsync(engine.step(), { code: "CLOSED" });
	await engine.close();
});

xsTest("the same input costs the same in another engine", async (t) => {
	const cost = async () => {
		const { engine } = await setUp(t, "xs");
		await engine.step();
		await engine.query(["compute", 1000]);
		const { computrons = 0, computronsTotal = 0 } = engine.meters() ?? {};
		const { slots = 0, chunkBytes = 0 } = (await engine.measureHeap()) ?? {};
		return { computrons, computronsTotal, slots, chunkBytes };
	};
	const first = await cost();
	t.deepEqual(await cost(), first);
	t.true(first.computrons > 1000 && first.computronsTotal > first.computrons);
	t.log(first);
});

xsTest("two engines run side by side and do not see each other", async (t) => {
	const [one, two] = await Promise.all([setUp(t, "xs"), setUp(t, "xs")]);
	await Promise.all([one.engine.step(), two.engine.step(), one.engine.query(["compute", 100_000])]);
	one.engine.kill();
	t.is(await two.engine.step(), 200);
	t.is(one.fake.media[2], 0xff);
	t.is(two.fake.media[2], 2);
});

xsTest("the core finds nothing in XS that a terminal does not have", async (t) => {
	const { engine } = await setUp(t, "xs");
	const globals = await engine.query(["globals"]);
	t.true(Array.isArray(globals) && globals.includes("Uint8Array"));
	for (const name of ["issueCommand", "print", "gc", "TextEncoder", "console", "performance"]) {
		t.false(Array.isArray(globals) && globals.includes(name), name);
	}
});
