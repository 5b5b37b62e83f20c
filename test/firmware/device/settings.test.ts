import test from "ava";
import { readSettings } from "../../../firmware/device/settings.ts";

test("a terminal needs its name only; everything else may be absent", (t) => {
	const settings = readSettings({ terminal: "till-0001" });
	t.is(settings.terminal, "till-0001");
	t.is(settings.broker, undefined);
	t.deepEqual(settings.settings, []);
});

test("a field that does not fit is named", (t) => {
	const wrong: readonly (readonly [value: unknown, named: RegExp])[] = [
		[7, /settings is not an object/],
		[{}, /terminal is not a text/],
		[{ terminal: "till-0001", broker: { host: "10.0.0.1" } }, /broker\.port/],
		[
			{ terminal: "till-0001", printer: { tcp: { host: "10.0.0.2", port: 0 } } },
			/printer\.tcp\.port/,
		],
		[
			{ terminal: "till-0001", paymentApp: { serial: { baud: "fast" } } },
			/paymentApp\.serial\.baud/,
		],
		[{ terminal: "till-0001", settings: { language: null } }, /settings\.language/],
	];
	for (const [value, message] of wrong) t.throws(() => readSettings(value), { message });
});
