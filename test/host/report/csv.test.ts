import test from "ava";
import { moneyOf } from "../../../host/api/view.ts";
import { csvLine, differencesCsv } from "../../../host/report/csv.ts";

test("cells are quoted where RFC 4180 asks for it, and lines end with CRLF", (t) => {
	t.is(csvLine(["a", 'say "b"', "c,d", "e\nf", 7, null]), 'a,"say ""b""","c,d","e\nf",7,\r\n');
});

test("what a spreadsheet would take for a formula is defused, and numbers stay numbers", (t) => {
	t.is(csvLine(["=1+1", "+a", "@b", "-c", "\td"]), "'=1+1,'+a,'@b,'-c,'\td\r\n");
	t.is(csvLine(["-12.50", "-3", -4]), "-12.50,-3,-4\r\n");
	t.is(csvLine(['=HYPERLINK("x","y")']), '"\'=HYPERLINK(""x"",""y"")"\r\n');
});

test("a difference is one line with its proof, behind a byte order mark", (t) => {
	const csv = differencesCsv([
		{
			id: "d1",
			reason: "amount",
			also: ["late"],
			leg: "acquirer",
			terminal: "till-0001",
			businessDate: 2026_11_20,
			reference: "R1",
			batch: null,
			atStake: moneyOf(150, "CNY"),
			why: "1.00 here, 2.50 there",
			evidence: [
				{
					leg: "bank",
					file: "b.xml",
					line: 4,
					reference: "R1",
					amount: moneyOf(-250, "CNY"),
					status: "approved",
					record: null,
				},
			],
			state: "found",
			foundS: 0,
			changedS: 0,
		},
	]);
	const [, line] = csv.split("\r\n");
	t.true(csv.startsWith("\uFEFFid,reason,"));
	t.is(
		line,
		'd1,amount,late,acquirer,till-0001,2026-11-20,R1,,1.50,CNY,"1.00 here, 2.50 there",bank b.xml:4 -2.50',
	);
});
