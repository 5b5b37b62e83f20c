import { DatabaseSync } from "node:sqlite";
import test from "ava";
import fc from "fast-check";
import pg from "pg";
import { joinExactly } from "../../../host/core/exact/join.ts";
import { LEFT, RIGHT } from "../../../host/core/exact/layout.ts";
import { PartitionedRows, type RowsOptions } from "../../../host/core/exact/rows.ts";
import { SpillFile } from "../../../host/match/spill.ts";
import { freshPostgres, isPostgresThere } from "../../_helper/stores.ts";

interface Sale {
	readonly key: number;
	readonly amount: number;
	readonly mark: number;
}

/** What the join has to find: each key that is not one and the same row on both sides. */
interface Found {
	readonly key: number;
	readonly left: number;
	readonly right: number;
	readonly sum: number;
}

const HIGH = 0x1_0000_0000;

function join(left: readonly Sale[], right: readonly Sale[], options: RowsOptions = {}): Found[] {
	const rows = new PartitionedRows(options);
	for (const [side, sales] of [
		[LEFT, left],
		[RIGHT, right],
	] as const) {
		for (const [place, { key, amount, mark }] of sales.entries()) {
			const high = Math.floor(key / HIGH);
			rows.add(side, high, key - high * HIGH, amount, 7, mark, place);
		}
	}
	const found: Found[] = [];
	const agreed = joinExactly(rows, (exception) => {
		const places = [
			...exception.left.map(({ place }) => left[place]),
			...exception.right.map(({ place }) => right[place]),
		];
		found.push({
			key: places[0]?.key ?? -1,
			left: exception.left.length,
			right: exception.right.length,
			sum: [...exception.left, ...exception.right].reduce((sum, row) => sum + row.amountMinor, 0),
		});
	});
	const keys = new Set([...left, ...right].map(({ key }) => key));
	if (agreed + found.length !== keys.size) throw new Error("a key was told twice or not at all");
	return found.sort((a, b) => a.key - b.key);
}

/** Full outer join as a union of both sides and one grouping: runs unchanged on every database. */
const union = `
	SELECT key, SUM(l) AS l, SUM(r) AS r, SUM(amount) AS sum FROM (
		SELECT key, amount, mark, 1 AS l, 0 AS r FROM book WHERE side = 0
		UNION ALL SELECT key, amount, mark, 0, 1 FROM book WHERE side = 1
	) AS sales GROUP BY key
	HAVING SUM(l) <> 1 OR SUM(r) <> 1 OR MIN(amount) <> MAX(amount) OR MIN(mark) <> MAX(mark)
	ORDER BY key`;

function askSqlite(left: readonly Sale[], right: readonly Sale[]): Found[] {
	const database = new DatabaseSync(":memory:");
	database.exec("CREATE TABLE book (side, key, amount, mark)");
	const insert = database.prepare("INSERT INTO book VALUES (?, ?, ?, ?)");
	for (const { key, amount, mark } of left) insert.run(0, key, amount, mark);
	for (const { key, amount, mark } of right) insert.run(1, key, amount, mark);
	const rows = database.prepare(union).all();
	database.close();
	return rows.map(toFound);
}

function toFound(row: Record<string, unknown>): Found {
	return {
		key: Number(row.key),
		left: Number(row.l),
		right: Number(row.r),
		sum: Number(row.sum),
	};
}

const sales = fc.array(
	fc.record({
		// Few keys, so that they meet; some of them need both words.
		key: fc.nat(40).map((key) => (key % 2 === 0 ? key : key * HIGH + 3)),
		amount: fc.constantFrom(-100, 0, 100, 2 ** 40 + 1, -(2 ** 50)),
		mark: fc.nat(1),
	}),
	{ maxLength: 60 },
);

test("any two sets: the join and the union query in SQLite find the same", (t) => {
	fc.assert(
		fc.property(sales, sales, (left, right) => {
			t.deepEqual(join(left, right), askSqlite(left, right));
		}),
		{ numRuns: 200 },
	);
});

test("any two sets: the join and the union query in PostgreSQL find the same", async (t) => {
	if (!(await isPostgresThere())) return t.pass("no PostgreSQL here; CLOSEOUT_TEST_PG names one");
	const { location, remove } = await freshPostgres();
	const client = new pg.Client({ connectionString: location.postgres });
	await client.connect();
	t.teardown(async () => {
		await client.end();
		await remove();
	});
	await client.query("CREATE TABLE book (side int, key bigint, amount bigint, mark int)");
	await fc.assert(
		fc.asyncProperty(sales, sales, async (left, right) => {
			await client.query("TRUNCATE book");
			const columns = [left, right].flatMap((side, index) =>
				side.map((sale) => [index, sale.key, sale.amount, sale.mark]),
			);
			await client.query(
				"INSERT INTO book SELECT * FROM unnest($1::int[], $2::bigint[], $3::bigint[], $4::int[])",
				[0, 1, 2, 3].map((column) => columns.map((row) => row[column])),
			);
			const { rows } = await client.query<Record<string, unknown>>(union);
			t.deepEqual(join(left, right), rows.map(toFound));
		}),
		{ numRuns: 30 },
	);
});

function manySales(count: number, seed: number): Sale[] {
	return Array.from({ length: count }, (_, index) => ({
		key: (index * 7_919 + seed) % 100_003,
		amount: index % 977 === 0 ? index : 5,
		mark: 0,
	}));
}

test("rows beyond memory go through a file and give the same", (t) => {
	const [left, right] = [manySales(60_000, 0), manySales(60_000, 31)];
	const keeper = new SpillFile();
	const found = join(left, right, { keeper, memoryBytes: 100_000 });
	t.true(keeper.bytes > 2_000_000);
	keeper.close();
	t.deepEqual(found, join(left, right));
	t.true(found.length > 10_000);
});

test("one key for every row neither hangs nor loses one", (t) => {
	const same = Array.from({ length: 20_000 }, () => ({ key: 5, amount: 1, mark: 1 }));
	t.deepEqual(join(same, same), [{ key: 5, left: 20_000, right: 20_000, sum: 40_000 }]);
});

test("two sets that share nothing are told whole", (t) => {
	const odd = manySales(5_000, 1).map((sale) => ({ ...sale, key: sale.key * 2 + 1 }));
	const even = manySales(5_000, 1).map((sale) => ({ ...sale, key: sale.key * 2 }));
	t.is(join(odd, even).length, 10_000);
});
