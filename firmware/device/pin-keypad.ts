import Digital from "embedded:io/digital";
import Timer from "timer";
import type { Key } from "../core/port.ts";
import { KeyMatrix } from "./key-matrix.ts";

export interface PinKeypadOptions {
	/** Pin numbers, as the terminal's provider has them. Rows are driven, columns are read with a pull-down. */
	readonly rows: readonly number[];
	readonly columns: readonly number[];
	readonly keys: readonly (readonly (Key | null)[])[];
	/** Is told each key once, such as the screen's `press`. */
	readonly onKey: (key: Key) => void;
}

const SCAN_MS = 20;

/** A keypad on digital pins (ECMA-419 Digital), scanned as long as the terminal runs. */
export function startPinKeypad({ rows, columns, keys, onKey }: PinKeypadOptions): void {
	const matrix = new KeyMatrix({
		rows: rows.map((pin) => new Digital({ pin, mode: Digital.Output })),
		columns: columns.map((pin) => new Digital({ pin, mode: Digital.InputPullDown })),
		keys,
	});
	Timer.repeat(() => {
		const key = matrix.scan();
		if (key !== undefined) onKey(key);
	}, SCAN_MS);
}
