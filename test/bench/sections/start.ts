import { join } from "node:path";
import { CloseoutError } from "../../../protocol/error.ts";
import { FRAME_OVERHEAD_BYTES } from "../../../protocol/media.ts";
import type { Shop } from "../../day/shop.ts";
import { missingForXs } from "../../emulator/engine/build-worker.ts";
import { World } from "../../emulator/world.ts";
import { inFolder } from "../folder.ts";
import { openShop, recordsOf, sellMany } from "../long-day.ts";
import type { Row, Section } from "../section.ts";

const RECORDS_PER_SALE = 5;
const sizes = [1_000, 10_000] as const;

interface Start {
	readonly records: number;
	readonly readBytes: number;
	readonly computrons: number;
	/** Bytes of all records on the media, one copy. */
	readonly journalBytes: number;
}

export const section: Section = {
	name: "start",
	about: "what a start costs after many records, beside reading the whole journal",
	async *run(say) {
		const missing = missingForXs();
		if (missing !== undefined) throw new CloseoutError("ENGINE", `no XS here: ${missing}`);
		const starts: Start[] = [];
		for (const records of sizes) {
			const start = await inFolder((folder) => measure(folder, records));
			starts.push(start);
			say(`${start.records} records`);
			yield rowOfBytes(start);
		}
		const [young, old] = starts;
		if (young !== undefined && old !== undefined) yield rowOfComputrons(young, old);
	},
};

/** Sells on Node, where it is quick, and starts the terminal on XS from what is then on its media. */
async function measure(folder: string, records: number): Promise<Start> {
	const worldDir = join(folder, "world");
	const shop = await openShop({ engine: "node", dataDir: join(folder, "host"), worldDir });
	let journalBytes = 0;
	let last = 0;
	try {
		await sellMany(shop, Math.ceil(records / RECORDS_PER_SALE));
		last = Number(await shop.state("sequence"));
		const kept = await recordsOf(shop, 1, last);
		journalBytes = kept.reduce(
			(sum, { payload }) => sum + payload.length + FRAME_OVERHEAD_BYTES,
			0,
		);
	} finally {
		await shop.close();
	}
	return { records: last, journalBytes, ...(await startAgain(shop, worldDir)) };
}

async function startAgain(shop: Shop, directory: string) {
	const world = new World({
		engine: "xs",
		core: new URL("../../emulator/boot.ts", import.meta.url),
		firmware: "closeout bench 1",
		wallMs: shop.world.timeline.wallMs,
		directory,
	});
	try {
		await world.restore();
		const machine = world.machine(shop.terminal);
		const { start, step } = machine.meter.report();
		return {
			readBytes: machine.parts.flash.readBytes,
			computrons: start.computrons + step.computrons,
		};
	} finally {
		await world.close();
	}
}

function rowOfBytes({ records, readBytes, journalBytes }: Start): Row {
	return {
		what: `read at the start after ${records} records`,
		unit: "bytes",
		ours: readBytes,
		peerName: "all records of the journal, one copy",
		peer: journalBytes,
	};
}

function rowOfComputrons(young: Start, old: Start): Row {
	return {
		what: `start to the first screen after ${old.records} records`,
		unit: "computrons",
		ours: old.computrons,
		peerName: `the same after ${young.records} records`,
		peer: young.computrons,
		note: "it depends on how full the newest segment is, not on the age of the journal",
	};
}
