import test from "ava";
import type { Key } from "../../../firmware/core/port.ts";
import { KeyMatrix } from "../../../firmware/device/key-matrix.ts";

const keys: readonly (readonly (Key | null)[])[] = [
	["1", "2", "ok"],
	["3", null, "cancel"],
];

/** Wires between rows and columns where keys are held down. */
function board() {
	const levels = [0, 0];
	const held: (readonly [row: number, column: number])[] = [];
	const matrix = new KeyMatrix({
		rows: levels.map((_, row) => ({
			write: (level) => {
				levels[row] = level;
			},
		})),
		columns: [0, 1, 2].map((column) => ({
			read: () => (held.some(([row, at]) => at === column && levels[row] === 1) ? 1 : 0),
		})),
		keys,
	});
	const scans = (count: number) => Array.from({ length: count }, () => matrix.scan());
	return { held, levels, scans };
}

test("each crossing is its key, told once when two scans have seen it", (t) => {
	for (const [row, line] of keys.entries()) {
		for (const [column, key] of line.entries()) {
			const { held, scans } = board();
			held.push([row, column]);
			const wanted = key === null ? undefined : key;
			t.deepEqual(scans(4), [undefined, wanted, undefined, undefined], `${row} ${column}`);
		}
	}
});

test("a contact that bounces is one press, and a key let go can be pressed again", (t) => {
	const { held, scans } = board();
	held.push([0, 0]);
	t.deepEqual(scans(1), [undefined]);
	held.pop();
	t.deepEqual(scans(1), [undefined]);
	held.push([0, 0]);
	t.deepEqual(scans(2), [undefined, "1"]);
	held.pop();
	scans(1);
	held.push([0, 0]);
	t.deepEqual(scans(3), [undefined, "1", undefined]);
});

test("two keys at a time are none, and the one that stays is told no second time", (t) => {
	const { held, levels, scans } = board();
	held.push([0, 0], [1, 2]);
	t.deepEqual(scans(4), [undefined, undefined, undefined, undefined]);
	held.pop();
	t.deepEqual(scans(2), [undefined, "1"]);
	held.push([1, 0]);
	scans(2);
	held.pop();
	t.deepEqual(scans(3), [undefined, undefined, undefined]);
	t.deepEqual(levels, [0, 0]);
});
