import test from "ava";
import fc from "fast-check";
import {
	addDays,
	businessDateAt,
	civilTime,
	daysBetween,
	formatDate,
	formatDateTime,
	formatMinute,
	isDate,
	minuteOfDay,
} from "../../protocol/time.ts";
import vectors from "../../protocol/vectors/time.json" with { type: "json" };

for (const { name, wallS, zoneMinutes, cutOverMinutes, ...expected } of vectors.instants) {
	test(name, (t) => {
		t.is(formatDateTime(wallS, zoneMinutes), expected.local);
		t.is(minuteOfDay(wallS, zoneMinutes), expected.minuteOfDay);
		t.is(businessDateAt(wallS, zoneMinutes, cutOverMinutes), expected.businessDate);
	});
}

for (const { name, from, days, to } of vectors.days) {
	test(`days from ${name}`, (t) => {
		t.is(daysBetween(from, to), days);
		t.is(addDays(from, days), to);
		t.true(isDate(from) && isDate(to));
	});
}

for (const { name, date } of vectors.badDates) {
	test(`no date: ${name}`, (t) => {
		t.false(isDate(date));
	});
}

test("a fraction is no date", (t) => {
	t.false(isDate(20261121.5));
	t.false(isDate(Number.NaN));
});

test("times of day and dates as text", (t) => {
	t.is(formatMinute(0), "00:00");
	t.is(formatMinute(1439), "23:59");
	t.is(formatDate(20261121), "2026-11-21");
});

const LAST_S = 253_402_300_799;
const second = fc.oneof(
	fc.integer({ min: 0, max: LAST_S }),
	// Ends and beginnings of months, where mistakes are.
	fc
		.record({
			year: fc.integer({ min: 1970, max: 9998 }),
			month: fc.nat(12),
			offset: fc.integer({ min: -1, max: 1 }),
		})
		.map(({ year, month, offset }) => Math.max(0, Date.UTC(year, month, 1) / 1000 + offset)),
);

test("calendar fields are those of the platform, from 1970 to 9999", (t) => {
	const zone = fc.integer({ min: -1080, max: 1080 });
	fc.assert(
		fc.property(second, zone, (wallS, zoneMinutes) => {
			const date = new Date((wallS + zoneMinutes * 60) * 1000);
			t.deepEqual(civilTime(wallS, zoneMinutes), {
				year: date.getUTCFullYear(),
				month: date.getUTCMonth() + 1,
				day: date.getUTCDate(),
				hour: date.getUTCHours(),
				minute: date.getUTCMinutes(),
				second: date.getUTCSeconds(),
			});
		}),
		{ numRuns: 5_000 },
	);
});

test("a date moved by days and back is itself, and the days between are those", (t) => {
	fc.assert(
		fc.property(second, fc.integer({ min: -700_000, max: 700_000 }), (wallS, days) => {
			const date = businessDateAt(wallS, 0, 0);
			const moved = addDays(date, days);
			t.is(daysBetween(date, moved), days);
			t.is(addDays(moved, -days), date);
			t.true(isDate(date));
		}),
	);
});

test("the business date changes at the cut-over and nowhere else", (t) => {
	fc.assert(
		fc.property(second, fc.integer({ min: 0, max: 1439 }), (wallS, cutOver) => {
			const today = businessDateAt(wallS, 480, 0);
			const expected = minuteOfDay(wallS, 480) < cutOver ? addDays(today, -1) : today;
			t.is(businessDateAt(wallS, 480, cutOver), expected);
		}),
	);
});
