import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { Journal } from "../../../firmware/core/journal/journal.ts";
import { openStore } from "../../../host/store/store.ts";
import { encodeRecord } from "../../../protocol/record.ts";
import { digest } from "../../_helper/digest.ts";
import { enrolInStore } from "../../_helper/enrol.ts";
import { FakeJournal } from "../../_helper/fake-terminal.ts";
import { journalOn } from "../../_helper/journal.ts";
import { MemoryStorage } from "../../_helper/memory-storage.ts";
import { Random } from "../../_helper/random.ts";
import { emptyFolder, runIn } from "./_run.ts";

const TERMINAL = "till-0001";
const HALF = 65_536;

/** A folder with an image of a day, the same with a hole in both rings, its rings apart, and a host that holds some. */
async function bench(t: ExecutionContext, hostHolds: number) {
	const folder = await emptyFolder(t);
	const store = await openStore({
		location: { sqlite: join(folder, "host.db") },
		nowS: () => 1_795_305_600,
	});
	const { epoch } = await enrolInStore(store, TERMINAL);
	const journal = new FakeJournal(TERMINAL, epoch);
	journal.wholeDay(20_261_120, 12);
	const body = journal.batch(1, hostHolds);
	await store.commitDeliveries([{ terminal: TERMINAL, epoch, type: "batch", body }]);
	while (!(await store.projectStream({ terminal: TERMINAL, epoch })).isDone);
	await store.close();
	const media = new MemoryStorage({ sizeBytes: 2 * HALF, sectorBytes: 512 });
	const entropy = new Random(3);
	Journal.format(media, { terminalId: TERMINAL, epoch, digest, entropy, segmentBytes: 4_096 });
	const real = journalOn(media);
	real.open();
	for (const { kind, payload } of journal.entries) real.append([{ kind, payload }]);
	real.close();
	const whole = media.image();
	const hole = whole.slice();
	for (const half of [0, HALF]) hole.fill(0x55, half + 6_000, half + 6_300);
	await writeFile(join(folder, "whole.img"), whole);
	await writeFile(join(folder, "hole.img"), hole);
	await writeFile(join(folder, "ring-1.bin"), hole.subarray(5, HALF));
	await writeFile(join(folder, "ring-2.bin"), hole.subarray(HALF + 777));
	const run = (...args: readonly string[]) => runIn(folder, args, { CLOSEOUT_DATA: folder });
	return { folder, run, journal, epoch };
}

test("dumps are recovered, compared, imported, exported and healed", async (t) => {
	const { folder, run, journal } = await bench(t, 5);
	const { last } = journal;
	const files = ["--out", "a.pieces", "--report", "a.html"];
	const recovered = await run("journal", "recover", "ring-1.bin", "ring-2.bin", ...files, "--json");
	t.is(recovered.code, 1, recovered.err);
	const told = JSON.parse(recovered.out);
	t.like(told, { whole: false, terminal: TERMINAL, first: 1, last });
	const [gap] = told.gaps;
	t.is(told.records, last - (gap.to - gap.from + 1));
	t.deepEqual([gap.chainBefore?.length, gap.nextChain?.length], [64, 64]);
	t.is(told.map.length, 2);
	const page = await readFile(join(folder, "a.html"), "utf8");
	t.regex(page, /<h1>Recovery of a payment terminal/);
	t.notRegex(page, /https?:|<script/);
	t.is((await run("journal", "recover", "ring-1.bin", "--out", "a.pieces")).code, 77);

	const imported = await run("journal", "import", "a.pieces", "--json");
	t.is(imported.code, 0, imported.err);
	t.like(JSON.parse(imported.out), { added: gap.from - 6, known: 5, watermark: gap.from - 1 });
	const again = JSON.parse((await run("journal", "import", "a.pieces", "--json")).out);
	t.deepEqual([again.added, again.aside], [0, [{ from: gap.to + 1, to: last }]]);
	const differs = await run("journal", "diff", "whole.img", `host:${TERMINAL}`);
	t.is(differs.code, 1);
	t.regex(differs.out, new RegExp(`only whole.img: records ${gap.from} to ${last}`));
	t.regex(differs.err, /closeout journal import whole\.img/);
	const behind = await run("journal", "verify", "whole.img", "--data", folder);
	t.is(behind.code, 0);
	t.regex(behind.out, /the host ends at record/);
	const fed = await run("journal", "diff", "whole.img", "--terminal", TERMINAL, "--feed", "--json");
	t.regex(fed.out, /"same":false/);
	t.is((await run("journal", "diff", "whole.img", `host:${TERMINAL}`)).code, 0);
	t.is((await run("journal", "verify", "--terminal", TERMINAL)).code, 0);
	t.is((await run("day", TERMINAL, "2026-11-20")).code, 0);

	const healed = await run("journal", "heal", "hole.img", "--out", "healed.img");
	t.is(healed.code, 0, healed.err);
	t.regex(healed.out, new RegExp(`records ${gap.from} to ${gap.to} put back`));
	t.is((await run("journal", "verify", "healed.img")).code, 0);
	t.is((await run("journal", "heal", "hole.img", "--out", "healed.img")).code, 77);
	const media = MemoryStorage.fromImage(await readFile(join(folder, "healed.img")), {
		sectorBytes: 512,
	});
	const report = journalOn(media).open();
	t.deepEqual([report.gaps.length, report.lastSequence, report.clean], [0, last, true]);
	const left = (await readdir(folder)).filter((name) => name.endsWith(".part"));
	t.deepEqual(left, []);
});

test("exports name every record, every gap and the time with its zone", async (t) => {
	const { folder, run, journal } = await bench(t, 10);
	const lines = (await run("journal", "export", "hole.img")).out.trimEnd().split("\n");
	const rows = lines.map((line) => JSON.parse(line));
	const gaps = rows.filter(({ gap }) => gap !== undefined);
	t.is(gaps.length, 1);
	t.is(rows[0].sequence, 1);
	t.regex(rows[0].time, /^2026-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/);
	t.is(rows[0].chain.length, 64);
	const csv = (await run("journal", "export", "whole.img", "--format", "csv")).out;
	t.is(csv.trimEnd().split("\r\n").length, journal.last + 1);
	const text = await run("journal", "export", "--terminal", TERMINAL, "--format", "report");
	t.regex(text.out, /^Journal of till-0001, epoch 1\nRecords 1 to 10, 10 in all/);
	const page = await run(
		"journal",
		"export",
		"whole.img",
		"--format",
		"report",
		"--out",
		"r.html",
		"--lang",
		"zh-CN",
	);
	t.is(page.code, 0, page.err);
	t.regex(await readFile(join(folder, "r.html"), "utf8"), /<html lang="zh-CN">[\s\S]*结算/);
	t.is((await run("journal", "export", "whole.img", "--format", "xml")).code, 64);
});

test("what looks like a card number never leaves in an export", async (t) => {
	const { folder, run, epoch } = await bench(t, 10);
	const media = new MemoryStorage({ sizeBytes: 2 * HALF, sectorBytes: 512 });
	const entropy = new Random(4);
	Journal.format(media, { terminalId: TERMINAL, epoch, digest, entropy, segmentBytes: 4_096 });
	const real = journalOn(media);
	real.open();
	real.append([{ kind: 99, payload: new TextEncoder().encode("4111 1111 1111 1111") }]);
	real.append([{ kind: 99, payload: new TextEncoder().encode("harmless") }]);
	await writeFile(join(folder, "card.img"), media.image());
	const { out, err } = await run("journal", "export", "card.img");
	t.false(/4111|34313131/.test(out));
	t.regex(err, /^1 texts that look like a card number were withheld\n$/);
});

test("verify names where a copy and the host part", async (t) => {
	const { folder, run, journal, epoch } = await bench(t, 20);
	const head = {
		terminal: TERMINAL,
		epoch,
		watermark: 20,
		chain: Buffer.from(journal.chainAt(20)).toString("hex"),
	};
	const heads = async (changed: object) =>
		writeFile(join(folder, "heads.json"), JSON.stringify([{ ...head, ...changed }]));
	const verify = async () => {
		const { out, code } = await run(
			"journal",
			"verify",
			"whole.img",
			"--host-heads",
			"heads.json",
			"--json",
		);
		return [code, JSON.parse(out).host];
	};
	await heads({});
	t.like(await verify(), [0, { type: "ahead", sequence: 20 }]);
	await heads({ chain: "00".repeat(32) });
	t.like(await verify(), [1, { type: "fork", sequence: 20, host: "00".repeat(32) }]);
	await heads({ watermark: journal.last + 5 });
	t.like(await verify(), [1, { type: "rollback", own: journal.last, host: journal.last + 5 }]);
	await writeFile(join(folder, "heads.json"), "[1]");
	const bad = await run("journal", "verify", "whole.img", "--host-heads", "heads.json");
	t.deepEqual([bad.code, /heads\.json: head 1/.test(bad.err)], [65, true]);
	const other = new FakeJournal(TERMINAL, epoch);
	for (const entry of journal.entries.slice(0, 15)) other.appendWire(entry);
	const stamp = { wallS: 1_795_305_600, zoneMinutes: 480, boot: 1, monotonicMs: 0 };
	const start = encodeRecord("start", stamp, { firmware: "x", clean: true, profile: "x" });
	while (other.last < 25) other.appendWire({ ...start, flags: 1 });
	const media = new MemoryStorage({ sizeBytes: 2 * HALF, sectorBytes: 512 });
	Journal.format(media, {
		terminalId: TERMINAL,
		epoch,
		digest,
		entropy: new Random(5),
		segmentBytes: 4_096,
	});
	const real = journalOn(media);
	real.open();
	for (const { kind, payload } of other.entries) real.append([{ kind, payload }]);
	await writeFile(join(folder, "fork.img"), media.image());
	const fork = await run("journal", "verify", "fork.img", "--data", folder);
	t.is(fork.code, 1);
	t.regex(fork.out, /fork: record 16 has chain [0-9a-f]{64} here and [0-9a-f]{64} on the host/);
	const imported = await run("journal", "import", "fork.img");
	t.is(imported.code, 1);
	t.regex(imported.out, /record 16 contradicts what the host holds/);
	t.is((await run("journal", "verify", "--terminal", TERMINAL)).code, 0);
});

test("several journals in one dump are named and chosen; a folder takes them all", async (t) => {
	const { folder, run } = await bench(t, 10);
	const media = new MemoryStorage({ sizeBytes: 2 * HALF, sectorBytes: 512 });
	Journal.format(media, {
		terminalId: "till-0002",
		epoch: 4,
		digest,
		entropy: new Random(6),
		segmentBytes: 4_096,
	});
	const real = journalOn(media);
	real.open();
	real.append([{ kind: 1, payload: new Uint8Array(3) }]);
	const mixed = Buffer.concat([
		Buffer.from("x"),
		media.image(),
		await readFile(join(folder, "whole.img")),
	]);
	await writeFile(join(folder, "mixed.bin"), mixed);
	const first = await run("journal", "recover", "mixed.bin");
	t.regex(first.out, /^till-0001\.1: [\s\S]*also found: till-0002\.4, 1 records/);
	const second = await run("journal", "recover", "mixed.bin", "--terminal", "till-0002");
	t.regex(second.out, /^till-0002\.4: 1 records, 1 to 1/);
	const none = await run("journal", "recover", "mixed.bin", "--epoch", "9");
	t.deepEqual([none.code, /holds till-0001\.1, till-0002\.4/.test(none.err)], [66, true]);
	t.is((await run("journal", "recover", "mixed.bin", "--out", ".")).code, 0);
	const made = (await readdir(folder)).filter((name) => name.endsWith(".pieces"));
	t.deepEqual(made.sort(), ["till-0001.1.pieces", "till-0002.4.pieces"]);
});

test("what is no journal is refused in one line", async (t) => {
	const folder = await emptyFolder(t);
	await writeFile(join(folder, "empty"), "");
	await writeFile(join(folder, "text"), "CLSG CLRT ".repeat(5_000));
	for (const name of ["empty", "text"]) {
		const { code, err, out } = await runIn(folder, [
			"journal",
			"recover",
			name,
			"--out",
			"a.pieces",
		]);
		t.deepEqual([code, out], [65, ""]);
		t.regex(err, new RegExp(`^closeout: no journal image: ${name}: .*\\[MEDIA_FORMAT\\]\\n$`));
	}
	t.is((await runIn(folder, ["journal", "recover", "missing"])).code, 66);
	t.deepEqual((await readdir(folder)).sort(), ["empty", "text"]);
});
