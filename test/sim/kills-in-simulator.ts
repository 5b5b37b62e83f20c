/**
 * A shop's day in the SDK's simulator that is killed again and again, at moments drawn from a seed: while it starts, sells,
 * settles and prints its list. After each kill the media of the journal must be whole and hold everything that was
 * confirmed so far; in the end host and terminal must have the same, each sale once.
 *
 *     MODDABLE=… node test/sim/kills-in-simulator.ts [--kills N] [--seed S] [--tls] [--json] [--build]
 *
 * Needs what `day-in-simulator.ts` needs.
 */
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildTarget, findTarget } from "../../manifests/build.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { Random } from "../_helper/random.ts";
import { type DayReport, Shop } from "./_shop.ts";
import { closeShiftAndDay, openShift } from "./day-in-simulator.ts";

/** A terminal lives so long: some are cut while they start, most while they work. */
const START_MS = 1_500;
const LIFE_MS = 6_000;
/** One life in so many ends while it starts; in one of so many the cashier settles. */
const STARTS_ONE_IN = 5;
const SETTLES_ONE_IN = 2;
const AMOUNT_MAX = 100_000;
const BETWEEN_SALES_MS = 400;

export interface KillsOptions {
	readonly kills: number;
	readonly seed: number;
	readonly tls: boolean;
	readonly tell: (line: string) => void;
}

export interface KillsReport extends DayReport {
	readonly kills: number;
	readonly seed: number;
	/** Kills that came while a settlement was asked for or its list printed. */
	readonly whileSettling: number;
}

/** Throws `ENGINE` at the first thing that is not as it should be, with seed and kill. */
export async function liveThroughKills(options: KillsOptions): Promise<KillsReport> {
	const shop = await Shop.open(options);
	try {
		return await killed(shop, options);
	} finally {
		await shop.close();
	}
}

async function killed(shop: Shop, { kills, seed, tell }: KillsOptions): Promise<KillsReport> {
	const dice = new Random(seed);
	await shop.powerOn();
	await shop.enrol();
	await openShift(shop);
	let whileSettling = 0;
	let last = 0;
	for (let kill = 1; kill <= kills; kill++) {
		if (kill > 1) await shop.powerOn();
		const isSettling = await liveAndDie(shop, dice);
		if (isSettling) whileSettling += 1;
		try {
			const image = await shop.verifyMedia();
			if (image.last < last)
				throw new CloseoutError("ENGINE", `${last} records became ${image.last}`);
			last = image.last;
		} catch (cause) {
			const message = `seed ${seed}, kill ${kill}: ${String(cause)}; the media are in ${shop.keepMedia()}`;
			throw new CloseoutError("ENGINE", message, { cause });
		}
		tell(`kill ${kill} of ${kills}: ${last} records whole${isSettling ? ", while settling" : ""}`);
	}
	await shop.powerOn();
	await shop.untilSalesAreKnown();
	await shop.home();
	await shop.press("ok");
	await shop.untilHomeSays(shop.text.home.nothingUnsettled);
	await closeShiftAndDay(shop);
	await shop.powerOff();
	return { kills, seed, whileSettling, ...(await shop.report()) };
}

/** One life of the terminal, until its power goes. True when somebody had asked for a settlement. */
async function liveAndDie(shop: Shop, dice: Random): Promise<boolean> {
	const isShort = dice.below(STARTS_ONE_IN) === 0;
	const lifeMs = isShort ? dice.below(START_MS) : START_MS + dice.below(LIFE_MS);
	const isSettling = !isShort && dice.below(SETTLES_ONE_IN) === 0;
	const work = Promise.allSettled([
		sellOn(shop, dice.fork()),
		...(isSettling ? [settle(shop)] : []),
	]);
	await pause(lifeMs);
	await shop.powerOff();
	const [sold, settled] = await work;
	if (sold.status === "rejected") throw sold.reason;
	return settled?.status === "fulfilled" && settled.value === true;
}

async function sellOn(shop: Shop, dice: Random): Promise<void> {
	while (shop.isOn) {
		await shop.trySale(1 + dice.below(AMOUNT_MAX));
		await pause(dice.below(BETWEEN_SALES_MS));
	}
}

/** The power may go before the key is reached: then nobody has settled. */
async function settle(shop: Shop): Promise<boolean> {
	await shop.home();
	await shop.press("ok");
	return true;
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			kills: { type: "string", default: "100" },
			seed: { type: "string", default: "1" },
			tls: { type: "boolean", default: false },
			json: { type: "boolean", default: false },
			build: { type: "boolean", default: false },
		},
	});
	const kills = whole("--kills", values.kills, 1);
	const seed = whole("--seed", values.seed, 0);
	if (values.build) await buildTarget(findTarget("simulator"));
	try {
		const tell = (line: string) => console.error(line);
		const report = await liveThroughKills({ kills, seed, tls: values.tls, tell });
		console.log(values.json ? JSON.stringify(report) : lineOf(report));
	} catch (error) {
		if (!(error instanceof CloseoutError)) throw error;
		console.error(error.message);
		process.exitCode = error.code === "USAGE" ? 64 : 1;
	}
}

function whole(name: string, text: string, min: number): number {
	const value = Number(text);
	if (Number.isSafeInteger(value) && value >= min) return value;
	throw new CloseoutError("USAGE", `${name} ${text} is not a whole number from ${min}`);
}

function lineOf({ kills, seed, whileSettling, torn, records, approved }: KillsReport): string {
	return `${kills} kills with seed ${seed}, ${whileSettling} while settling, ${torn} with a write cut off: ${records} records and ${approved} approved sales, on the terminal and on the host, none lost, none doubled`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
