import test, { type ExecutionContext } from "ava";
import { refusals } from "../../../firmware/core/day/refusal.ts";
import type { State } from "../../../firmware/core/state/state.ts";
import type { AnyRecord } from "../../../protocol/record.ts";
import { insideXs } from "../../_helper/effort.ts";
import { MemoryStorage } from "../../_helper/memory-storage.ts";
import { paperText } from "../../emulator/paper/model.ts";
import { Bench } from "./_bench.ts";

const segmentBytes = 4_096;
const managerPin = "2468";

/** A shop on small media whose host cannot be reached any more. */
function offlineShop(sizeBytes = 196_608): Bench {
	const storage = new MemoryStorage({ sizeBytes, sectorBytes: 4_096 });
	const bench = new Bench([], { storage, segmentBytes, managerPin });
	bench.powerOn();
	bench.enrol();
	bench.press("menu", "1", "0", "1", "ok");
	bench.host.isDown = true;
	bench.host.cut();
	return bench;
}

interface Filled {
	readonly sales: number;
	/** Percentages at which staff were told, in order. */
	readonly told: readonly number[];
}

/** Sells until the terminal refuses; the reason is in the last screen. */
function fill(bench: Bench, everyMs = 3_000): Filled {
	for (let sales = 0; ; sales++) {
		const status = bench.sell(100 + sales);
		if (status.state === "refused") return { sales, told: toldOf(bench) };
		bench.advance(everyMs);
	}
}

function recordsOf(bench: Bench): readonly AnyRecord[] {
	return bench.terminal?.query({ what: "records" }) as readonly AnyRecord[];
}

function toldOf(bench: Bench, action = "shown"): readonly number[] {
	return recordsOf(bench)
		.flatMap(({ kind, body }) => (kind === "reminder" ? [body] : []))
		.filter((body) => body.reminder === "journalFilling" && body.action === action)
		.map(({ step }) => step);
}

function stateOf(bench: Bench): State {
	return bench.terminal?.query({ what: "state" }) as State;
}

function textOf(bench: Bench): string {
	return bench.screen.lines.map(({ text }) => text).join("\n");
}

function statusOf(bench: Bench): { readonly first: number; readonly head: number } {
	const status: unknown = bench.terminal?.query({ what: "status" });
	return status as { readonly first: number; readonly head: number };
}

function headOf(bench: Bench): number {
	const { head } = statusOf(bench);
	return head;
}

/** Settles with an upload of every detail, prints all that is owed and closes the day, with a reason. */
function settleAndClose(t: ExecutionContext, bench: Bench): void {
	bench.acquirer.plan("settle", "disagree", 1, 0);
	bench.press("cancel", "menu", "2");
	bench.advance(30 * 60_000);
	t.like(stateOf(bench), { settlement: null, batch: { groups: [] }, debts: [] });
	t.like(stateOf(bench).settlements.at(-1), { agreed: true });
	bench.press("cancel", "menu", "4");
	if (bench.screen.name === "close-refused") closeWithReason(bench);
	else bench.press("ok");
	bench.advance(60_000);
	t.like(stateOf(bench), { day: null, shift: null, debts: [] });
}

function closeWithReason(bench: Bench): void {
	bench.press("menu");
	bench.type(managerPin);
	bench.press("ok", "1");
}

test("staff are told at 70 and 90 percent, are refused at the reserve, and then settle, print and close", (t) => {
	const bench = offlineShop();
	const { sales, told } = fill(bench);
	t.log(`${sales} sales`);
	t.deepEqual(told, [70, 90]);
	t.is(bench.screen.name, "notice-refused");
	t.regex(textOf(bench), /请先结算、打印并日结/);
	settleAndClose(t, bench);
	t.regex(paperText(bench.printer.paper), new RegExp(`合计 ${sales} 笔`));

	bench.press("cancel", "menu", "1", "0", "1", "ok");
	fill(bench);
	settleAndClose(t, bench);
	bench.press("cancel", "menu", "1", "0", "1", "ok");
	fill(bench);
	t.regex(textOf(bench), /请先连接主机/);
	bench.press("language");
	t.regex(textOf(bench), /full of records the host has not; connect the host/);
	bench.host.isDown = false;
	bench.advance(180_000);
	t.deepEqual(toldOf(bench, "obeyed"), [90], "the warning ends when there is room");
	bench.press("cancel");
	const { debitCount = 0 } = stateOf(bench).batch.groups[0] ?? {};
	bench.sell(100);
	bench.advance(20_000);
	t.is(stateOf(bench).batch.groups[0]?.debitCount, debitCount + 1);
	t.is(bench.host.watermark, bench.host.records.length);
});

test("prints that pile up without paper and open sales have their room in the reserve too", (t) => {
	const bench = offlineShop(262_144);
	bench.printer.paperOut(0);
	const { sales } = fill(bench);
	t.true(stateOf(bench).debts.length > 40);
	bench.printer.paperIn();
	bench.advance(10 * 60_000);
	t.deepEqual(stateOf(bench).debts, []);
	settleAndClose(t, bench);
	t.regex(paperText(bench.printer.paper), new RegExp(`合计 ${sales} 笔`));
});

test("days that the host holds give way one segment at a time, and a connected shop is never told", (t) => {
	const storage = new MemoryStorage({ sizeBytes: 196_608, sectorBytes: 4_096 });
	const bench = new Bench([], { storage, segmentBytes, managerPin });
	bench.powerOn();
	bench.enrol();
	for (let day = 1; day <= (insideXs ? 3 : 8); day++) {
		bench.press("menu", "1", "0", "1", "ok");
		for (let sale = 1; sale <= 20; sale++) {
			t.not(bench.sell(sale).state, "refused", `day ${day} sale ${sale}`);
			bench.advance(3_000);
		}
		bench.press("menu", "2");
		bench.advance(60_000);
		bench.press("menu", "4", "ok", "ok");
		bench.advance(8 * 3_600_000);
	}
	t.deepEqual(toldOf(bench), []);
	const { first, head } = statusOf(bench);
	if (!insideXs) t.true(first > 1 && head - first > 100);
});

test("a journal without room for a start record delivers, makes room and goes on by itself", (t) => {
	const bench = offlineShop(131_072);
	fill(bench);
	settleAndClose(t, bench);
	let head = 0;
	let starts = 0;
	for (; head !== headOf(bench); starts++) {
		head = headOf(bench);
		bench.powerOff();
		bench.powerOn();
	}
	t.log(`full after ${starts} starts`);
	bench.press("cancel");
	// A small record may still find room where that of a start does not.
	for (let tries = 0; tries < 32 && bench.screen.name !== "refused"; tries++) {
		head = headOf(bench);
		bench.press("language");
	}
	t.is(bench.screen.name, "refused");
	bench.powerOff();
	bench.powerOn();
	t.like(bench.sell(100), { state: "refused", reason: refusals.journalFull });
	bench.host.isDown = false;
	bench.advance(180_000);
	t.true(headOf(bench) > head);
	bench.press("cancel", "menu", "1", "0", "1", "ok");
	bench.sell(100);
	bench.advance(20_000);
	t.is(stateOf(bench).batch.groups[0]?.debitCount, 1);
});
