import type { Shop } from "./_shop.ts";

/**
 * What is on the paper behind a place of the roll, line by line as a person reads it: runs of blanks are one, dates,
 * times, codes and hashes are named, because they differ from run to run.
 */
export async function linesFrom(shop: Shop, from: number): Promise<readonly string[]> {
	const paper = (await shop.paper()).slice(from);
	return paper
		.split("\n")
		.map((line) => line.trim().replace(/ +/g, " "))
		.map((line) => line.replace(/\d{4}-\d{2}-\d{2}/g, "DATE").replace(/\d{2}:\d{2}:\d{2}/g, "TIME"))
		.map((line) => line.replace(/^\[QR .*\]$/, "[QR]").replace(/^(本页校验码) .*/, "$1 HASH"))
		.filter((line) => line !== "" && !/^[-=*]+$/.test(line));
}

/** Where the roll ends now. */
export async function endOfPaper(shop: Shop): Promise<number> {
	return (await shop.paper()).length;
}
