import { imageOf, readImage, segmentBases } from "../../protocol/media.ts";
import { sha256 } from "../_helper/digest.ts";
import { agedMachine, RING_BYTES } from "../bench/aged-start.ts";
import { inFolder } from "../bench/folder.ts";
import { fieldOf } from "../emulator/json.ts";
import type { Machine } from "../emulator/machine.ts";
import { instrumentOf } from "../emulator/payment/sale.ts";
import type { Flash } from "../emulator/storage.ts";
import type { Timeline } from "../emulator/timeline.ts";
import { xsTest } from "./xs-test.ts";

/** Steps in which nothing was looked over and nothing sold cost less. */
const IDLE_COMPUTRONS_MAX = 500_000;

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

const dearest = (steps: readonly Step[]) => Math.max(...steps.map(({ computrons }) => computrons));

const sale = {
	type: "sale",
	method: "card",
	amountMinor: 4_200,
	currency: "CNY",
	instrument: instrumentOf("UNIONPAY", "1234"),
	originalTrace: null,
	order: null,
} as const;

async function withTerminal(
	run: (machine: Machine, timeline: Timeline) => Promise<void>,
): Promise<void> {
	await inFolder(async (folder) => {
		const aged = { records: 1_000, journalBytes: RING_BYTES, isClosed: true };
		const { machine, timeline } = agedMachine(folder, aged, rot);
		try {
			await machine.powerOn();
			machine.press(["menu", "1", "0", "1", "ok"]);
			await machine.settle();
			await run(machine, timeline);
		} finally {
			await machine.close();
		}
	});
}

const checkOf = async (machine: Machine) =>
	fieldOf(fieldOf(await machine.query({ what: "state" }), "check"), "findings");

xsTest(
	"a round over the media goes one segment a step, and a step costs what a segment costs",
	(t) =>
		withTerminal(async (machine, timeline) => {
			const { start } = machine.meter.report();
			const steps = await live(machine, timeline, timeline.nowMs + 30_000);
			t.is(await checkOf(machine), 2, "both are found");
			const [clean = 0, repair = 0] = steps
				.map(({ computrons }) => computrons)
				.filter((computrons) => computrons > IDLE_COMPUTRONS_MAX);
			t.log(`start ${start.computronsMax}, segment ${clean}, with repair ${repair}`);
			t.true(clean < start.computronsMax, "a whole segment costs less than a start");
			t.true(dearest(steps) < 4 * clean, "and a repair no more than four of them");
		}),
);

xsTest("a sale that begins in the middle of a round waits for one step at most", (t) =>
	withTerminal(async (machine, timeline) => {
		await live(machine, timeline, timeline.nowMs + 5_300);
		t.is(await checkOf(machine), 0, "the round is under way: what is known is of yesterday");
		const payment = machine.pay(sale, "01");
		const steps = await live(machine, timeline, timeline.nowMs + 4_000);
		t.like(payment, { state: "approved", recorded: true });
		t.is(await checkOf(machine), 0, "nothing was looked over meanwhile");
		const saleSteps = dearest(steps);
		await live(machine, timeline, timeline.nowMs + 30_000);
		t.is(await checkOf(machine), 2, "the round goes on when all is quiet");
		machine.pay(sale, "01");
		const later = await live(machine, timeline, timeline.nowMs + 4_000);
		t.log(`dearest step of a sale in a round ${saleSteps}, else ${dearest(later)}`);
		t.true(saleSteps < 1.25 * dearest(later), "no step of the sale looked over a segment");
	}),
);
