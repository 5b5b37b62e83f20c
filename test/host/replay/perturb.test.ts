import test from "ava";
import { perturb } from "../../../host/replay/perturb.ts";
import { makeRandom } from "../../../host/replay/random.ts";
import { row, sales } from "../money-row.ts";

test("the same seed does the same things and says what they were", (t) => {
	const rows = sales("acquirer", 20);
	const options = { seed: 7, remove: 3, double: 2, change: 1 };
	const once = perturb(rows, options);
	t.deepEqual(perturb(rows, options), once);
	t.is(once.rows.length, 20 - 3 + 2);
	const done = once.planted.map(({ action }) => action).sort();
	t.deepEqual(done, ["changed", "doubled", "doubled", "removed", "removed", "removed"]);
	const changed = once.planted.find(({ action }) => action === "changed");
	t.not(changed?.amountMinor, changed?.row.amountMinor);
	t.notDeepEqual(perturb(rows, { ...options, seed: 8 }).planted, once.planted);
});

test("voided pairs, fees and declined rows are left alone", (t) => {
	const rows = [
		row("acquirer"),
		row("acquirer", { kind: "void", amountMinor: -1000 }),
		row("acquirer", { kind: "fee", reference: "F" }),
		row("acquirer", { status: "declined", reference: "D" }),
	];
	t.throws(() => perturb(rows, { seed: 1, remove: 1, double: 0, change: 0 }), { code: "USAGE" });
	t.deepEqual(perturb(rows, { seed: 1, remove: 0, double: 0, change: 0 }).rows, rows);
});

test("random numbers stay below their bound and reach all of it", (t) => {
	const random = makeRandom(42);
	const seen = new Set(Array.from({ length: 2000 }, () => random.below(10)));
	t.deepEqual([...seen].sort(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
