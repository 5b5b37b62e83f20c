import test from "ava";
import type { State } from "../../../firmware/core/state/state.ts";
import { planLayout, segmentOffset } from "../../../protocol/media.ts";
import type { AnyRecord } from "../../../protocol/record.ts";
import { MemoryStorage } from "../../_helper/memory-storage.ts";
import { Bench } from "./_bench.ts";

const segmentBytes = 4_096;
const DAY_MS = 86_400_000;

/** A shop after some sales on small segments, with the media at hand. */
function afterSales(sales: number): { bench: Bench; storage: MemoryStorage } {
	const storage = new MemoryStorage({ sizeBytes: 524_288, sectorBytes: 4_096 });
	const bench = new Bench([], { storage, segmentBytes });
	bench.powerOn();
	bench.enrol();
	bench.press("menu", "1", "0", "1", "ok");
	for (let sale = 1; sale <= sales; sale++) {
		bench.sell(100 * sale);
		bench.advance(3_000);
	}
	return { bench, storage };
}

function byteOf(storage: MemoryStorage, copy: 0 | 1, number: number, offset: number): number {
	return segmentOffset(planLayout(storage.geometry(), segmentBytes), copy, number) + offset;
}

function records<K extends AnyRecord["kind"]>(bench: Bench, kind: K) {
	const all = bench.terminal?.query({ what: "records" }) as (AnyRecord & { sequence: number })[];
	return all.filter(
		(record): record is Extract<typeof record, { kind: K }> => record.kind === kind,
	);
}

function stateOf(bench: Bench): State {
	return bench.terminal?.query({ what: "state" }) as State;
}

test("sound media make one record a day, and status screen and slip name the last check", (t) => {
	const { bench } = afterSales(12);
	t.is(stateOf(bench).check, null);
	bench.advance(60_000);
	const [first] = records(bench, "scrub");
	t.like(first?.body, { segment: 0, findings: 0, repaired: 0 });
	bench.advance(10 * 60_000);
	bench.powerOff();
	bench.powerOn();
	bench.advance(10 * 60_000);
	t.is(records(bench, "scrub").length, 1, "once a business date, also after a restart");
	bench.advance(3 * DAY_MS);
	t.is(records(bench, "scrub").length, 4);
	bench.press("cancel", "cancel", "cancel", "menu", "7");
	t.is(bench.screen.name, "status");
	t.regex(bench.screen.lines.map(({ text }) => text).join("\n"), /巡检 2026-11-24 .* 发现 0 处/);
});

test("damage in one copy is repaired in a quiet moment, told on the screen and on the status slip", (t) => {
	const { bench, storage } = afterSales(12);
	storage.flip(byteOf(storage, 1, 1, 900), 4);
	bench.advance(60_000);
	t.deepEqual(
		records(bench, "scrub").map(({ body }) => body),
		[
			{ segment: 1, findings: 1, repaired: 1 },
			{ segment: 0, findings: 1, repaired: 1 },
		],
	);
	t.is(bench.screen.name, "notice-check");
	t.regex(bench.screen.lines[0]?.text ?? "", /发现损坏 1 处, 已修复 1 处/);
	bench.press("language");
	t.regex(bench.screen.lines[0]?.text ?? "", /1 damaged places found, 1 repaired/);
	bench.press("ok");
	t.is(bench.screen.name, "home");
	bench.advance(DAY_MS);
	t.like(stateOf(bench).check, { findings: 0 });
});

test("records that are gone are told before the repair, and staff read which", (t) => {
	const { bench, storage } = afterSales(12);
	for (const copy of [0, 1] as const) storage.flip(byteOf(storage, copy, 1, 2_600), 4);
	bench.advance(60_000);
	const [gap, ...others] = records(bench, "gap");
	t.is(others.length, 0);
	const { from = 0, to = 0 } = gap?.body ?? {};
	t.true(from > 1 && to >= from);
	const [scrub] = records(bench, "scrub");
	t.like(scrub?.body, { segment: 1, repaired: 1 });
	t.true((gap?.sequence ?? 0) < (scrub?.sequence ?? 0));
	t.is(bench.screen.name, "notice-check");
	const shown = bench.screen.lines.map(({ text }) => text).join("\n");
	t.true(shown.includes(`记录 ${from} 至 ${to} 已损毁`));
	t.regex(shown, /请联系维护/);
	bench.powerOff();
	bench.powerOn();
	bench.advance(60_000);
	t.deepEqual(stateOf(bench).lost, [{ from, to }]);
	t.is(bench.screen.name, "notice-check", "it stands after a restart");
	t.is(records(bench, "gap").length, 1);
	bench.advance(DAY_MS);
	t.deepEqual(stateOf(bench).lost, [], "a check that finds nothing ends it");
});

test("a sale that is being made is never kept waiting: the check begins when all is quiet", (t) => {
	const { bench } = afterSales(12);
	bench.acquirer.plan("authorise", "late", 1, 30_000);
	bench.sell(5_000);
	bench.advance(8_000);
	t.is(records(bench, "scrub").length, 0, "nothing is looked over while the customer pays");
	bench.advance(60_000);
	t.is(records(bench, "scrub").length, 1);
});

test("media that fail in a repair are left alone for a day instead of failing again and again", (t) => {
	const { bench, storage } = afterSales(12);
	storage.flip(byteOf(storage, 1, 1, 900), 4);
	storage.setFaults({ failures: [{ operation: "sync", at: storage.calls.sync + 1 }] });
	bench.advance(60_000);
	t.is(records(bench, "storageFault").length, 1);
	t.is(records(bench, "scrub").length, 0);
	t.is(bench.screen.name, "notice-storageFault");
	bench.advance(DAY_MS + 60_000);
	t.like(stateOf(bench).check, { findings: 1, repaired: 1 });
});
