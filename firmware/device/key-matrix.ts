import type { Key } from "../core/port.ts";

/** A line that is driven: 1 selects its row, 0 leaves it alone. */
export interface RowLine {
	write(level: 0 | 1): void;
}

/** A line that is read: 1 while a key of the selected row is down on it. */
export interface ColumnLine {
	read(): number;
}

export interface KeyMatrixOptions {
	readonly rows: readonly RowLine[];
	readonly columns: readonly ColumnLine[];
	/** One key a crossing, row by row; null where there is none. */
	readonly keys: readonly (readonly (Key | null)[])[];
}

/**
 * A keypad of wires in rows and columns. A key counts when two scans in a row see it alone: contacts bounce, and
 * with several keys down a matrix without diodes shows ones that nobody presses.
 */
export class KeyMatrix {
	readonly #options: KeyMatrixOptions;
	#seen: Key | undefined;
	/** True when what is held down has been told, until everything is let go. */
	#isTold = false;

	constructor(options: KeyMatrixOptions) {
		this.#options = options;
		for (const row of options.rows) row.write(0);
	}

	/** Looks once over all crossings; the key that has just been pressed, or undefined. */
	scan(): Key | undefined {
		const down = this.#down();
		if (down.length === 0) this.#isTold = false;
		const [key] = down;
		const isSteady = key !== undefined && down.length === 1 && key === this.#seen;
		this.#seen = down.length === 1 ? key : undefined;
		if (!isSteady || this.#isTold) return undefined;
		this.#isTold = true;
		return key;
	}

	#down(): readonly Key[] {
		const { rows, columns, keys } = this.#options;
		const down: Key[] = [];
		for (const [rowIndex, row] of rows.entries()) {
			row.write(1);
			for (const [columnIndex, column] of columns.entries()) {
				const key = keys[rowIndex]?.[columnIndex] ?? null;
				if (column.read() === 1 && key !== null) down.push(key);
			}
			row.write(0);
		}
		return down;
	}
}
