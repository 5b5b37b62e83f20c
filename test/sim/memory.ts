/**
 * How much memory a terminal needs: a day of many sales, settled, printed and closed, with the core compiled and
 * preloaded by the Moddable SDK in an engine whose memory does not grow. Where it is too small, the engine ends and
 * the day with it.
 *
 *     MODDABLE=… node test/sim/memory.ts [--sales N] [--slots N] [--chunks BYTES] [--stack N] [--json] [--build]
 *
 * What lives beside the core on a terminal (network, TLS, screen) is not in it; the frames that carry the ports to
 * this process are.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { CloseoutError } from "../../protocol/error.ts";
import { openShop } from "../bench/long-day.ts";
import { heapOf, measureDay } from "../bench/sale-day.ts";
import { buildSdkWorker, type FixedMemory, sdkWorker } from "./_worker.ts";

/** A slot takes 16 bytes on a terminal of 32 bits. */
const DEVICE_SLOT_BYTES = 16;

/** What a day of 500 sales is known to need no more than. */
const enough: FixedMemory = { slots: 12_288, chunkBytes: 196_608, stackSlots: 1_024 };

export interface MemoryReport extends FixedMemory {
	readonly sales: number;
	/** Slots and stack at the size of a terminal, chunks as they are here: an upper bound for a terminal. */
	readonly deviceBytes: number;
	/** Alive when the terminal first had nothing to do, and at most between sales, in bytes of a terminal. */
	readonly loadedBytes: number;
	readonly aliveBytesMost: number;
}

/** Throws `ENGINE` when the memory is too small. */
export async function liveInMemory(
	memory: FixedMemory,
	sales: number,
	say: (remark: string) => void,
): Promise<MemoryReport> {
	const dataDir = mkdtempSync(join(tmpdir(), "closeout-memory-"));
	try {
		const shop = await openShop({ engine: sdkWorker(memory), dataDir });
		try {
			const loaded = await heapOf(shop);
			const { heapMost } = await measureDay(shop, { sales, loaded, say });
			const { slots, stackSlots, chunkBytes } = memory;
			const deviceBytes = (slots + stackSlots) * DEVICE_SLOT_BYTES + chunkBytes;
			const alive = { loadedBytes: loaded, aliveBytesMost: loaded + heapMost };
			return { ...memory, sales, deviceBytes, ...alive };
		} finally {
			await shop.close();
		}
	} finally {
		rmSync(dataDir, { recursive: true, force: true });
	}
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			sales: { type: "string", default: "5000" },
			slots: { type: "string", default: `${enough.slots}` },
			chunks: { type: "string", default: `${enough.chunkBytes}` },
			stack: { type: "string", default: `${enough.stackSlots}` },
			json: { type: "boolean", default: false },
			build: { type: "boolean", default: false },
		},
	});
	try {
		const memory: FixedMemory = {
			slots: whole("--slots", values.slots),
			chunkBytes: whole("--chunks", values.chunks),
			stackSlots: whole("--stack", values.stack),
		};
		if (values.build) await buildSdkWorker();
		const say = (remark: string) => console.error(remark);
		const report = await liveInMemory(memory, whole("--sales", values.sales), say);
		console.log(values.json ? JSON.stringify(report) : lineOf(report));
	} catch (error) {
		if (!(error instanceof CloseoutError)) throw error;
		console.error(error.message);
		process.exitCode = error.code === "USAGE" ? 64 : 1;
	}
}

function whole(name: string, text: string): number {
	const value = Number(text);
	if (Number.isSafeInteger(value) && value > 0) return value;
	throw new CloseoutError("USAGE", `${name} ${text} is not a whole number above 0`);
}

function lineOf(report: MemoryReport): string {
	const { sales, slots, chunkBytes, stackSlots, deviceBytes, loadedBytes, aliveBytesMost } = report;
	return `${sales} sales in ${slots} slots, ${chunkBytes} bytes of chunks and a stack of ${stackSlots}: ${deviceBytes} bytes on a terminal; alive ${loadedBytes} at first and ${aliveBytesMost} at most`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
