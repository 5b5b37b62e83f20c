import type { ExecutionContext } from "ava";
import { XsWorker, type XsWorkerOptions } from "../emulator/engine/worker.ts";
import { xsTest } from "./xs-test.ts";

const echo = (request: Uint8Array): Uint8Array => request;

async function setUp(
	t: ExecutionContext,
	options: XsWorkerOptions = { onCall: echo },
): Promise<XsWorker> {
	const worker = new XsWorker(options);
	t.teardown(async () => {
		worker.kill();
		await worker.close();
	});
	await worker.start();
	return worker;
}

xsTest("a worker evaluates, takes commands and ends", async (t) => {
	const worker = await setUp(t);
	await worker.evaluate("globalThis.handleCommand = (request) => request.slice(1);");
	const { reply, meters } = await worker.command(Uint8Array.of(1, 0, 58, 44));
	t.deepEqual([...reply], [0, 58, 44]);
	t.true(meters.computrons > 0 && meters.heapSlots > 1000);
	await worker.close();
	await worker.close();
	await t.throwsAsync(worker.evaluate("0"), { code: "CLOSED" });
});

xsTest("an error in the program rejects and leaves the worker alive", async (t) => {
	const worker = await setUp(t);
	await t.throwsAsync(worker.evaluate("throw new RangeError('门 too narrow')"), {
		code: "ENGINE",
		message: /RangeError: 门 too narrow/,
	});
	await t.throwsAsync(worker.evaluate("let a b;"), { code: "ENGINE", message: /SyntaxError/ });
	const { reply } = await worker.evaluate("new ArrayBuffer(2)");
	t.is(reply.length, 2);
});

xsTest("a megabyte goes both ways, in commands and in calls", async (t) => {
	const seen: number[] = [];
	const worker = await setUp(t, {
		onCall(request) {
			seen.push(request.length);
			return request;
		},
	});
	await worker.evaluate("globalThis.handleCommand = (request) => issueCommand(request);");
	const payload = new Uint8Array(1_000_000).map((_, index) => index % 251);
	const { reply } = await worker.command(payload);
	t.deepEqual(seen, [1_000_000]);
	t.is(Buffer.compare(reply, payload), 0);
});

xsTest("commands given together run in their order", async (t) => {
	const worker = await setUp(t);
	await worker.evaluate(
		"let count = 0; globalThis.handleCommand = () => new Uint8Array([++count]).buffer;",
	);
	const replies = await Promise.all(
		Array.from({ length: 20 }, () => worker.command(new Uint8Array())),
	);
	t.deepEqual(
		replies.map(({ reply }) => reply[0]),
		Array.from({ length: 20 }, (_, index) => index + 1),
	);
});

xsTest("closing lets the commands in progress finish", async (t) => {
	const worker = await setUp(t);
	await worker.evaluate("globalThis.handleCommand = (request) => request;");
	const command = worker.command(Uint8Array.of(4));
	await worker.close();
	t.deepEqual([...(await command).reply], [4]);
});

xsTest("a kill ends an endless loop at once", async (t) => {
	const worker = await setUp(t);
	const endless = worker.evaluate("for (;;);");
	const waiting = worker.evaluate("0");
	worker.kill();
	await t.throwsAsync(endless, { code: "CLOSED" });
	await t.throwsAsync(waiting, { code: "CLOSED" });
	await worker.close();
});

xsTest("what a call throws ends the worker and is told", async (t) => {
	const worker = await setUp(t, {
		onCall() {
			throw new RangeError("no answer");
		},
	});
	const program = "try { issueCommand(new ArrayBuffer(1)); } catch {}";
	await t.throwsAsync(worker.evaluate(program), { instanceOf: RangeError });
	await t.throwsAsync(worker.evaluate("0"), { instanceOf: RangeError });
});

xsTest("more computation than allowed ends the worker with a clear error", async (t) => {
	const worker = await setUp(t, { onCall: echo, computronsMax: 100_000 });
	await t.throwsAsync(worker.evaluate("for (;;);"), {
		code: "ENGINE",
		message: /more computation than the limit allows/,
	});
});

xsTest("a worker that dies by itself says how", async (t) => {
	const worker = await setUp(t);
	await t.throwsAsync(worker.evaluate("const deep = () => deep() + 1; deep();"), {
		code: "ENGINE",
		message: /stack overflow/,
	});
	await t.throwsAsync(worker.evaluate("0"), { code: "ENGINE" });
});

xsTest("two workers do not share anything", async (t) => {
	const [one, two] = await Promise.all([setUp(t), setUp(t)]);
	await one.evaluate("globalThis.mine = 1;");
	await t.throwsAsync(two.evaluate("mine"), { message: /undefined variable/ });
	t.is((await one.evaluate("mine")).reply.length, 0);
});

xsTest("computrons repeat exactly and grow with the work", async (t) => {
	const cost = async (rounds: number) => {
		const worker = await setUp(t);
		const { meters } = await worker.evaluate(`for (let i = 0; i < ${rounds}; i += 1) ({ i });`);
		return meters.computrons;
	};
	const thousand = await cost(1_000);
	t.is(await cost(1_000), thousand);
	t.true((await cost(2_000)) > 1.9 * thousand);
});

xsTest("the heap measure sees what is kept and not what is garbage", async (t) => {
	const worker = await setUp(t);
	const before = await worker.measureHeap();
	await worker.evaluate("for (let i = 0; i < 1000; i += 1) new Uint8Array(1000);");
	const garbage = await worker.measureHeap();
	await worker.evaluate("globalThis.kept = new Uint8Array(100_000); undefined;");
	const kept = await worker.measureHeap();
	t.log(before);
	t.true(garbage.chunkBytes - before.chunkBytes < 1_000);
	t.true(kept.chunkBytes - garbage.chunkBytes >= 100_000);
	t.true(kept.chunkBytes - garbage.chunkBytes < 101_000);
});

xsTest("a worker that was not started says so", async (t) => {
	const worker = new XsWorker({ onCall: echo });
	await t.throwsAsync(worker.command(new Uint8Array()), { code: "USAGE" });
	await worker.close();
	await t.throwsAsync(worker.start(), { code: "CLOSED" });
});
