import { CloseoutError } from "../../../protocol/error.ts";
import { missingForXs } from "../../emulator/engine/build-worker.ts";
import { LARGE_BYTES, measureStart, RING_BYTES, type StartCost } from "../aged-start.ts";
import { inFolder } from "../folder.ts";
import type { Row, Section } from "../section.ts";

const sizes = [1_000, 10_000, 100_000] as const;
const media = [
	{ name: "a ring that turns", journalBytes: RING_BYTES },
	{ name: "media that hold them all", journalBytes: LARGE_BYTES },
] as const;
const ends = [
	{ name: "shut down in order", isClosed: true },
	{ name: "after the power went", isClosed: false },
] as const;

export const section: Section = {
	name: "start",
	about: "what a start costs on XS after 1,000, 10,000 and 100,000 records",
	async *run(say) {
		const missing = missingForXs();
		if (missing !== undefined) throw new CloseoutError("ENGINE", `no XS here: ${missing}`);
		for (const { name: on, journalBytes } of media) {
			for (const { name: end, isClosed } of ends) {
				let young: StartCost | undefined;
				for (const records of sizes) {
					const aged = { records, journalBytes, isClosed };
					const cost = await inFolder((folder) => measureStart(folder, aged));
					young ??= cost;
					say(`${cost.records} records, ${on}, ${end}`);
					yield* rowsOf(cost, young, `${on}, ${end}`);
				}
			}
		}
	},
};

function rowsOf(cost: StartCost, young: StartCost, how: string): readonly Row[] {
	const what = `start after ${cost.records} records, ${how}`;
	const peerName = `the same after ${young.records} records`;
	const note = "equally far from the last checkpoint";
	return [
		{ what, unit: "bytes read", ours: cost.readBytes, peerName, peer: young.readBytes },
		{ what, unit: "computrons", ours: cost.computrons, peerName, peer: young.computrons, note },
	];
}
