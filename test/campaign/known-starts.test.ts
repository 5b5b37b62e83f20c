import test from "ava";
import { Cursor } from "./_cursor.ts";
import { examine, journalOn } from "./_invariants.ts";
import { KnownStarts } from "./_known-starts.ts";
import { lifeOf } from "./_life.ts";
import { scattered } from "./pool.ts";
import { placesOf } from "./power.ts";

/** A longer write of frames to one copy of a segment, on the short life. */
function tornWrite(isMirror: boolean) {
	const life = lifeOf("short");
	const cursor = new Cursor(life);
	const half = life.geometry.sizeBytes / 2;
	const index = life.steps.findIndex(
		({ kind, after, offset, promised }) =>
			kind === "write" &&
			promised.doing === "append" &&
			after[0] === 0xc5 &&
			after.length > 150 &&
			offset >= half === isMirror,
	);
	const step = cursor.step(index);
	const known = new KnownStarts(cursor.media, life);
	known.forget([{ from: step.offset, to: step.offset + step.after.length }]);
	const tear = (reached: number, seed: number) => {
		const media = cursor.before(index);
		media.tear(step, { reached, tear: "noise", seed });
		return media;
	};
	return { life, step, known, tear };
}

for (const isMirror of [false, true]) {
	test(`cuts in the ${isMirror ? "second" : "first"} copy that a start does not tell apart are judged once`, (t) => {
		const { life, step, known, tear } = tornWrite(isMirror);
		for (const reached of placesOf(step)) {
			const media = tear(reached, reached);
			const how = { goOn: true, thorough: false };
			t.is(
				known.once("going on", () => examine(media, life, step.promised, how)),
				undefined,
			);
		}
		t.true(known.made < 12, `${known.made} starts were made`);
		t.is(known.made + known.known, step.after.length);
		t.true(known.checked > 0);
	});
}

test("a start that goes by bytes it has not asked for is found", (t) => {
	const { step, known, tear } = tornWrite(false);
	const problems: (string | undefined)[] = [];
	for (let seed = 0; seed < 200; seed++) {
		const media = tear(40, seed);
		const problem = known.once("", () => {
			const unasked = media.bytes.slice(step.offset + 60, step.offset + 64);
			journalOn(media).open();
			media.erase(0);
			media.write(0, unasked);
			return undefined;
		});
		problems.push(problem);
	}
	t.regex(problems.find((problem) => problem !== undefined) ?? "", /end otherwise/);
});

test("a search here and there comes to every unit once", (t) => {
	for (const units of [1, 2, 3, 20, 384, 485]) {
		const places = Array.from({ length: units }, (_, place) => scattered(place, units));
		t.deepEqual(
			places.sort((left, right) => left - right),
			[...Array.from({ length: units }).keys()],
		);
	}
});
