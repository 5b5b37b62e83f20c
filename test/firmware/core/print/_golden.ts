/** Golden files are written anew with `UPDATE_GOLDEN=1`; look at the difference before keeping it. */
import { readFileSync, writeFileSync } from "node:fs";
import type { ExecutionContext } from "ava";
import { dotsOf, paperBitmap } from "../../../emulator/paper/bitmap.ts";
import type { PaperEntry } from "../../../emulator/paper/model.ts";

const isUpdate = process.env.UPDATE_GOLDEN === "1";

/** The text of a golden file. */
export function golden(name: string, actual: string): string {
	const file = new URL(`golden/${name}`, import.meta.url);
	if (isUpdate) writeFileSync(file, actual);
	return readFileSync(file, "utf8");
}

/** Compares paper with its golden picture, dot by dot. */
export function checkPicture(
	t: ExecutionContext,
	name: string,
	paper: { readonly entries: readonly PaperEntry[]; readonly columns: number },
): void {
	const file = new URL(`golden/${name}.png`, import.meta.url);
	const png = paperBitmap(paper.entries, paper.columns * 12).png();
	if (isUpdate) writeFileSync(file, png);
	const same = JSON.stringify(dotsOf(png)) === JSON.stringify(dotsOf(readFileSync(file)));
	t.true(
		same,
		`${name}.png differs from the paper; write it with UPDATE_GOLDEN=1 and look at both`,
	);
}
