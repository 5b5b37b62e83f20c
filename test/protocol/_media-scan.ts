import { type ImageReport, imageOf, readImage, segmentOffset } from "../../protocol/media.ts";
import { sha256 } from "./_digest.ts";
import { journalOf } from "./_media.ts";

/** Three segments with three, four and two records, the last one not sealed. */
export const journal = journalOf([3, 4, 2]);
export const { layout } = journal;

export function read(bytes: Uint8Array): ImageReport {
	return readImage(imageOf(bytes), sha256);
}

/** Findings in a word: type, segment and offset. */
export function found({ findings }: ImageReport): string[] {
	return findings.map(({ type, segment = "-", offset }) => `${type} ${segment} ${offset}`);
}

export function at(copy: 0 | 1, number: number, offset: number): number {
	return segmentOffset(layout, copy, number) + offset;
}
