import type { SlipItem } from "../../../protocol/slip/slip.ts";
import {
	type DocumentContext,
	endItems,
	headItems,
	localTime,
	originItems,
	type PrintDocument,
	pair,
	rule,
} from "./document.ts";

/**
 * Status slip of the terminal as it is at the moment of printing. Each one is asked for by somebody and new, so it
 * is no copy of anything.
 */
export function* statusDocument(asked: DocumentContext): PrintDocument {
	const context = { ...asked, debt: { ...asked.debt, copy: 0 } };
	const { core, identity, text, paper } = context;
	const words = text.status;
	const stamp = core.stamp();
	const { state } = core;
	const trusted = state.clockTrusted ? words.clockTrusted : words.clockNotTrusted;
	const block = [
		...headItems(context, words.title),
		...originItems(context),
		pair(words.epoch, identity.epoch === null ? words.none : String(identity.epoch)),
		rule,
		pair(words.clock, localTime(stamp)),
		pair("", trusted),
		pair(words.paper, text.paper[paper]),
		pair(words.journal, String(state.sequence)),
		...figureItems(context, stamp.zoneMinutes),
		pair(words.debts, String(state.debts.length)),
		pair(words.boot, String(state.boot)),
		...checkItems(context, stamp.zoneMinutes),
		...endItems,
	];
	yield { block, row: 1 };
}

function figureItems({ text, figures }: DocumentContext, zoneMinutes: number): readonly SlipItem[] {
	if (figures === undefined) return [];
	const words = text.status;
	const { link, usedPercent, pending, acknowledged } = figures;
	const items = [
		pair(words.used, `${usedPercent}%`),
		pair(words.link, text.link[link]),
		pair(words.pending, String(pending)),
		pair(words.acknowledged, acknowledged === null ? words.none : String(acknowledged.sequence)),
	];
	if (acknowledged === null) return items;
	return [...items, pair(words.acknowledgedAt, timeAt(acknowledged.wallS, zoneMinutes))];
}

/** When the media were last looked over, and what that found. */
function checkItems({ core, text }: DocumentContext, zoneMinutes: number): readonly SlipItem[] {
	const words = text.status;
	const { check, lost } = core.state;
	const ranges = lost.map(({ from, to }) => pair(words.lost, `${from}-${to}`));
	if (check === null) return [pair(words.check, words.none), ...ranges];
	const { wallS, findings } = check;
	const found = pair(words.findings, String(findings));
	return [pair(words.check, timeAt(wallS, zoneMinutes)), found, ...ranges];
}

function timeAt(wallS: number, zoneMinutes: number): string {
	return localTime({ wallS, zoneMinutes, boot: 0, monotonicMs: 0 });
}
