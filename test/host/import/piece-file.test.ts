import {
	appendFileSync,
	existsSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { type FilePiece, PieceFile, readPieceFile } from "../../../host/import/piece-file.ts";
import { encodeSourceMessage, type Piece } from "../../../protocol/pull.ts";
import { encodePullFrame } from "../../../protocol/pull-frame.ts";
import { FakeJournal } from "../../_helper/fake-terminal.ts";

const RECORDS_A_PIECE = 4;
const nothing = { kind: 0, flags: 0, payload: new Uint8Array(0) };

function journalOf(sales: number): FakeJournal {
	const journal = new FakeJournal("shop-0001", 3);
	for (let sale = 0; sale < sales; sale++) journal.sell();
	return journal;
}

/** The records of a journal as a terminal would send them. */
function piecesOf(journal: FakeJournal, from = 1): readonly Piece[] {
	const pieces: Piece[] = [];
	for (let at = from; at <= journal.last; at += RECORDS_A_PIECE) {
		const records = journal.entries.slice(at - 1, at - 1 + RECORDS_A_PIECE);
		pieces.push({
			type: "piece",
			body: {
				from: at,
				previousChain: journal.chainAt(at - 1),
				records: records.map(({ kind, flags, payload }) => ({ kind, flags, payload })),
				endChain: journal.chainAt(at - 1 + records.length),
			},
		});
	}
	return pieces;
}

function pathFor(t: ExecutionContext): string {
	const folder = mkdtempSync(join(tmpdir(), "closeout-pieces-"));
	t.teardown(() => rmSync(folder, { recursive: true }));
	return join(folder, "till.pieces");
}

async function write(
	path: string,
	journal: FakeJournal,
	pieces = piecesOf(journal),
): Promise<void> {
	const file = await PieceFile.open(path);
	const { terminal, epoch } = journal;
	await file.begin({ terminal, epoch, from: pieces[0]?.body.from ?? 1 });
	for (const piece of pieces) await file.append(piece);
	await file.close();
}

async function read(path: string): Promise<readonly FilePiece[]> {
	const found: FilePiece[] = [];
	for await (const piece of readPieceFile(path)) found.push(piece);
	return found;
}

async function sequences(path: string): Promise<readonly number[]> {
	return (await read(path)).flatMap(({ records }) => records.map(({ sequence }) => sequence));
}

test("what is written is read again, record by record with its chain", async (t) => {
	const path = pathFor(t);
	const journal = journalOf(9);
	await write(path, journal);
	const pieces = await read(path);
	t.deepEqual(
		pieces.flatMap(({ records }) => [...records]),
		journal.entries.map((entry) => ({ ...entry })),
	);
	t.true(pieces.every(({ terminal, epoch }) => terminal === "shop-0001" && epoch === 3));
});

test("a pull that was cut off goes on where it stopped, wherever the end was torn", async (t) => {
	const journal = journalOf(6);
	const pieces = piecesOf(journal);
	const whole = pathFor(t);
	await write(whole, journal);
	const expected = readFileSync(whole);
	const path = pathFor(t);
	for (let length = 0; length < expected.length; length += 7) {
		writeFileSync(path, expected);
		truncateSync(path, length);
		const file = await PieceFile.open(path);
		const from = file.next ?? 1;
		await file.begin({ terminal: journal.terminal, epoch: journal.epoch, from });
		for (const piece of pieces.filter((one) => one.body.from >= from)) await file.append(piece);
		await file.close();
		t.deepEqual(readFileSync(path), expected, `cut at ${length}`);
	}
});

test("nothing of a piece that does not go on from the end is written", async (t) => {
	const path = pathFor(t);
	const journal = journalOf(6);
	const [first, second, third] = piecesOf(journal);
	if (first?.type !== "piece" || second?.type !== "piece" || third === undefined)
		return t.fail("three pieces");
	await write(path, journal, [first]);
	const before = readFileSync(path);
	const { body } = second;
	const altered = body.records.map((record, index) =>
		index === 1 ? { ...record, payload: record.payload.map((byte) => byte ^ 1) } : record,
	);
	const bad: readonly Piece[] = [
		third,
		first,
		{ type: "piece", body: { ...body, records: altered } },
		{ type: "piece", body: { ...body, previousChain: new Uint8Array(32) } },
		{ type: "piece", body: { ...body, endChain: new Uint8Array(32) } },
		{ type: "piece", body: { ...body, records: [], endChain: body.previousChain } },
		{ type: "loss", body: { from: 5, to: 4, next: null, nextChain: new Uint8Array(32) } },
	];
	const file = await PieceFile.open(path);
	for (const piece of bad) await t.throwsAsync(file.append(piece), { code: "CHAIN_BROKEN" });
	t.deepEqual(readFileSync(path), before);
	await file.append(second);
	await file.close();
	t.deepEqual(await sequences(path), [1, 2, 3, 4, 5, 6, 7, 8]);
});

test("records that are destroyed on the terminal are a gap with its bounds", async (t) => {
	const path = pathFor(t);
	const journal = journalOf(6);
	const [first, , third] = piecesOf(journal);
	if (first === undefined || third === undefined) return t.fail("three pieces");
	const { kind, flags, payload } = journal.entries[7] ?? nothing;
	const loss: Piece = {
		type: "loss",
		body: { from: 5, to: 7, next: { kind, flags, payload }, nextChain: journal.chainAt(8) },
	};
	await write(path, journal, [first, loss, third]);
	t.deepEqual(await sequences(path), [1, 2, 3, 4, 8, 9, 10, 11, 12]);
	const [, gap] = await read(path);
	t.like(gap?.piece, { type: "loss", body: { from: 5, to: 7 } });
});

test("another terminal's, epoch's or range's pieces do not go into a file that has a head", async (t) => {
	const path = pathFor(t);
	const journal = journalOf(2);
	await write(path, journal);
	const before = readFileSync(path);
	const file = await PieceFile.open(path);
	const head = { terminal: "shop-0001", epoch: 3, from: 5 };
	for (const other of [{ terminal: "shop-0002" }, { epoch: 4 }, { from: 1 }, { from: 6 }])
		await t.throwsAsync(file.begin({ ...head, ...other }), { code: "REFUSED" });
	await file.begin(head);
	await file.close();
	t.deepEqual(readFileSync(path), before);
});

test("damage before the end is told and not cut off, with everything behind it", async (t) => {
	const path = pathFor(t);
	const journal = journalOf(6);
	await write(path, journal);
	const good = readFileSync(path);
	for (const at of [0, 20, 60, 400]) {
		const bytes = Buffer.from(good);
		bytes[at] = (bytes[at] ?? 0) ^ 4;
		writeFileSync(path, bytes);
		await t.throwsAsync(PieceFile.open(path), { code: "MEDIA_FORMAT" }, `byte ${at}`);
		await t.throwsAsync(read(path), { code: "MEDIA_FORMAT" }, `byte ${at}`);
		t.deepEqual(readFileSync(path), bytes);
	}
});

test("a whole frame that breaks the chain is told, and not taken for a torn end", async (t) => {
	const path = pathFor(t);
	const journal = journalOf(4);
	await write(path, journal);
	const [first] = piecesOf(journal);
	if (first?.type !== "piece") return t.fail("a piece");
	appendFileSync(path, encodePullFrame(encodeSourceMessage("piece", first.body)));
	await t.throwsAsync(PieceFile.open(path), { code: "CHAIN_BROKEN", message: /till\.pieces/ });
});

test("what is no file of pieces is refused as it stands, and a missing one is not made by reading", async (t) => {
	const path = pathFor(t);
	await t.throwsAsync(read(path), { code: "NOT_FOUND" });
	await (await PieceFile.open(path)).close();
	t.false(existsSync(path), "a pull that never began leaves no file");
	for (const text of ["x", "an ordinary text file\n".repeat(20)]) {
		writeFileSync(path, text);
		await t.throwsAsync(PieceFile.open(path), { code: "MEDIA_FORMAT" });
		t.is(readFileSync(path, "utf8"), text);
	}
	await t.throwsAsync(PieceFile.open(join(path, "no", "folder")), { code: "REFUSED" });
});
