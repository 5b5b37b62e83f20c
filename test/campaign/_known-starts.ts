import type { OpenReport } from "../../firmware/core/journal/recovery.ts";
import type { Media } from "./_media.ts";

/** One in so many of the verdicts that are known is found once more, and must be the same. */
const ONCE_MORE_EVERY = 64;

/**
 * What became of second starts. A first start leaves the same bytes behind after many different cuts; the journal that
 * is opened on them next knows nothing but these bytes, so it is opened once for all of them.
 */
export class KnownStarts {
	readonly #verdicts = new Map<string, string | undefined>();
	/** Second starts that were made, and that were known. */
	made = 0;
	known = 0;

	/** Other ground: nothing of it is known. */
	forget(): void {
		this.#verdicts.clear();
	}

	once(media: Media, report: OpenReport, judge: () => string | undefined): string | undefined {
		const print = media.fingerprint();
		const key = print === undefined ? undefined : `${print} ${textOf(report)}`;
		if (key === undefined || !this.#verdicts.has(key)) {
			this.made += 1;
			const verdict = judge();
			if (key !== undefined) this.#verdicts.set(key, verdict);
			return verdict;
		}
		this.known += 1;
		const verdict = this.#verdicts.get(key);
		if (this.known % ONCE_MORE_EVERY !== 0) return verdict;
		const again = judge();
		return again === verdict
			? verdict
			: `two second starts from the same bytes: ${verdict}, ${again}`;
	}
}

/** What a second start is compared with. */
function textOf(report: OpenReport): string {
	const { lastSequence, firstSequence, clean, tornBytes, gaps, lastChain } = report;
	const chain = Buffer.from(lastChain).toString("base64");
	return [lastSequence, firstSequence, clean, tornBytes, gaps.length, chain].join(" ");
}
