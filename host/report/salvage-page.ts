import { formatDateTime } from "../../protocol/time.ts";
import type { SalvageSummary } from "../import/salvage/summary.ts";
import { html, pageOf, tableOf } from "./page.ts";
import { fill } from "./text.ts";

/** The words of the page: those of the command, in its language. */
export interface SalvageWords {
	readonly report: Readonly<
		Record<
			| "title"
			| "terminal"
			| "epoch"
			| "records"
			| "dumps"
			| "file"
			| "bytes"
			| "segments"
			| "roots"
			| "ranges"
			| "gaps"
			| "from"
			| "to"
			| "before"
			| "after"
			| "remarks"
			| "map"
			| "made"
			| "signature"
			| "none",
			string
		>
	>;
	readonly copies: string;
	readonly proofs: string;
	readonly freed: string;
	readonly unfinished: string;
	readonly rejected: string;
	readonly nameless: string;
	readonly other: string;
	readonly ring: string;
	readonly legend: string;
}

/** The page that a technician hands over with the records. `atS` is when it was made, told in UTC. */
export function salvagePage(
	summary: SalvageSummary,
	words: SalvageWords,
	language: string,
	atS: number,
): string {
	const { report } = words;
	const { terminal, epoch, records, dumps, ranges, gaps } = summary;
	const none = `<p>${html(report.none)}</p>`;
	const lost = gaps.map(({ from, to, chainBefore, chainAfter }) => {
		return [from, to, chainBefore ?? "?", chainAfter ?? "?"];
	});
	const parts = [
		tableOf([report.terminal, report.epoch, report.records], [[terminal, epoch, records]]),
		`<h2>${html(report.dumps)}</h2>`,
		tableOf(
			[report.file, report.bytes, report.segments, report.roots],
			dumps.map((dump) => [dump.name, dump.bytes, dump.segments, dump.roots]),
		),
		`<h2>${html(report.ranges)}</h2>`,
		ranges.length === 0
			? none
			: tableOf(
					[report.from, report.to],
					ranges.map(({ from, to }) => [from, to]),
				),
		`<h2>${html(report.gaps)}</h2>`,
		lost.length === 0
			? none
			: `<div class="lost">${tableOf([report.from, report.to, report.before, report.after], lost)}</div>`,
		`<h2>${html(report.remarks)}</h2>`,
		`<ul>${remarks(summary, words)
			.map((line) => `<li>${html(line)}</li>`)
			.join("\n")}</ul>`,
		`<h2>${html(report.map)}</h2>`,
		`<pre>${html(mapText(summary, words))}</pre>`,
		`<p>${html(fill(report.made, { time: `${formatDateTime(atS, 0)} UTC` }))}</p>`,
		`<p class="sign">${html(report.signature)}</p>`,
	];
	return pageOf(`${report.title}: ${terminal}.${epoch}`, language, parts.join("\n"));
}

function remarks(summary: SalvageSummary, words: SalvageWords): readonly string[] {
	const { copies, proofs, freed, unfinished, rejected, nameless, lives } = summary;
	return [
		fill(words.copies, copies),
		fill(words.proofs, proofs),
		...freed.map((range) => fill(words.freed, { ...range })),
		...(unfinished ? [fill(words.unfinished, { ...unfinished })] : []),
		...(rejected.count > 0
			? [fill(words.rejected, { count: rejected.count, ...rejected.reasons })]
			: []),
		...(nameless > 0 ? [fill(words.nameless, { count: nameless })] : []),
		...lives.slice(1).map((life) => fill(words.other, { ...life })),
	];
}

function mapText({ map }: SalvageSummary, words: SalvageWords): string {
	const rows = map.map(
		({ dump, ring, blocks }) => `${fill(words.ring, { dump, ring })}\n${blocks}`,
	);
	return [...rows, words.legend].join("\n");
}
