import { joinExactly } from "../../../host/core/exact/join.ts";
import { LEFT, RIGHT } from "../../../host/core/exact/layout.ts";
import { PartitionedRows } from "../../../host/core/exact/rows.ts";
import { SpillFile } from "../../../host/match/spill.ts";
import { eachRow } from "./books.ts";
import type { ContenderOptions, Taken } from "./contender.ts";
import { median, peakBytes, timed } from "./timing.ts";

const HIGH = 0x1_0000_0000;

/** The product's exact join over the two books. */
export async function runOurs(options: ContenderOptions): Promise<Taken> {
	const keeper = new SpillFile();
	const rows = new PartitionedRows({ keeper, memoryBytes: options.memoryBytes });
	const load = await timed(() => {
		for (const side of ["left", "right"] as const) {
			let place = 0;
			eachRow(side, options, ({ terminal, trace, amountMinor, reference }) => {
				const high = Math.floor(reference / HIGH);
				rows.add(
					side === "left" ? LEFT : RIGHT,
					terminal,
					trace,
					amountMinor,
					high,
					reference - high * HIGH,
					place,
				);
				place += 1;
			});
		}
	});
	const times = [];
	let counts = emptyCounts();
	for (let round = 0; round < options.rounds; round++) {
		counts = emptyCounts();
		times.push(await timed(() => joinInto(rows, counts)));
	}
	const spilledBytes = keeper.bytes;
	keeper.close();
	return {
		load: load.cpu,
		match: median(times.map(({ cpu }) => cpu)),
		wall: median(times.map(({ wall }) => wall)),
		peakBytes: peakBytes(),
		counts,
		spilledBytes,
	};
}

function emptyCounts() {
	return { missingLeft: 0, missingRight: 0, twiceLeft: 0, twiceRight: 0, amount: 0, reference: 0 };
}

function joinInto(rows: PartitionedRows, counts: ReturnType<typeof emptyCounts>): void {
	joinExactly(rows, ({ left, right, marksDiffer }) => {
		if (left.length === 0) counts.missingLeft += 1;
		if (right.length === 0) counts.missingRight += 1;
		if (left.length > 1) counts.twiceLeft += 1;
		if (right.length > 1) counts.twiceRight += 1;
		if (left.length !== 1 || right.length !== 1) return;
		if (left[0]?.amountMinor !== right[0]?.amountMinor) counts.amount += 1;
		if (marksDiffer) counts.reference += 1;
	});
}
