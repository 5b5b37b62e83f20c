import { minuteOfDay } from "../../protocol/time.ts";
import type { Severity } from "./watch.ts";

/** Whom to tell of something that has lasted for so long, as long as nobody has acknowledged it. */
export interface LadderStep {
	readonly afterMinutes: number;
	/** Names of channels. */
	readonly channels: readonly string[];
	/** All severities when left out. */
	readonly severities?: readonly Severity[];
}

/** Hours in which nobody is told; a step that falls into them is told at their end. Minutes of the day, local. */
export interface QuietHours {
	readonly fromMinute: number;
	/** Before `fromMinute` when the hours go over midnight. */
	readonly untilMinute: number;
	/** What is told at any hour. */
	readonly except: readonly Severity[];
}

/** An alert as far as the ladder asks. Times are seconds since 1970. */
export interface Climbing {
	readonly severity: Severity;
	readonly firstS: number;
	readonly isEnded: boolean;
	readonly isAcknowledged: boolean;
}

/** Steps of the ladder that are due now, by their place in it, those already told included. */
export function dueSteps(
	ladder: readonly LadderStep[],
	alert: Climbing,
	{
		nowS,
		zoneMinutes,
		quiet,
	}: {
		readonly nowS: number;
		readonly zoneMinutes: number;
		readonly quiet: QuietHours | undefined;
	},
): readonly number[] {
	if (alert.isEnded || alert.isAcknowledged) return [];
	const { severity, firstS } = alert;
	const isQuiet =
		quiet !== undefined && !quiet.except.includes(severity) && isWithin(quiet, nowS, zoneMinutes);
	if (isQuiet) return [];
	return [...ladder.keys()].filter((place) => {
		const step = ladder[place];
		if (step === undefined || nowS - firstS < step.afterMinutes * 60) return false;
		return step.severities === undefined || step.severities.includes(severity);
	});
}

function isWithin(
	{ fromMinute, untilMinute }: QuietHours,
	nowS: number,
	zoneMinutes: number,
): boolean {
	const minute = minuteOfDay(nowS, zoneMinutes);
	if (fromMinute <= untilMinute) return minute >= fromMinute && minute < untilMinute;
	return minute >= fromMinute || minute < untilMinute;
}
