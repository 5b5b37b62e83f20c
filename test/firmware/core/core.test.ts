import test from "ava";
import { Core } from "../../../firmware/core/core.ts";
import { emptyState } from "../../../firmware/core/state/state.ts";
import { FakeJournal } from "../../_helper/fake-journal.ts";

const clock = {
	now: () => ({ wallMs: 1_790_000_000_999, zoneMinutes: 480 }),
	monotonicMs: () => 12.7,
	set: () => undefined,
};

function coreOn(journal: FakeJournal): Core {
	return new Core({ journal, clock, state: emptyState() });
}

const shown = (step: number) => ({ reminder: "shiftEnd", step, action: "shown" }) as const;

test("a replay folds what is kept, and stands at the last record also where it is destroyed", (t) => {
	const journal = new FakeJournal();
	const core = coreOn(journal);
	for (let step = 0; step < 3; step++) core.record("reminder", shown(step));
	const whole = coreOn(journal);
	whole.replay(3);
	t.deepEqual(whole.state, core.state);
	journal.destroy(3);
	const cut = coreOn(journal);
	cut.replay(3);
	t.is(cut.state.sequence, 3);
	t.is(cut.state.reminders[0]?.step, 1);
	t.is(cut.record("reminder", shown(3)), 4);
});

test("a stamp is in whole seconds and milliseconds", (t) => {
	t.deepEqual(coreOn(new FakeJournal()).stamp(), {
		...{ wallS: 1_790_000_000, zoneMinutes: 480, boot: 0, monotonicMs: 12 },
	});
});
