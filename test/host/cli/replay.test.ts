import { cp } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { emptyFolder, runIn } from "./_run.ts";

test("a day of sales is lived on the emulator, and exactly what was planted comes out", async (t) => {
	const folder = await emptyFolder(t);
	const fixture = new URL("../../fixture/retail-day.csv", import.meta.url);
	await cp(fixture, join(folder, "day.csv"));
	const options = ["--engine", "node", "--seed", "5", "--plant", "2", "--json"];
	const { code, out, err } = await runIn(folder, ["replay", "day.csv", ...options]);
	t.is(code, 0, err);
	const told = JSON.parse(out);
	t.like(told, { right: true, complete: true, refused: 0, missing: [], extra: [] });
	t.is(told.planted.length, 6);
	t.is(told.differences.length, 6);
	t.true(told.voided > 0, "the day has a cancelled sale");
	t.regex(err, /cash sales are left out/);
});
