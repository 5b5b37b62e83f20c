import test from "ava";
import { assert, CloseoutError, errorTable } from "../../protocol/error.ts";

test("an error says its code, family and cause", (t) => {
	const cause = new RangeError("below");
	const error = new CloseoutError("STORAGE_SYNC", "sync of slot 1 failed; reopen it", { cause });
	t.like(error, { name: "CloseoutError", code: "STORAGE_SYNC", family: "outside", cause });
	t.is(error.message, "sync of slot 1 failed; reopen it");
});

test("families, HTTP statuses and exit statuses belong together", (t) => {
	for (const [code, { family, http, exit }] of Object.entries(errorTable)) {
		t.true(exit >= 64 && exit <= 78, `${code}: sysexits.h`);
		t.true(family === "use" ? http >= 400 && http < 500 : http === 422 || http >= 500, code);
	}
});

test("a broken assumption stops the step", (t) => {
	t.notThrows(() => assert(true, "fine"));
	t.throws(() => assert(false, "count is 1"), { code: "ASSERTION", message: "count is 1" });
});
