import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { encodeCbor } from "../../protocol/cbor.ts";
import { AgedJournal } from "../_helper/aged-journal.ts";
import { digest } from "../_helper/digest.ts";
import { FileVault } from "../emulator/files.ts";
import { Machine, type MachineSettings } from "../emulator/machine.ts";
import { Acquirer } from "../emulator/payment/acquirer.ts";
import { Flash } from "../emulator/storage.ts";
import { Timeline } from "../emulator/timeline.ts";

const EPOCH = 1;
const DAY_MS = 86_400_000;
/** Enough for 100,000 records in two copies, and a ring that turns many times with them. */
export const LARGE_BYTES = 50_331_648;
export const RING_BYTES = 2_228_224;
/** So few that the days whose ranges the state keeps are complete after a thousand records. */
const SALES_PER_DAY = 2;

export interface StartCost {
	readonly records: number;
	/** Those behind the last checkpoint. */
	readonly tailRecords: number;
	/** Bytes read from the media until the first screen. */
	readonly readBytes: number;
	readonly computrons: number;
}

export interface Aged {
	readonly records: number;
	readonly journalBytes: number;
	/** Shut down in order; else the power has gone behind the last record. */
	readonly isClosed: boolean;
}

/** What a start costs on XS with a journal of so many records. */
export async function measureStart(folder: string, aged: Aged): Promise<StartCost> {
	const { machine, records, tailRecords } = agedMachine(folder, aged);
	try {
		await machine.powerOn();
		const { start, step } = machine.meter.report();
		const { readBytes } = machine.parts.flash;
		return { records, tailRecords, readBytes, computrons: start.computrons + step.computrons };
	} finally {
		await machine.close();
	}
}

/** A terminal on XS, still off, without a network, that has kept so many records, on the next morning. */
export function agedMachine(
	folder: string,
	aged: Aged,
	damage: (storage: Flash) => void = () => {},
): {
	readonly machine: Machine;
	readonly timeline: Timeline;
	readonly records: number;
	readonly tailRecords: number;
} {
	const settings: MachineSettings = {
		id: "till-0001",
		tenant: "demo",
		seed: "aged",
		paperColumns: 32,
		zoneMinutes: 480,
		language: "en",
		journalBytes: aged.journalBytes,
	};
	const { records, tailRecords, wallMs } = makeImage(folder, settings, aged, damage);
	const timeline = new Timeline(wallMs + DAY_MS);
	const machine = new Machine({
		settings,
		engine: "xs",
		core: new URL("../emulator/boot.ts", import.meta.url),
		firmware: "closeout bench 1",
		timeline,
		acquirer: new Acquirer(),
		directory: folder,
	});
	return { machine, timeline, records, tailRecords };
}

function makeImage(
	folder: string,
	{ id, tenant }: MachineSettings,
	{ records, journalBytes, isClosed }: Aged,
	damage: (storage: Flash) => void,
) {
	mkdirSync(folder, { recursive: true });
	const storage = new Flash({ sizeBytes: journalBytes, path: join(folder, "journal.img") });
	const turning = journalBytes < LARGE_BYTES;
	try {
		const vault = new FileVault(join(folder, "vault.json"));
		vault.write("enrolment", encodeCbor([tenant, id, EPOCH, new Uint8Array(32).fill(7)]));
		const made = AgedJournal.make({
			storage,
			digest,
			terminal: id,
			epoch: EPOCH,
			records,
			salesPerDay: SALES_PER_DAY,
			turning,
			isClosed,
		});
		damage(storage);
		return made;
	} finally {
		storage.close();
	}
}
