import test from "ava";
import { type ErrorCode, errorTable } from "../../../protocol/error.ts";
import { digestOf, shopFolder } from "./_run.ts";

/** Wrong input, the code it gets, and what the one line must name. */
const cases: readonly (readonly [string, readonly string[], ErrorCode, RegExp])[] = [
	["no command", [], "USAGE", /--help/],
	["a command that is not there", ["setle"], "USAGE", /setle/],
	["an option that is not there", ["day", "--bogus"], "USAGE", /--bogus/],
	["too many words", ["rebuild", "till-0001", "x"], "USAGE", /too many arguments/],
	["a language that is not there", ["day", "--lang", "fr"], "USAGE", /zh-CN or en/],
	["an unknown terminal", ["day", "till-9999"], "TERMINAL_UNKNOWN", /till-9999/],
	["a date the calendar lacks", ["day", "till-0001", "2026-02-30"], "USAGE", /2026-02-30/],
	["a date without a day", ["day", "till-0001", "2020-01-01"], "NOT_FOUND", /2020-01-01/],
	["no database", ["day", "--data", "nowhere"], "NOT_FOUND", /nowhere.host\.db/],
	["a folder as database", ["terminals", "--database", "."], "NOT_FOUND", /not a file/],
	["a file that is no database", ["terminals", "--database", "noise.bin"], "STORE", /database/],
	["a missing statement", ["statement", "import", "none.csv"], "NOT_FOUND", /none\.csv/],
	[
		"a statement of no format",
		["statement", "import", "noise.bin"],
		"STATEMENT_FORMAT",
		/noise\.bin/,
	],
	["a broken line", ["statement", "import", "broken.csv"], "STATEMENT_ROW", /broken\.csv:4: /],
	[
		"a format that is not there",
		["statement", "import", "clearing.csv", "--format", "x"],
		"USAGE",
		/"x"/,
	],
	[
		"the other format",
		["statement", "import", "clearing.csv", "--format", "camt.053"],
		"STATEMENT_FORMAT",
		/clearing\.csv/,
	],
	[
		"a mapping that is none",
		["statement", "import", "clearing.csv", "--mapping", "broken.csv"],
		"SCHEMA",
		/broken\.csv: this is not JSON/,
	],
	["a statement that is not there", ["statement", "bad-rows", "ffffffff"], "NOT_FOUND", /ffffffff/],
	["a shell that is none", ["completion", "csh"], "USAGE", /csh/],
	["nothing to compare with", ["reconcile"], "NOT_FOUND", /no statement/],
	[
		"a terminal to compare that is unknown",
		["reconcile", "--terminal", "till-9999"],
		"TERMINAL_UNKNOWN",
		/till-9999/,
	],
	["a pull from nowhere", ["journal", "pull", "--out", "x.pieces"], "USAGE", /--from-terminal/],
	["a pull to nowhere", ["journal", "pull", "--terminal", "till-0001"], "USAGE", /--out/],
	[
		"a pull over the end",
		["journal", "pull", "--terminal", "till-0001", "--from", "9", "--to", "3", "--out", "x.pieces"],
		"USAGE",
		/--to 3/,
	],
	[
		"a pull into another file",
		["journal", "pull", "--from-terminal", "127.0.0.1:1", "--out", "noise.bin"],
		"MEDIA_FORMAT",
		/noise\.bin/,
	],
	[
		"a cable that is not there",
		["journal", "pull", "--from-terminal", "/dev/none", "--out", "x.pieces"],
		"NOT_FOUND",
		/\/dev\/none/,
	],
	[
		"a terminal that does not answer",
		["journal", "pull", "--from-terminal", "127.0.0.1:1", "--out", "x.pieces"],
		"CONNECTION",
		/127\.0\.0\.1:1 /,
	],
	[
		"a host that does not answer",
		[
			...["journal", "pull", "--terminal", "till-0001", "--host", "http://127.0.0.1:1"],
			...["--out", "x.pieces"],
		],
		"CONNECTION",
		/closeout serve/,
	],
	[
		"a challenge of seven digits",
		["service", "response", "--terminal", "till-0001", "--challenge", "0471123", "--by", "Li Wei"],
		"USAGE",
		/8 digits/,
	],
	[
		"a challenge for nobody",
		["service", "response", "--terminal", "till-0001", "--challenge", "04711234", "--by", " "],
		"USAGE",
		/who asks/,
	],
	[
		"a challenge of an unknown terminal",
		["service", "response", "--terminal", "till-9999", "--challenge", "04711234", "--by", "Li Wei"],
		"TERMINAL_UNKNOWN",
		/till-9999/,
	],
	["a journal of nothing", ["journal", "verify"], "USAGE", /--terminal/],
	[
		"a journal of both",
		["journal", "verify", "noise.bin", "--terminal", "till-0001"],
		"USAGE",
		/not both/,
	],
	["a file that is no image", ["journal", "verify", "noise.bin"], "MEDIA_FORMAT", /noise\.bin/],
	["a range that is none", ["journal", "show", "noise.bin", "--from", "x"], "USAGE", /--from/],
	["a kind that is none", ["journal", "show", "noise.bin", "--kind", "x"], "USAGE", /"x"/],
	[
		"an epoch that is not there",
		["journal", "verify", "--terminal", "till-0001", "--epoch", "9"],
		"TERMINAL_UNKNOWN",
		/epoch 9/,
	],
	["an identifier that is none", ["enrol", "Till 1"], "USAGE", /Till 1/],
	["a port that is none", ["serve", "--port", "99999"], "USAGE", /99999/],
	["a broker that is none", ["serve", "--broker", "http://x"], "USAGE", /http:\/\/x/],
	["a missing sales file", ["replay", "none.csv"], "NOT_FOUND", /none\.csv/],
	["a file without sales", ["replay", "clearing.csv"], "STATEMENT_FORMAT", /clearing\.csv:1/],
	["a limit that is none", ["replay", "clearing.csv", "--limit", "0"], "USAGE", /--limit/],
];

test("wrong input is one clear line, a status of the error table, and changes nothing", async (t) => {
	const { folder, run } = await shopFolder(t);
	const before = await digestOf(folder);
	for (const [what, args, code, names] of cases) {
		const ran = await run(...args);
		t.is(ran.code, errorTable[code].exit, `${what}: ${ran.err}`);
		t.is(ran.out, "", what);
		t.regex(ran.err, /^closeout: [^\n]+\n$/, what);
		t.regex(ran.err, names, what);
		t.true(ran.err.includes(`[${code}]`), `${what}: ${ran.err}`);
		t.is(await digestOf(folder), before, `${what} changed a file`);
	}
});
