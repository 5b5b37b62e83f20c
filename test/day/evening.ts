import type { BlockerType } from "../../firmware/core/part.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { fieldOf } from "../emulator/json.ts";
import { readList } from "./list-paper.ts";
import type { SettlementWay } from "./plan.ts";
import { blockersOn } from "./screen.ts";
import type { Shop } from "./shop.ts";

/** The acts at the end of the day: the refused close, the settlement, the list, and going home. */

const MM_PER_SECOND = 90;
const DOUBT_MS = 3_000;
const NEW_ROLL_MS = 180_000;

/** Blocker types in the order in which the terminal has shown them, and whether each attempt was refused. */
export class Attempts {
	readonly shown: BlockerType[] = [];
	refused = 0;
	/** What an attempt lacked; undefined while every one named what it had to. */
	fault: string | undefined;

	/** Tries to close the shift, and goes home again. The close has to be refused because of `expected`. */
	async tryClose(shop: Shop, expected: BlockerType): Promise<void> {
		await shop.press("menu", "3");
		this.#read(shop, expected);
		await shop.press("cancel");
	}

	/** The same, and does what the screen offers for the first blocker. */
	async tryAndRemedy(shop: Shop, expected: BlockerType): Promise<void> {
		await shop.press("menu", "3");
		this.#read(shop, expected);
		await shop.press("ok");
	}

	#read(shop: Shop, expected: BlockerType): void {
		const { screen } = shop;
		const types = blockersOn(screen);
		for (const type of types) if (!this.shown.includes(type)) this.shown.push(type);
		if (types.includes(expected)) this.refused += 1;
		else this.fault ??= `the screen ${screen.name} does not name ${expected}`;
	}
}

/** Begins the settlement from the refused close and sees it to its end, whatever the acquirer does. */
export async function settle(shop: Shop, attempts: Attempts, way: SettlementWay): Promise<void> {
	const { world, machine } = shop;
	machine.parts.printer.setSpeed(MM_PER_SECOND);
	if (way === "upload") world.acquirer.plan("settle", "disagree", 1, 0);
	if (way === "enquiry") world.acquirer.plan("settle", "loseAnswer", 1, 0);
	await attempts.tryAndRemedy(shop, "unsettledBatch");
	if (way === "enquiry") {
		await world.advance(DOUBT_MS);
		await attempts.tryClose(shop, "settlementInDoubt");
	}
	if (way === "upload") {
		await shop.until("a batch upload", async () => isUploading(await shop.state("settlement")));
		await attempts.tryClose(shop, "uploadIncomplete");
	}
	await shop.until("the end of the settlement", async () => {
		return (await shop.state("settlement")) === null;
	});
}

function isUploading(settlement: unknown): boolean {
	return (
		fieldOf(settlement, "phase") === "upload" && Number(fieldOf(settlement, "uploadedCount")) > 0
	);
}

/** The paper ends within the list; with a new roll the list has to go on where it stopped. */
export async function printList(
	shop: Shop,
	attempts: Attempts,
	paperOutPermille: number,
): Promise<void> {
	const { world, machine, plan } = shop;
	const { printer } = machine.parts;
	const rowsAll = world.acquirer.books.bookings.filter(({ batch }) => batch !== null).length;
	const rowsBefore = 1 + Math.floor(((rowsAll - 1) * paperOutPermille) / 1000);
	const rowsNow = () => readList(printer.paper.entries, plan.language)?.rows.length ?? 0;
	await shop.until(`row ${rowsBefore} of the list`, () => rowsNow() >= rowsBefore);
	printer.paperOut();
	await world.advance(DOUBT_MS);
	await attempts.tryClose(shop, "printDebt");
	await world.advance(NEW_ROLL_MS);
	printer.paperIn();
	await shop.until("the end of the list", () => shop.isAtRest());
}

/** Closes the shift and then the day, each on its own. Throws `ASSERTION` when the terminal does not let it. */
export async function goHome(shop: Shop): Promise<void> {
	for (const key of ["3", "4"] as const) {
		await shop.press("menu", key);
		expectScreen(shop, "close-ready");
		await shop.press("ok");
		expectScreen(shop, "closed");
		await shop.press("ok");
	}
	await shop.until("the last acknowledgement", () => shop.isDelivered());
}

function expectScreen(shop: Shop, name: string): void {
	const { screen } = shop;
	if (screen.name === name) return;
	const text = screen.lines.map((line) => line.text).join(" / ");
	throw new CloseoutError(
		"ASSERTION",
		`the terminal shows ${screen.name} instead of ${name}: ${text}`,
	);
}
