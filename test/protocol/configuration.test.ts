import test from "ava";
import { configure, defaultConfiguration, settings } from "../../protocol/configuration.ts";
import { encodeRecord } from "../../protocol/record.ts";

test("the defaults are within their own bounds", (t) => {
	const changes = Object.entries(defaultConfiguration()).map(([name, value]) => ({ name, value }));
	t.is(changes.length, Object.keys(settings).length);
	t.deepEqual(configure(defaultConfiguration(), changes), defaultConfiguration());
});

test("changes are taken together", (t) => {
	const changed = configure(defaultConfiguration(), [
		{ name: "language", value: "en" },
		{ name: "shiftEndMinute", value: -1 },
		{ name: "slipPerSale", value: false },
	]);
	t.like(changed, { language: "en", shiftEndMinute: -1, slipPerSale: false });
	t.is(changed.currency, defaultConfiguration().currency);
});

test("a change that does not fit is refused by name, and nothing has changed", (t) => {
	const cases = [
		{ name: "colour", value: "red" },
		{ name: "toString", value: "x" },
		{ name: "language", value: "fr" },
		{ name: "language", value: 1 },
		{ name: "merchantName", value: "x".repeat(41) },
		{ name: "paperColumns", value: 31 },
		{ name: "paperColumns", value: 49 },
		{ name: "paperColumns", value: 32.5 },
		{ name: "slipPerSale", value: "yes" },
	];
	const base = defaultConfiguration();
	for (const change of cases) {
		const ahead = { name: "listMinute", value: 60 };
		t.throws(() => configure(base, [ahead, change]), {
			code: "USAGE",
			message: new RegExp(change.name),
		});
		t.deepEqual(base, defaultConfiguration());
	}
});

test("each setting's bounds fit into a journal record", (t) => {
	const stamp = { wallS: 0, zoneMinutes: 0, boot: 0, monotonicMs: 0 };
	for (const [name, setting] of Object.entries(settings)) {
		const values = "min" in setting ? [setting.min, setting.max] : [setting.default];
		for (const value of values) {
			const changes = [{ name, value }];
			const body = { version: 1, source: "host" as const, settings: changes };
			t.notThrows(() => encodeRecord("configuration", stamp, body), name);
		}
	}
});
