import { formatDate, formatDateTime } from "../../../protocol/time.ts";
import { isHeldByTips } from "../day/blocker.ts";
import type { Key, Screen, ScreenLine } from "../port.ts";
import type { OpenTransaction } from "../state/state.ts";
import { fill } from "../text/fill.ts";
import { CloseView } from "./close.ts";
import { MenuView } from "./menu.ts";
import { answerNotice, drawNotice } from "./notice.ts";
import { TipsView } from "./tips.ts";
import { type Move, marked, money, plain, unsettled, type View, type ViewContext } from "./view.ts";

/** The resting screen: what stands open, or the most urgent notice in its place. */
export class HomeView implements View {
	render(context: ViewContext): Screen {
		const [notice] = context.notices;
		return notice === undefined ? drawHome(context) : drawNotice(context, notice);
	}

	press(context: ViewContext, key: Key): Move {
		const [notice] = context.notices;
		if (key === "menu") return new MenuView();
		if (notice !== undefined) answerNotice(context, notice, key);
		if (notice !== undefined || key !== "ok") return "stay";
		const { batch, settlement } = context.core.state;
		if (settlement === null && batch.groups.length === 0) return new CloseView("shift");
		if (isHeldByTips(context.core.state)) return new TipsView();
		context.commands.settle("operator");
		return "stay";
	}
}

function drawHome(context: ViewContext): Screen {
	const { core, text, language } = context;
	const { day, shift, debts, open, tips, holds, carried, reminders } = core.state;
	const { wallS, zoneMinutes } = core.stamp();
	const lines: ScreenLine[] = [plain(formatDateTime(wallS, zoneMinutes).slice(0, 16))];
	if (day !== null) lines.push(plain(fill(text.home.day, { date: formatDate(day.businessDate) })));
	const shiftText =
		shift && fill(text.home.shift, { shift: shift.shift, operator: shift.operator });
	lines.push(plain(shiftText ?? text.home.closed));
	const { count, amountMinor } = unsettled(context);
	const amount = money(context, amountMinor);
	lines.push(
		plain(count === 0 ? text.home.nothingUnsettled : fill(text.home.unsettled, { count, amount })),
	);
	const { supplements } = core.state;
	if (supplements.count > 0) {
		const entered = money(context, supplements.amountMinor);
		lines.push(plain(fill(text.home.supplements, { count: supplements.count, amount: entered })));
	}
	const ofPhase = (wanted: OpenTransaction["phase"]) =>
		open.filter(({ phase }) => phase === wanted).length;
	const counted: readonly (readonly [words: string, count: number])[] = [
		[text.home.unknown, ofPhase("unknown")],
		[text.home.reversing, ofPhase("reversing")],
		[text.home.refunds, ofPhase("late")],
		[text.home.unpaid, ofPhase("unpaid")],
		[text.home.offlineSales, ofPhase("offline")],
		[text.home.tips, tips.length],
		[text.home.holds, holds.length],
		[text.home.prints, debts.length],
		[text.home.carried, carried.length],
	];
	for (const [words, many] of counted) {
		if (many > 0) lines.push(marked(fill(words, { count: many })));
	}
	if (reminders.some(({ reminder }) => reminder === "journalFilling")) {
		const { heldPercent: percent } = context.standing();
		lines.push(marked(fill(text.home.filling, { percent })));
	}
	lines.push(marked(hostLine(context)));
	return {
		name: "home",
		title: core.configuration.merchantName,
		lines,
		softKeys: [
			{ key: "ok", label: count === 0 ? text.close.shift : text.keys.settle },
			{ key: "menu", label: text.keys.menu },
			{ key: "language", label: text.keys.language },
		],
		language,
	};
}

function hostLine(context: ViewContext): string {
	const { text } = context;
	const { online, frozen, pending } = context.standing();
	if (frozen) return text.home.frozen;
	if (!online) return fill(text.home.offline, { count: pending });
	return pending === 0 ? text.home.online : fill(text.home.pending, { count: pending });
}
