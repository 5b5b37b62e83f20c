import { imageOf, readImage } from "../../protocol/media.ts";
import { sha256 } from "../_helper/digest.ts";

export interface ImageReport {
	readonly lastSequence: number;
	readonly lastChain: Uint8Array;
	/** What is wrong with it, in words; empty for an image that is whole. */
	readonly problems: readonly string[];
}

/** Verifies a storage image that was taken after an orderly end: every record of the day, from the first on. */
export function verifyImage(image: Uint8Array, terminal: string): ImageReport {
	const { root, head, records, gaps, findings, isRootInferred } = readImage(imageOf(image), sha256);
	const { terminalId, state, first } = root;
	const problems = [
		...(isRootInferred ? ["its roots are lost"] : []),
		...(state === "closed" ? [] : [`it was left ${state}, not closed in order`]),
		...(terminalId === terminal ? [] : [`it belongs to ${terminalId}`]),
		...(first.sequence === 1 ? [] : [`it begins with record ${first.sequence}`]),
		...(records === head.sequence ? [] : [`${records} of ${head.sequence} records can be read`]),
		...gaps.map(({ from, to }) => `records ${from} to ${to} are destroyed`),
		...findings.map((finding) => JSON.stringify(finding)),
	];
	return { lastSequence: head.sequence, lastChain: head.chain, problems };
}
