import test from "ava";
import { Core } from "../../../firmware/core/core.ts";
import { hostCommands } from "../../../firmware/core/host-command.ts";
import { emptyState } from "../../../firmware/core/state/state.ts";
import { FakeJournal } from "../../_helper/fake-journal.ts";
import { FakeClock } from "../sync/_setup.ts";

function setup(unsettled = true) {
	const clock = new FakeClock();
	const core = new Core({ journal: new FakeJournal(), clock, state: emptyState() });
	const settled: string[] = [];
	const settle = (trigger: string) => {
		settled.push(trigger);
		return unsettled;
	};
	const asked: unknown[] = [];
	const pull = (hostSequence: number, range: object) => {
		asked.push({ hostSequence, ...range });
		return "records 3 to 9";
	};
	return {
		clock,
		core,
		settled,
		asked,
		run: hostCommands({ core, commands: { settle }, clock, pull }),
	};
}

const order = { hostSequence: 1, expiresS: 0, arguments: [] } as const;

test("the host lets a terminal settle, and is told when there is nothing", (t) => {
	const busy = setup();
	t.deepEqual(busy.run({ ...order, command: "settle" }), { accepted: true, detail: "settling" });
	t.deepEqual(busy.settled, ["host"]);
	t.is(setup(false).run({ ...order, command: "settle" }).detail, "nothing to settle");
});

test("settings of the host are checked as a whole and journalled before they are in force", (t) => {
	const { core, run } = setup();
	const good = { name: "snoozeMinutes", value: 7 };
	const bad = { name: "paperColumns", value: 33 };
	t.like(run({ ...order, command: "configure", arguments: [good, { ...bad, value: 4711 }] }), {
		accepted: false,
	});
	t.is(core.configuration.snoozeMinutes, 5);
	t.is(core.state.sequence, 0);
	t.like(run({ ...order, command: "configure", arguments: [good] }), { accepted: true });
	t.is(core.configuration.snoozeMinutes, 7);
	t.like(core.recordAt(1), { kind: "configuration", body: { version: 1, source: "host" } });
});

test("a clock set by the host leaves old and new time in the journal", (t) => {
	const { core, clock, run } = setup();
	const arguments_ = [{ name: "wallS", value: 1_790_000_777 }];
	t.true(run({ ...order, command: "setClock", arguments: arguments_ }).accepted);
	t.like(core.recordAt(1), {
		kind: "clock",
		body: { oldWallS: 1_790_000_000, newWallS: 1_790_000_777, source: "host" },
	});
	t.is(clock.wallMs, 1_790_000_777_000);
	t.false(run({ ...order, command: "setClock" }).accepted);
});

test("what this firmware does not take is refused with its name", (t) => {
	const { accepted, detail } = setup().run({ ...order, command: "approveReprint" });
	t.false(accepted);
	t.regex(detail, /approveReprint/);
});

test("a pull takes the ends of its range from the host, or none", (t) => {
	const { run, asked } = setup();
	const range = [
		{ name: "from", value: 3 },
		{ name: "to", value: 9 },
	];
	t.deepEqual(run({ ...order, command: "pull", arguments: range }), {
		accepted: true,
		detail: "records 3 to 9",
	});
	run({ ...order, hostSequence: 2, command: "pull" });
	t.deepEqual(asked, [
		{ hostSequence: 1, from: 3, to: 9 },
		{ hostSequence: 2, from: null, to: null },
	]);
});
