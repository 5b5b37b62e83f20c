/**
 * A shop's day on the firmware as the Moddable SDK builds it, in the SDK's simulator: enrols with a running host
 * through Mosquitto, sells through a payment application over TCP, is refused at closing, settles, prints on a TCP
 * printer, loses its power in the middle of a print, and in the end the host has everything.
 *
 *     MODDABLE=… node test/sim/day-in-simulator.ts [--tls] [--pictures FOLDER] [--build]
 *
 * Needs beside the SDK: Xvfb, xdotool, ImageMagick, Mosquitto and OpenSSL.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Screen } from "../../firmware/core/port.ts";
import { buildTarget, findTarget } from "../../manifests/build.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { type DayReport, Shop } from "./_shop.ts";

const AMOUNTS = [1_280, 4_500, 990, 12_000, 3_350];

export interface DayOptions {
	readonly tls: boolean;
	/** Pictures of the screens are left here. */
	readonly pictures?: string;
	readonly tell: (line: string) => void;
}

/** Lives the day. Throws `ENGINE` with what was on the screen at the first thing that is not as it should be. */
export async function liveDay(options: DayOptions): Promise<DayReport> {
	const shop = await Shop.open(options);
	try {
		return await day(shop, options);
	} finally {
		await shop.close();
	}
}

async function day(shop: Shop, { tell }: DayOptions): Promise<DayReport> {
	await shop.powerOn();
	await shop.enrol();
	tell("enrolled");
	await shop.picture("1-home");
	await openShift(shop);
	tell("shift open");
	for (const amount of AMOUNTS.slice(0, 3)) await shop.sell(amount);
	tell("3 sales approved and recorded");
	await shop.press("menu", "3");
	const refusal = await shop.until("the refusal to close", named("close-refused"));
	await shop.picture("2-close-refused");
	tell(`closing is refused: ${refusal.lines.map(({ text }) => text).join(" / ")}`);
	for (const amount of AMOUNTS.slice(3)) await shop.sell(amount);
	const linesBefore = shop.printer.length;
	await shop.home();
	await shop.press("ok");
	await shop.untilPaper(linesBefore + 5);
	await shop.powerOff();
	tell(`killed while the printer works, ${shop.printer.length - linesBefore} lines into it`);
	await shop.powerOn();
	await shop.until("a screen after the power cut", () => true);
	await shop.picture("3-after-power-cut");
	await shop.untilHomeSays(shop.text.home.nothingUnsettled);
	tell("settled, and everything owed is on paper");
	tell(`a technician has pulled ${await shop.pullOverCable()} records over the cable`);
	await closeShiftAndDay(shop);
	tell("shift and day closed");
	await shop.powerOff();
	const report = await shop.report();
	tell(`the host has a signed head over ${await shop.signedHead()} records`);
	tell(JSON.stringify(report));
	return report;
}

/** Comes back when the host has been reached since. */
export async function closeShiftAndDay(shop: Shop): Promise<void> {
	for (const scope of ["3", "4"] as const) {
		await shop.press("menu", scope);
		await shop.until("the question before a close", named("close-ready"));
		await shop.press("ok");
		await shop.picture(scope === "3" ? "4-shift-closed" : "5-day-closed");
		await shop.home();
	}
	await shop.untilHomeSays(shop.text.home.online);
}

export async function openShift(shop: Shop): Promise<void> {
	await shop.press("menu", "1");
	await shop.until("the question for the operator", named("open-shift"));
	await shop.press("0", "1", "ok");
}

function named(name: string): (screen: Screen) => boolean {
	return (screen) => screen.name === name;
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			tls: { type: "boolean", default: false },
			build: { type: "boolean", default: false },
			pictures: { type: "string" },
		},
	});
	const { tls, build, pictures } = values;
	if (build) await buildTarget(findTarget("simulator"));
	const tell = (line: string) => console.error(line);
	try {
		await liveDay({ tls, tell, ...(pictures === undefined ? {} : { pictures }) });
	} catch (error) {
		if (!(error instanceof CloseoutError)) throw error;
		console.error(error.message);
		process.exitCode = error.code === "USAGE" ? 64 : 1;
	}
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
