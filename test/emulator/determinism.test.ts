import { createHash } from "node:crypto";
import test, { type ExecutionContext } from "ava";
import { encodeCbor } from "../../protocol/cbor.ts";
import { makeWorld, settings } from "./_setup.ts";
import { busyMorning, pay } from "./control/actions.ts";
import { missingForXs } from "./engine/build-worker.ts";
import type { Machine } from "./machine.ts";

const boot = new URL("./boot.ts", import.meta.url);

/** A terminal with keys as an enrolment would have left them, where there is no network. */
async function enrolled(t: ExecutionContext, engine: "xs" | "node") {
	const world = makeWorld(t, { engine, core: boot });
	const machine = await world.add(settings({ journalBytes: 262_144, mmPerSecond: 120 }));
	machine.powerOff();
	const key = new Uint8Array(32).fill(7);
	machine.parts.vault.write("enrolment", encodeCbor(["demo", "till-0001", 1, key]));
	await world.act(() => machine.powerOn());
	return { world, machine };
}

/** Sales, a decline, a lost answer, a cut in the middle of a write, a settlement, a night. */
async function wholeDay(t: ExecutionContext, engine: "xs" | "node"): Promise<Machine> {
	const { world, machine } = await enrolled(t, engine);
	await world.act(() => machine.press(["menu", "1", "0", "1", "ok"]));
	world.acquirer.plan("authorise", "decline", 1, 0);
	await busyMorning(world, machine, 5, "monday");
	world.acquirer.plan("authorise", "loseAnswer", 1, 0);
	await pay(world, machine, { amountMinor: 4_200, wait: true });
	machine.cutAfter(100);
	await pay(world, machine, { amountMinor: 700 });
	t.false(machine.powered);
	await world.act(() => machine.powerOn());
	await world.advance(60_000);
	await world.act(() => machine.press(["cancel", "menu", "2"]));
	await world.advance(3_600_000);
	return machine;
}

function traceOf(machine: Machine) {
	const { image } = machine.parts.flash;
	return {
		image: createHash("sha256").update(image).digest("hex"),
		paper: Buffer.from(machine.parts.printer.roll).toString("hex"),
		screens: machine.front.screens.since(0),
		steps: machine.meter.report().step,
	};
}

test("the same day twice gives the same journal, paper, screens and cost, on either engine", async (t) => {
	const first = traceOf(await wholeDay(t, "node"));
	t.deepEqual(traceOf(await wholeDay(t, "node")), first);
	t.true(first.paper.length > 1_000);
	const missing = missingForXs();
	if (missing !== undefined) {
		t.log(`not tested on XS: ${missing}`);
		return;
	}
	const onXs = traceOf(await wholeDay(t, "xs"));
	t.deepEqual(traceOf(await wholeDay(t, "xs")), onXs);
	t.true(onXs.steps.computrons > 1_000_000);
	t.deepEqual({ ...onXs, steps: onXs.steps.count }, { ...first, steps: first.steps.count });
});
