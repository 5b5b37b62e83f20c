import { REMINDER_SNOOZES_MAX } from "../../../protocol/limits.ts";
import { minuteOfDay } from "../../../protocol/time.ts";
import { oldestUnsettledS } from "../day/catch-up.ts";
import { type RefusalKey, refusals } from "../day/refusal.ts";
import type { Notice } from "../part.ts";
import type { Key, Screen, ScreenLine } from "../port.ts";
import { unsettledTotals } from "../state/totals.ts";
import { fill } from "../text/fill.ts";
import { marked, money, operatorOf, plain, refusalText, strong, type ViewContext } from "./view.ts";

/** One notice as a screen. Its name is `notice-` and the type, so that tools need not read the language. */
export function drawNotice(context: ViewContext, notice: Notice): Screen {
	const { text, language } = context;
	const { title, lines, tone, softKeys } = body(context, notice);
	const keys = softKeys ?? [{ key: "cancel" as const, label: text.keys.cancel }];
	return { name: `notice-${notice.type}`, title, lines, softKeys: keys, tone, language };
}

/** Does what a key means on a notice. Keys that mean nothing there are left alone. */
export function answerNotice(context: ViewContext, notice: Notice, key: Key): void {
	const { commands } = context;
	if (notice.type === "reminder" && notice.reminder !== "journalFilling") {
		if (key === "ok") commands.settle("operator");
		else if (key === "cancel" && notice.snoozesLeft > 0) commands.snooze(notice.reminder);
	} else if (notice.type === "printer" && notice.problem === "unconfirmed") {
		if (key === "ok") commands.confirmPrint(notice.debt, operatorOf(context), true);
		else if (key === "cancel") commands.confirmPrint(notice.debt, operatorOf(context), false);
	} else if (notice.type === "duplicate") {
		if (key === "ok" || key === "cancel")
			commands.answerDuplicate(key === "ok", operatorOf(context));
	} else if (key === "ok" || key === "cancel") {
		context.dismiss(notice);
	}
}

const DAY_MINUTES = 1_440;
/** Reminders of the shift's end begin this long before it. */
const SHIFT_END_SOON_MINUTES = 30;

function refusalLine(
	{ language }: ViewContext,
	{ code, reason }: Extract<Notice, { type: "refused" }>,
): string {
	return isRefusalKey(code) ? refusalText(language, code) : reason;
}

function isRefusalKey(code: string): code is RefusalKey {
	return Object.hasOwn(refusals, code);
}

interface Body {
	readonly title: string;
	readonly lines: readonly ScreenLine[];
	readonly tone: NonNullable<Screen["tone"]>;
	readonly softKeys?: Screen["softKeys"];
}

function body(context: ViewContext, notice: Notice): Body {
	switch (notice.type) {
		case "transaction":
			return transactionBody(context, notice);
		case "duplicate":
			return duplicateBody(context, notice);
		case "refused":
			return {
				title: context.text.refused.title,
				lines: [strong(refusalLine(context, notice))],
				tone: "alarm",
			};
		case "reminder":
			return reminderBody(context, notice);
		case "settlement":
			return settlementBody(context, notice);
		case "settled":
			return settledBody(context, notice);
		case "printer":
			return printerBody(context, notice);
		case "recovered":
			return recoveredBody(context, notice);
		case "storageFault":
			return storageFaultBody(context, notice);
		case "check":
			return checkBody(context, notice);
		case "otherImage":
			return otherImageBody(context, notice);
	}
}

function transactionBody(
	context: ViewContext,
	notice: Extract<Notice, { type: "transaction" }>,
): Body {
	const word = context.text.transaction[notice.phase];
	const lines = [strong(money(context, notice.amountMinor)), marked(word)];
	const fine = notice.phase === "approved" || notice.phase === "reversed";
	const tone = fine ? "ok" : notice.phase === "inFlight" ? "attention" : "alarm";
	return { title: word, lines, tone };
}

function reminderBody(context: ViewContext, notice: Extract<Notice, { type: "reminder" }>): Body {
	const { text } = context;
	if (notice.reminder === "journalFilling") return journalFillingBody(context);
	const { count, amountMinor } = unsettledTotals(context.core.state);
	const amount = money(context, amountMinor);
	const lines = [
		strong(reminderLine(context, notice)),
		plain(fill(text.reminder.unsettledNow, { count, amount })),
	];
	const later = `${text.keys.later} ${notice.snoozesLeft}/${REMINDER_SNOOZES_MAX}`;
	const softKeys: Screen["softKeys"] = [
		{ key: "ok", label: text.keys.settle },
		...(notice.snoozesLeft > 0 ? [{ key: "cancel" as const, label: later }] : []),
	];
	return { title: text.reminder.title, lines, tone: "attention", softKeys };
}

function journalFillingBody({ text, standing }: ViewContext): Body {
	const { heldPercent: percent, heldBy } = standing();
	const lines = [strong(fill(text.filling.percent, { percent })), plain(text.filling[heldBy])];
	return { title: text.filling.title, lines, tone: "attention" };
}

/** Steps of a ladder mean nothing to staff: what they read is how long, from now. */
function reminderLine(
	{ core, text }: ViewContext,
	{ reminder, step }: Extract<Notice, { type: "reminder" }>,
): string {
	const { wallS, zoneMinutes } = core.stamp();
	if (reminder === "yesterday") return text.reminder.yesterday;
	if (reminder === "unsettled") {
		const oldestS = oldestUnsettledS(core.state) ?? wallS;
		return fill(text.reminder.unsettled, { hours: Math.floor((wallS - oldestS) / 3600) });
	}
	if (reminder === "automaticSettlement") {
		// The step of this reminder is the minute at which its window begins.
		const minutes = Math.max(0, Math.ceil((step * 60 - wallS) / 60));
		return fill(text.reminder.automaticSettlement, { minutes });
	}
	const left = core.configuration.shiftEndMinute - minuteOfDay(wallS, zoneMinutes);
	const minutes = (left + DAY_MINUTES) % DAY_MINUTES;
	return minutes > 0 && minutes <= SHIFT_END_SOON_MINUTES
		? fill(text.reminder.shiftEnd, { minutes })
		: text.reminder.shiftOver;
}

function duplicateBody(
	context: ViewContext,
	{ amountMinor, lastFour, wallS }: Extract<Notice, { type: "duplicate" }>,
): Body {
	const words = context.text.duplicate;
	const agoS = Math.max(0, context.core.stamp().wallS - wallS);
	const minutes = Math.ceil(agoS / 60);
	const lines = [
		strong(money(context, amountMinor)),
		marked(fill(words.same, { lastFour, minutes })),
		plain(words.question),
	];
	const softKeys: Screen["softKeys"] = [
		{ key: "ok", label: words.charge },
		{ key: "cancel", label: words.refuse },
	];
	return { title: words.title, lines, tone: "alarm", softKeys };
}

function settlementBody(
	{ text }: ViewContext,
	notice: Extract<Notice, { type: "settlement" }>,
): Body {
	const { phase, done, total } = notice;
	const line = fill(text.settlement[phase], { done, total });
	return { title: text.settlement.title, lines: [strong(line)], tone: "attention", softKeys: [] };
}

function settledBody({ text }: ViewContext, notice: Extract<Notice, { type: "settled" }>): Body {
	const line = text.settlement[notice.verdict];
	const tone = notice.verdict === "agreed" ? "ok" : "alarm";
	return { title: text.settlement.title, lines: [strong(line)], tone };
}

function recoveredBody(
	{ text }: ViewContext,
	notice: Extract<Notice, { type: "recovered" }>,
): Body {
	const { tornBytes: torn, kept } = notice;
	const lines = [plain(fill(text.recovered.text, { torn, kept }))];
	return { title: text.recovered.title, lines, tone: "attention" };
}

function otherImageBody(
	{ text }: ViewContext,
	{ last, cosigned }: Extract<Notice, { type: "otherImage" }>,
): Body {
	const lines = [strong(fill(text.otherImage.text, { last, cosigned }))];
	return { title: text.otherImage.title, lines, tone: "alarm" };
}

function storageFaultBody(
	{ text }: ViewContext,
	{ kept }: Extract<Notice, { type: "storageFault" }>,
): Body {
	const { title, lost, again } = text.storageFault;
	return { title, lines: [strong(lost), plain(fill(again, { kept }))], tone: "alarm" };
}

function checkBody({ text }: ViewContext, notice: Extract<Notice, { type: "check" }>): Body {
	const { findings, repaired, lost } = notice;
	const lines = findings > 0 ? [plain(fill(text.check.found, { findings, repaired }))] : [];
	for (const { from, to } of lost) lines.push(marked(fill(text.check.lost, { from, to })));
	const isService = lost.length > 0 || repaired < findings;
	if (isService) lines.push(strong(text.check.service));
	return { title: text.check.title, lines, tone: isService ? "alarm" : "attention" };
}

function printerBody({ text }: ViewContext, notice: Extract<Notice, { type: "printer" }>): Body {
	const line = text.printer[notice.problem];
	if (notice.problem !== "unconfirmed") {
		return {
			title: text.printer.title,
			lines: [strong(line), plain(text.printer.continues)],
			tone: "alarm",
		};
	}
	const softKeys: Screen["softKeys"] = [
		{ key: "ok", label: text.keys.yes },
		{ key: "cancel", label: text.keys.no },
	];
	return { title: text.printer.title, lines: [strong(line)], tone: "attention", softKeys };
}
