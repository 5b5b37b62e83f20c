import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { sha256 } from "../../../host/digest.ts";
import { openStore } from "../../../host/store/store.ts";
import { toHex } from "../../../protocol/bytes.ts";
import { type ListRow, listPageHashes, listRows, netMinor } from "../../../protocol/list-hash.ts";
import {
	formatHeadSeal,
	formatListSeal,
	type ListSeal,
	SEAL_ROOT_DIGITS,
} from "../../../protocol/paper-seal.ts";
import { decodeRecord } from "../../../protocol/record.ts";
import { enrolInStore } from "../../_helper/enrol.ts";
import { FakeJournal } from "../../_helper/fake-terminal.ts";
import { testHostKey } from "../../_helper/head-keys.ts";
import { appendHead, appendKey, terminalKey } from "../../_helper/signed-journal.ts";
import { emptyFolder, runIn } from "./_run.ts";

const terminal = "till-0001";
const stream = { terminal, epoch: 1 };

/** A host that holds a day with a signed head; `held` keeps the records behind it back. */
async function signedFolder(t: ExecutionContext, held = Number.POSITIVE_INFINITY) {
	const folder = await emptyFolder(t);
	const store = await openStore({
		location: { sqlite: join(folder, "host.db") },
		nowS: () => 1_795_305_600,
	});
	await enrolInStore(store, terminal);
	const journal = new FakeJournal(terminal, 1);
	appendKey(journal);
	journal.wholeDay(20261121, 4);
	const head = appendHead(journal);
	const last = Math.min(held, journal.last);
	await store.commitDeliveries([{ type: "batch", ...stream, body: journal.batch(1, last) }]);
	await store.advanceHeads(stream, testHostKey);
	await store.close();
	const run = (...args: readonly string[]) => runIn(folder, [...args, "--data", folder]);
	return { folder, run, journal, head };
}

function rowsOf(journal: FakeJournal): readonly ListRow[] {
	const records = journal.entries.map((entry) => [entry.sequence, decodeRecord(entry)] as const);
	return [...listRows(records, 1, journal.last)];
}

function sealOf(journal: FakeJournal, rows: readonly ListRow[], head: number): ListSeal {
	const body = decodeRecord(journal.entries[head - 1] ?? { kind: 0, payload: new Uint8Array() });
	const root = body.kind === "signedHead" ? toHex(body.body.root).slice(0, SEAL_ROOT_DIGITS) : "";
	return {
		...stream,
		...{ subject: 2, first: 2, last: journal.last, currency: "CNY" },
		rowCount: rows.length,
		netMinor: rows.reduce((sum, row) => sum + netMinor(row.type, row.amountMinor), 0),
		hash: toHex(listPageHashes(rows, sha256).at(-1) ?? new Uint8Array()),
		head: { size: head - 1, root },
	};
}

test("a head is shown as a note that verifies against the host and by its key alone", async (t) => {
	const { folder, run, head } = await signedFolder(t);
	const shown = await run("head", "show", "--terminal", terminal);
	t.is(shown.code, 0);
	t.regex(shown.out, /^closeout\/shop\/till-0001\/1\n\d+\n.{44}\nchain .{44}\n\n— closeout\/shop/);
	const key = /terminal's key: (.*)\n/.exec(shown.err)?.[1] ?? "";
	await writeFile(join(folder, "till.note"), shown.out);
	const whole = await run("head", "verify", join(folder, "till.note"));
	t.deepEqual([whole.code, whole.err], [0, ""]);
	t.is(
		whole.out,
		`closeout/shop/till-0001/1: records 1 to ${head - 1}\nsignature: right\nrecords: the same root\nright\n`,
	);
	const alone = await emptyFolder(t);
	const offLine = await runIn(alone, ["head", "verify", join(folder, "till.note"), "--key", key]);
	t.is(offLine.code, 0);
	t.regex(offLine.out, /signature: right\nrecords: none to compare with\nright/);
	const json = JSON.parse((await run("head", "show", "--terminal", terminal, "--json")).out);
	t.like(json, { terminal, epoch: 1, record: head, size: head - 1, note: shown.out });
});

test("a changed head is not right, a text that is none is refused", async (t) => {
	const { run } = await signedFolder(t);
	const { note } = JSON.parse((await run("head", "show", "--terminal", terminal, "--json")).out);
	const changed = note.replace(/\n(\d+)\n/, (_: string, size: string) => `\n${Number(size) - 1}\n`);
	const wrong = await run("head", "verify", "--text", changed);
	t.is(wrong.code, 1);
	t.regex(wrong.out, /signature: WRONG\nrecords: DIFFERENT\nNOT RIGHT/);
	t.is((await run("head", "verify", "--text", "hello")).code, 65);
	t.is((await run("head", "verify")).code, 64);
	t.is((await run("head", "verify", "--text", note, "--key", "x")).code, 64);
	t.is((await run("head", "show", "--terminal", "till-0009")).code, 66);
});

test("the QR code of a status slip is a head", async (t) => {
	const { run, journal, head } = await signedFolder(t);
	const decoded = decodeRecord(journal.entries[head - 1] ?? t.fail());
	if (decoded.kind !== "signedHead") return t.fail();
	const text = formatHeadSeal({ tenant: "shop", ...stream, ...decoded.body });
	const grouped = text.replace(/.{7}/g, "$& ");
	t.like(JSON.parse((await run("head", "verify", "--text", grouped, "--json")).out), {
		signature: "right",
		records: "same",
		right: true,
	});
});

test("a paper list is the same, or differs and says in what", async (t) => {
	const { run, journal, head } = await signedFolder(t);
	const rows = rowsOf(journal);
	const same = await run(
		"list",
		"check",
		formatListSeal(sealOf(journal, rows, head), terminalKey.sign),
	);
	t.deepEqual([same.code, same.err], [0, ""]);
	t.regex(
		same.out,
		/the same list: 4 rows, CNY 40\.00\nsignature: right\nhead on the paper: the same/,
	);
	const [first, second, ...rest] = rows;
	if (first === undefined || second === undefined) return t.fail();
	const short = sealOf(journal, [first, ...rest], head);
	const cut = await run("list", "check", formatListSeal(short, terminalKey.sign));
	t.is(cut.code, 1);
	t.regex(cut.out, /A DIFFERENT LIST: 3 rows, CNY 30\.00 on paper; 4 rows, CNY 40\.00 here/);
	t.true(cut.out.includes(`not on the paper: the row of record ${second.sequence}\n`));
	const raised = { ...sealOf(journal, rows, head), netMinor: 9_000 };
	const signed = formatListSeal(sealOf(journal, rows, head), terminalKey.sign);
	const forged = formatListSeal(raised).replace(/-$/, signed.slice(signed.lastIndexOf(":") + 1));
	const wrong = await run("list", "check", forged, "--json");
	t.is(wrong.code, 1);
	t.like(JSON.parse(wrong.out), { verdict: "differs", signature: "wrong", notOnPaper: null });
	t.is((await run("list", "check", "https://example.org")).code, 65);
});

test("a list that the host has not got yet cannot be compared", async (t) => {
	const { run, journal, head } = await signedFolder(t, 8);
	const text = formatListSeal(sealOf(journal, rowsOf(journal), head), terminalKey.sign);
	const checked = await run("list", "check", text, "--json");
	t.is(checked.code, 1);
	t.like(JSON.parse(checked.out), {
		verdict: "incomplete",
		missing: [{ from: 9, to: journal.last }],
		head: "unknown",
	});
});
