import test from "ava";
import { camt053 } from "../../../host/statement/camt053.ts";
import { collect, textSource } from "../source.ts";

interface Parts {
	readonly version?: string;
	readonly opening?: string;
	readonly closing?: string;
	readonly entries?: string;
}

function statement({
	version = "08",
	opening = "100.00",
	closing = "112.50",
	entries = entry(),
}: Parts) {
	return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.${version}">
<BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId></GrpHdr><Stmt><Id>S1</Id>
<Acct><Id><Othr><Id>ACC-1</Id></Othr></Id></Acct>
${balance("OPBD", opening)}
${balance("CLBD", closing)}
${entries}
</Stmt></BkToCstmrStmt></Document>`;
}

function balance(code: string, amount: string): string {
	return `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><CdtLine><Amt Ccy="CNY">9.99</Amt></CdtLine><Amt Ccy="CNY">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>`;
}

function entry(amount = "12.50", direction = "CRDT", status = "BOOK", details = ""): string {
	return `<Ntry><Amt Ccy="CNY">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd>
<Sts><Cd>${status}</Cd></Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt>
<AcctSvcrRef>B-1</AcctSvcrRef>${details}</Ntry>`;
}

function detail(amount: string, reference: string, more = ""): string {
	return `<TxDtls><Refs><EndToEndId>${reference}</EndToEndId></Refs><Amt Ccy="CNY">${amount}</Amt>${more}</TxDtls>`;
}

const read = (text: string, size?: number) => collect(camt053, textSource("bank.xml", text, size));

test("one entry is one row with its references and its line", async (t) => {
	const text = `<NtryDtls>${detail("12.50", "R1", "<RmtInf><Ustrd>shop &amp; co</Ustrd><Ustrd>batch 12</Ustrd></RmtInf>")}</NtryDtls>`;
	const { rows, summary } = await read(
		statement({ entries: entry("12.50", "CRDT", "BOOK", text) }),
	);
	t.deepEqual(rows, [
		{
			leg: "bank",
			reference: "R1",
			references: ["B-1"],
			kind: "credit",
			amountMinor: 1250,
			currency: "CNY",
			businessDate: 2026_11_20,
			text: "shop & co batch 12",
			source: { file: "bank.xml", line: 9 },
			status: "approved",
		},
	]);
	t.deepEqual(summary, {
		format: "camt.053.001.08",
		file: "bank.xml",
		rows: 1,
		sums: { CNY: 1250 },
		accounts: ["ACC-1"],
		period: { first: 2026_11_20, last: 2026_11_20 },
		findings: [],
		badRows: [],
	});
});

test("the size of the pieces makes no difference", async (t) => {
	const whole = await read(statement({}), 1_000_000);
	t.deepEqual(await read(statement({}), 1), whole);
});

test("details that add up are rows of their own", async (t) => {
	const details = `<NtryDtls>${detail("10.00", "R1")}${detail("2.50", "R2")}</NtryDtls>`;
	const { rows } = await read(statement({ entries: entry("12.50", "CRDT", "BOOK", details) }));
	t.deepEqual(
		rows.map(({ reference, amountMinor }) => [reference, amountMinor]),
		[
			["R1", 1000],
			["R2", 250],
		],
	);
});

test("details that do not add up leave the entry as it was booked, with a finding", async (t) => {
	const details = `<NtryDtls>${detail("10.00", "R1")}${detail("2.00", "R2")}</NtryDtls>`;
	const { rows, summary } = await read(
		statement({ entries: entry("12.50", "CRDT", "BOOK", details) }),
	);
	t.deepEqual(
		rows.map(({ amountMinor, references }) => [amountMinor, references]),
		[[1250, ["R2", "B-1"]]],
	);
	t.deepEqual(
		summary.findings.map(({ code, line }) => [code, line]),
		[["details", 7]],
	);
});

test("a debit is negative and a reversal keeps the direction of its booking", async (t) => {
	const reversal = entry("12.50", "DBIT").replace("<Sts>", "<RvslInd>true</RvslInd><Sts>");
	const { rows, summary } = await read(statement({ closing: "87.50", entries: reversal }));
	t.is(rows[0]?.amountMinor, -1250);
	t.is(rows[0]?.kind, "debit");
	t.deepEqual(summary.findings, []);
});

test("balances that the entries do not explain are a finding and no error", async (t) => {
	const { rows, summary } = await read(statement({ closing: "112.51" }));
	t.is(rows.length, 1);
	t.deepEqual(
		summary.findings.map(({ code }) => code),
		["control-total"],
	);
	t.regex(summary.findings[0]?.message ?? "", /bank\.xml:\d+: opening balance 100\.00 CNY/);
});

test("what is pending does not count, and information is no row but is told", async (t) => {
	const entries = entry("12.50") + entry("1.00", "CRDT", "PDNG") + entry("7.00", "CRDT", "INFO");
	const { rows, summary } = await read(statement({ entries }));
	t.deepEqual(
		rows.map(({ status }) => status),
		["approved", "pending"],
	);
	t.deepEqual(
		summary.findings.map(({ code }) => code),
		["no-money"],
	);
	t.deepEqual(summary.sums, { CNY: 1250 });
});

test("zeros beyond the minor unit are dropped, half a fen is an error at its line", async (t) => {
	t.is((await read(statement({ entries: entry("12.50000") }))).rows[0]?.amountMinor, 1250);
	await t.throwsAsync(read(statement({ entries: entry("12.505") })), {
		code: "STATEMENT_ROW",
		message: /^bank\.xml:7: .*12\.505/,
	});
});

test("a card number in the remittance text is masked", async (t) => {
	const text = "<AddtlNtryInf>card 4111 1111 1111 1111 ok</AddtlNtryInf>";
	const { rows } = await read(statement({ entries: entry("12.50", "CRDT", "BOOK", text) }));
	t.is(rows[0]?.text, "card ****1111 ok");
});

for (const [what, text, message] of [
	["another version", statement({ version: "14" }), /bank\.xml:2: the namespace .*001\.14/],
	["a file that was cut off", statement({}).slice(0, -30), /bank\.xml:\d+: not well-formed XML/],
	["an empty file", "", /bank\.xml:1: the file is empty/],
	[
		"a document type",
		statement({}).replace("\n<Doc", '\n<!DOCTYPE a [<!ENTITY b "c">]>\n<Doc'),
		/document type/,
	],
	["deep nesting", statement({ entries: "<a>".repeat(70) }), /nested deeper than 64/],
	["an unknown entity", statement({ entries: "&boom;" }), /not well-formed XML/],
	["no statement", statement({}).replace(/<Stmt>.*<\/Stmt>/s, ""), /holds no statement/],
	[
		"an unknown encoding",
		statement({}).replace("UTF-8", "X-NONE"),
		/encoding "X-NONE" is not known/,
	],
] as const) {
	test(`${what} is refused with a reason`, async (t) => {
		await t.throwsAsync(read(text), { code: "STATEMENT_FORMAT", message });
	});
}

for (const [what, from, to] of [
	["direction", "CRDT</CdtDbtInd>\n<Sts>", "UP</CdtDbtInd>\n<Sts>"],
	["currency", '<Ntry><Amt Ccy="CNY">', "<Ntry><Amt>"],
	["amount", '<Ntry><Amt Ccy="CNY">12.50</Amt>', "<Ntry>"],
	["date", "2026-11-20", "2026-11-31"],
	["status", "<Sts><Cd>BOOK</Cd></Sts>", ""],
] as const) {
	test(`an entry without a good ${what} is an error at its line`, async (t) => {
		const text = statement({}).replace(from, to);
		await t.throwsAsync(read(text), { code: "STATEMENT_ROW", message: /^bank\.xml:7: / });
	});
}

test("the encoding of the XML declaration is honoured", async (t) => {
	const text = statement({
		entries: entry("12.50", "CRDT", "BOOK", "<AddtlNtryInf>M\u00fcller</AddtlNtryInf>"),
	}).replace("UTF-8", "ISO-8859-1");
	const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0));
	const source = { name: "bank.xml", bytes: new Blob([bytes]).stream() };
	t.is((await collect(camt053, source)).rows[0]?.text, "Müller");
	const lying = Uint8Array.from(text.replace("ISO-8859-1", "UTF-8"), (char) => char.charCodeAt(0));
	await t.throwsAsync(collect(camt053, { name: "b", bytes: new Blob([lying]).stream() }), {
		code: "STATEMENT_FORMAT",
	});
});
