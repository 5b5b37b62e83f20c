import test from "ava";
import { refusals } from "../../../firmware/core/day/refusal.ts";
import type { AnyRecord } from "../../../protocol/record.ts";
import { stride } from "../../_helper/effort.ts";
import { type Failure, MemoryStorage } from "../../_helper/memory-storage.ts";
import { Bench } from "./_bench.ts";

const lies: readonly Omit<Failure, "at">[] = [
	{ operation: "write", manner: "silent" },
	{ operation: "write", manner: "short" },
	{ operation: "write", manner: "altered" },
];

function opened(): { bench: Bench; storage: MemoryStorage } {
	const storage = new MemoryStorage({ sizeBytes: 2 * 1_048_576, sectorBytes: 4_096 });
	const bench = new Bench([], { storage });
	bench.powerOn();
	bench.enrol();
	bench.press("menu", "1", "0", "1", "ok");
	return { bench, storage };
}

function recordsOf(bench: Bench): readonly AnyRecord[] {
	return bench.terminal?.query({ what: "records" }) as readonly AnyRecord[];
}

/** Amounts shown as approved since a screen, once each. */
function shownApproved(bench: Bench, since: number): readonly string[] {
	const shown = bench.screens
		.slice(since)
		.filter(({ name, tone }) => name === "notice-transaction" && tone === "ok")
		.map(({ lines }) => lines[0]?.text ?? "");
	return [...new Set(shown)];
}

for (const lie of lies) {
	test(`a write that says yes and is ${lie.manner}: nothing is shown as approved before it stands there`, (t) => {
		let told = 0;
		let shown = 0;
		for (let nth = 1; nth <= 12; nth += stride(1, 5)) {
			const { bench, storage } = opened();
			const since = bench.screens.length;
			storage.setFaults({ failures: [{ ...lie, at: storage.calls.write + nth }] });
			// What is shown as approved must be in the journal at that very instant.
			bench.onScreen = ({ name, tone }) => {
				if (name !== "notice-transaction" || tone !== "ok") return;
				const approved = recordsOf(bench).some(
					({ kind, body }) => kind === "outcome" && body.outcome === "approved",
				);
				t.true(approved, `${lie.manner} write ${nth}`);
			};
			bench.sell(4_200);
			bench.advance(120_000);
			const names = bench.screens.slice(since).map(({ name }) => name);
			const faults = recordsOf(bench).filter(({ kind }) => kind === "storageFault");
			t.is(faults.length > 0, names.includes("notice-storageFault"), `write ${nth}`);
			if (faults.length > 0) {
				told += 1;
				t.deepEqual(faults[0]?.body && "fault" in faults[0].body && faults[0].body.fault, "write");
			}
			t.like(bench.terminal?.query({ what: "state" }), { open: [] }, `write ${nth}`);
			shown += shownApproved(bench, since).length;
		}
		t.true(told > 0 && shown > 0);
	});
}

test("media that take nothing any more end in a screen that says so, and try again by themselves", (t) => {
	const { bench, storage } = opened();
	const { write } = storage.calls;
	storage.setFaults({
		failures: [{ operation: "write", at: write + 1, forever: true, manner: "silent" }],
	});
	bench.sell(4_200);
	bench.advance(4_000);
	t.is(bench.screen.name, "safe-mode");
	t.regex(bench.screen.lines[0]?.text ?? "", /存储故障/);
	bench.press("language");
	t.regex(bench.screen.lines[0]?.text ?? "", /The storage fails; trying again/);
	t.like(bench.terminal?.query({ what: "status" }), { safeMode: true, reason: "storage" });
	t.deepEqual(shownApproved(bench, 0), []);
	t.like(bench.sell(4_300), { state: "refused", reason: refusals.safeMode });
	bench.powerOff();
	bench.powerOn();
	t.is(bench.screen.name, "safe-mode", "a restart does not loop");
	storage.setFaults({});
	bench.advance(120_000);
	const kinds = recordsOf(bench).map(({ kind }) => kind);
	t.true(kinds.includes("storageFault"));
	t.like(bench.terminal?.query({ what: "state" }), { open: [] });
});
