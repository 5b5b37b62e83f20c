/**
 * Two books of card sales by formula, the same in TypeScript and in SQL, so that every contender makes its own rows
 * and nothing has to be copied. Of each 1,000 sales one is missing left, one missing right, one there twice left,
 * one twice right, one has another amount and one another reference, at places that the seed decides.
 */
export interface BookOptions {
	/** Sales; a multiple of `BLOCK`. */
	readonly rows: number;
	/** Both books in no order at all, instead of journals in order and an acquirer's batches in no order. */
	readonly shuffled: boolean;
	readonly seed: number;
}

/** What was planted, by kind; keys, not rows. */
export interface Counts {
	readonly missingLeft: number;
	readonly missingRight: number;
	readonly twiceLeft: number;
	readonly twiceRight: number;
	readonly amount: number;
	readonly reference: number;
}

export const countNames = [
	"missingLeft",
	"missingRight",
	"twiceLeft",
	"twiceRight",
	"amount",
	"reference",
] as const;

/** Sales of one terminal, and of one batch of the acquirer. */
const TERMINAL = 1_000;
const BLOCK = 50;
/** A prime above every number of rows, so that steps of it visit each place once. */
const STEP = 67_867_967;

/** Classes of a sale that something happens to; the others agree. */
const NOT_LEFT = 0;
const NOT_RIGHT = 1;
const TWICE_LEFT = 2;
const TWICE_RIGHT = 3;
const OTHER_AMOUNT = 4;
const OTHER_REFERENCE = 5;

export interface BookRow {
	terminal: number;
	trace: number;
	amountMinor: number;
	reference: number;
}

function classOf(sale: number, seed: number): number {
	return ((sale * 48_271 + seed) % 2_147_483_647) % 1_000;
}

export function plantedCounts({ rows, seed }: BookOptions): Counts {
	const classes = new Array<number>(1_000).fill(0);
	for (let sale = 0; sale < rows; sale++) {
		const found = classOf(sale, seed);
		classes[found] = (classes[found] ?? 0) + 1;
	}
	const [missingLeft, missingRight, twiceLeft, twiceRight, amount, reference] = classes.map(Number);
	return {
		missingLeft: missingLeft ?? 0,
		missingRight: missingRight ?? 0,
		twiceLeft: twiceLeft ?? 0,
		twiceRight: twiceRight ?? 0,
		amount: amount ?? 0,
		reference: reference ?? 0,
	};
}

/** Gives each row of a book to `take`, which must not keep it. */
export function eachRow(
	side: "left" | "right",
	{ rows, shuffled, seed }: BookOptions,
	take: (row: BookRow) => void,
): void {
	const row: BookRow = { terminal: 0, trace: 0, amountMinor: 0, reference: 0 };
	const isLeft = side === "left";
	const [absent, twice] = isLeft ? [NOT_LEFT, TWICE_LEFT] : [NOT_RIGHT, TWICE_RIGHT];
	for (let place = 0; place < rows; place++) {
		let sale = place;
		if (shuffled) sale = (place * STEP + (isLeft ? 1 : 2)) % rows;
		else if (!isLeft) {
			const block = Math.floor(place / BLOCK);
			sale = ((block * STEP) % (rows / BLOCK)) * BLOCK + (place % BLOCK);
		}
		const kind = classOf(sale, seed);
		if (kind === absent) continue;
		row.terminal = Math.floor(sale / TERMINAL);
		row.trace = sale % TERMINAL;
		row.amountMinor = 100 + ((sale * 7_919) % 99_991);
		row.reference = 100_000_000_000 + sale * 13;
		if (!isLeft && kind === OTHER_AMOUNT) row.amountMinor += 1;
		if (!isLeft && kind === OTHER_REFERENCE) row.reference += 1;
		take(row);
		if (kind === twice) take(row);
	}
}

/** The same rows as a query with the columns `key`, `amount` and `reference`; `places` gives the column `j`. */
export function bookQuery(
	side: "left" | "right",
	{ rows, shuffled, seed }: BookOptions,
	places: string,
): string {
	const isLeft = side === "left";
	const [absent, twice] = isLeft ? [NOT_LEFT, TWICE_LEFT] : [NOT_RIGHT, TWICE_RIGHT];
	let sale = "j";
	if (shuffled) sale = `(j * ${STEP} + ${isLeft ? 1 : 2}) % ${rows}`;
	else if (!isLeft)
		sale = `(((j - j % ${BLOCK}) / ${BLOCK} * ${STEP}) % ${rows / BLOCK}) * ${BLOCK} + j % ${BLOCK}`;
	const other = (kind: number) => (isLeft ? "0" : `CASE WHEN c = ${kind} THEN 1 ELSE 0 END`);
	return `
		SELECT (s - s % ${TERMINAL}) / ${TERMINAL} * 1048576 + s % ${TERMINAL} AS key,
			100 + (s * 7919) % 99991 + ${other(OTHER_AMOUNT)} AS amount,
			100000000000 + s * 13 + ${other(OTHER_REFERENCE)} AS reference
		FROM (
			SELECT s, ((s * 48271 + ${seed}) % 2147483647) % 1000 AS c
			FROM (SELECT CAST(${sale} AS BIGINT) AS s FROM ${places}) AS sales
		) AS classed CROSS JOIN (VALUES (1), (2)) AS copies(copy)
		WHERE c <> ${absent} AND (copy = 1 OR c = ${twice})`;
}

/** All keys that do not agree, by kind, with duplicates counted apart: what the join of the product tells. */
export const equalSemantics = `
	SELECT count(*) FILTER (WHERE l.key IS NULL) AS "missingLeft",
		count(*) FILTER (WHERE r.key IS NULL) AS "missingRight",
		count(*) FILTER (WHERE l.n > 1) AS "twiceLeft",
		count(*) FILTER (WHERE r.n > 1) AS "twiceRight",
		count(*) FILTER (WHERE l.n = 1 AND r.n = 1 AND l.amount <> r.amount) AS "amount",
		count(*) FILTER (WHERE l.n = 1 AND r.n = 1 AND l.reference <> r.reference) AS "reference"
	FROM (
		SELECT key, count(*) AS n, min(amount) AS amount, min(reference) AS reference FROM l GROUP BY key
	) AS l FULL OUTER JOIN (
		SELECT key, count(*) AS n, min(amount) AS amount, min(reference) AS reference FROM r GROUP BY key
	) AS r ON l.key = r.key`;

/** A full outer join and nothing else: it sees neither duplicates nor what kind a difference is. */
export const bareJoin = `
	SELECT count(*) AS different FROM l FULL OUTER JOIN r ON l.key = r.key
	WHERE l.amount IS DISTINCT FROM r.amount OR l.reference IS DISTINCT FROM r.reference`;
