import { formatDateTime } from "../../../protocol/time.ts";
import { blocker } from "../day/blocker.ts";
import type { FinishWay } from "../part.ts";
import type { Key, Screen, ScreenLine } from "../port.ts";
import { fill } from "../text/fill.ts";
import { managerView } from "./manager.ts";
import { MessageView } from "./message.ts";
import {
	type Move,
	marked,
	money,
	named,
	operatorOf,
	plain,
	type View,
	type ViewContext,
} from "./view.ts";

/** One pre-authorisation, and what the operator decides about it before the close. */
export class HoldView implements View {
	readonly #transaction: number;

	constructor(transaction: number) {
		this.#transaction = transaction;
	}

	render(context: ViewContext): Screen {
		const { core, text, language } = context;
		const { hold: words, keys } = text;
		const hold = core.state.holds.find(({ transaction }) => transaction === this.#transaction);
		const lines: ScreenLine[] = [];
		if (hold !== undefined) {
			const { trace, transaction, amountMinor, expiryS } = hold;
			const amount = money(context, amountMinor);
			lines.push(plain(fill(words.what, { trace: named(trace, transaction), amount })));
			if (expiryS !== null) lines.push(expiryLine(context, expiryS));
		}
		lines.push(...[words.complete, words.cancel, words.leave, words.giveUp].map(plain));
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: keys.cancel }];
		return { name: "hold", title: words.title, lines, softKeys, language };
	}

	press(context: ViewContext, key: Key): Move {
		const transaction = this.#transaction;
		const { core, commands, text } = context;
		const hold = core.state.holds.find((other) => other.transaction === transaction);
		if (key === "cancel" || hold === undefined) return "back";
		if (key === "1") return this.#finish(context, "complete");
		if (key === "2") return this.#finish(context, "cancel");
		if (key === "3") {
			const standing = blocker("openPreAuthorisation", transaction, 1, hold.amountMinor);
			commands.override(standing, operatorOf(context), text.hold.left);
			return "back";
		}
		if (key !== "4") return "stay";
		return managerView({
			screen: "hold-reason",
			reasons: (words) => words.hold.reason,
			onApproved: (inside, by, reason) => {
				inside.commands.giveUp(transaction, by, reason);
				return "home";
			},
		});
	}

	#finish({ commands, text }: ViewContext, way: FinishWay): Move {
		commands.finishHold(this.#transaction, way);
		return new MessageView("hold-asked", text.hold.title, text.hold.asked);
	}
}

function expiryLine({ core, text }: ViewContext, expiryS: number): ScreenLine {
	const { wallS, zoneMinutes } = core.stamp();
	const time = formatDateTime(expiryS, zoneMinutes).slice(0, 16);
	const lapsed = core.state.clockTrusted && wallS >= expiryS;
	return marked(fill(lapsed ? text.hold.expired : text.hold.expiry, { time }));
}
