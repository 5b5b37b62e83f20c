import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { testOnBoth } from "../engine/xs-test.ts";
import { makeWorld, settings } from "./_setup.ts";
import type { MachineEvent } from "./event.ts";
import type { Machine } from "./machine.ts";
import { instrumentOf } from "./payment/sale.ts";
import type { World } from "./world.ts";

const sale = {
	type: "sale",
	method: "card",
	amountMinor: 12_345,
	currency: "CNY",
	instrument: instrumentOf("UNIONPAY", "1234"),
	originalTrace: null,
	order: null,
} as const;

const isDone = (status: { state: string; recorded: boolean }) => () =>
	status.state === "approved" && status.recorded;

testOnBoth("keys reach the core and its screen comes back", async (t, engine) => {
	const world = makeWorld(t, { engine });
	const machine = await world.add(settings());
	await world.act(() => machine.press(["1", "ok"]));
	t.is(machine.screen?.lines[0]?.text, "2 records");
	t.deepEqual(await machine.query({}), { records: 2, torn: 0, acknowledged: 0 });
});

testOnBoth("a sale runs to its end in virtual time and comes out on paper", async (t, engine) => {
	const world = makeWorld(t, { engine });
	const machine = await world.add(settings());
	const status = machine.pay(sale, "01");
	t.true(await world.until(isDone(status)));
	t.is(world.timeline.nowMs, 800);
	t.is(Buffer.from(machine.parts.printer.roll).toString(), "approved 1\n");
	t.is(world.acquirer.books.bookings.length, 1);
});

testOnBoth("a power cut in the middle of a write tears it", async (t, engine) => {
	const world = makeWorld(t, { engine });
	const machine = await world.add(settings());
	const events: MachineEvent[] = [];
	machine.events.listen((event) => events.push(event));
	await world.act(() => machine.press(["1"]));
	machine.cutAfter(10);
	await world.act(() => machine.press(["2", "3"]));
	t.false(machine.powered);
	t.is(machine.screen, undefined);
	t.deepEqual(
		events.filter(({ type }) => type === "power"),
		[{ type: "power", on: false, reason: "the power was cut after 10 of 32 bytes at 32" }],
	);
	await t.throwsAsync(machine.query({}), { code: "REFUSED" });
	await world.act(() => machine.powerOn());
	t.deepEqual(await machine.query({}), { records: 2, torn: 1, acknowledged: 0 });
});

test("a write that was not synced can be lost with the power", async (t) => {
	const world = makeWorld(t);
	const machine = await world.add(settings({ unsynced: "lost" }));
	machine.cutAfter(31);
	await world.act(() => machine.press(["1"]));
	await world.act(() => machine.powerOn());
	t.deepEqual(await machine.query({}), { records: 0, torn: 0, acknowledged: 0 });
});

test("the power goes at once, and printer and payment application forget", async (t) => {
	const world = makeWorld(t);
	const machine = await world.add(settings());
	const status = machine.pay(sale, "01");
	await world.act(() => undefined);
	t.is(status.state, "charging");
	machine.powerOff();
	t.is(machine.wakeAtMs, Number.POSITIVE_INFINITY);
	await world.advance(60_000);
	t.is(status.state, "forgotten");
	t.is(machine.parts.printer.length, 0);
});

test("a fault of the firmware switches the terminal off and is told", async (t) => {
	const world = makeWorld(t);
	const machine = await world.add(settings());
	await t.throwsAsync(
		world.act(() => machine.press(["menu"])),
		{ code: "ASSERTION" },
	);
	t.false(machine.powered);
	t.regex(machine.front.log.newest?.detail ?? "", /the menu is broken/);
});

test("time stops at every wake on its way", async (t) => {
	const world = makeWorld(t);
	const [early, late] = [
		await world.add(settings()),
		await world.add(settings({ id: "till-0002" })),
	];
	const shown = early.front.screens.last;
	await world.advance(3_600_000);
	t.is(early.front.screens.last - shown, 60);
	t.is(late.front.screens.last, early.front.screens.last);
	t.is(early.parts.clock.monotonicMs(), 3_600_000);
});

test("the terminal's own clock jumps alone", async (t) => {
	const world = makeWorld(t);
	const machine = await world.add(settings());
	machine.setClock(world.timeline.wallMs - 86_400_000);
	await world.advance(1_000);
	t.is(machine.parts.clock.now().wallMs, world.timeline.wallMs - 86_400_000);
	t.is(machine.parts.clock.monotonicMs(), 1_000);
});

/** A busy day with a decline, a lost answer, a power cut and a boot. */
async function busyDay(world: World): Promise<Machine> {
	const machine = await world.add(settings());
	world.acquirer.plan("authorise", "decline", 1, 0);
	for (const amountMinor of [100, 250, 9_999]) {
		const status = machine.pay({ ...sale, amountMinor }, "01");
		await world.until(() => status.recorded);
	}
	machine.cutAfter(20);
	await world.act(() => machine.press(["5"]));
	await world.act(() => machine.powerOn());
	await world.advance(600_000);
	await world.act(() => machine.press(["1", "2", "ok"]));
	return machine;
}

function traceOf(machine: Machine) {
	const hash = createHash("sha256").update(machine.parts.flash.image).digest("hex");
	return { hash, meter: machine.meter.report(), screens: machine.front.screens.since(0) };
}

testOnBoth("the same seed and calls give the same image and meters", async (t, engine) => {
	const first = traceOf(await busyDay(makeWorld(t, { engine })));
	const second = traceOf(await busyDay(makeWorld(t, { engine })));
	t.deepEqual(first, second);
	if (engine === "xs") t.true(first.meter.step.computrons > 1_000);
});

test("another seed gives another image", async (t) => {
	const hashes = await Promise.all(
		["one", "two"].map(async (seed) => {
			const machine = await makeWorld(t).add(settings({ seed }));
			machine.press(["1"]);
			await machine.settle();
			return traceOf(machine).hash;
		}),
	);
	t.not(hashes[0], hashes[1]);
});

function setUpFolder(t: ExecutionContext): string {
	const directory = mkdtempSync(join(tmpdir(), "closeout-emulator-"));
	t.teardown(() => rmSync(directory, { recursive: true, force: true }));
	return directory;
}

test("a world comes back from its folder as it was left", async (t) => {
	const directory = setUpFolder(t);
	const before = makeWorld(t, { directory });
	const machine = await before.add(settings());
	const status = machine.pay(sale, "01");
	await before.until(isDone(status));
	machine.parts.vault.write("secret", Uint8Array.of(1, 2, 3));
	machine.setClock(MIDNIGHT_MS);
	const image = machine.parts.flash.image;
	await before.close();

	const after = makeWorld(t, { directory });
	await after.restore();
	const again = after.machine("till-0001");
	t.true(again.powered);
	t.deepEqual(again.parts.flash.image, image);
	t.deepEqual(again.parts.vault.read("secret"), Uint8Array.of(1, 2, 3));
	t.is(Buffer.from(again.parts.printer.roll).toString(), "approved 1\n");
	t.is(again.parts.clock.offsetMs, machine.parts.clock.offsetMs);
	t.deepEqual(after.acquirer.books, before.acquirer.books);
	t.is(again.pay(sale, "01").trace, status.trace + 1);
});

const MIDNIGHT_MS = Date.UTC(2026, 2, 1, 16);

test("a terminal whose firmware fails does not keep the others from coming back", async (t) => {
	const directory = setUpFolder(t);
	const before = makeWorld(t, { directory });
	await before.add(settings());
	await before.close();
	const after = makeWorld(t, { directory, core: new URL("./_no-core.ts", import.meta.url) });
	await after.restore();
	t.false(after.machine("till-0001").powered);
	t.regex(after.machine("till-0001").front.log.newest?.detail ?? "", /_no-core/);
});

test("in real time the world moves along by itself", async (t) => {
	const world = makeWorld(t);
	const machine = await world.add(settings());
	world.setMode("real", 1_000);
	const status = machine.pay(sale, "01");
	t.true(await world.until(isDone(status)));
	t.true(world.timeline.nowMs >= 800);
	world.setMode("manual", 1);
});
