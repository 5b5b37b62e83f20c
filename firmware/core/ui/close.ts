import { isLifted } from "../day/blocker.ts";
import type { Blocker, CloseScope, Remedy } from "../part.ts";
import type { Key, Screen, ScreenLine } from "../port.ts";
import { fill } from "../text/fill.ts";
import { closed } from "./closed.ts";
import { HoldView } from "./hold.ts";
import { managerView } from "./manager.ts";
import { TipsView } from "./tips.ts";
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

/** Closing a shift or a day: the blockers by name with the way out of the first, or the close itself. */
export class CloseView implements View {
	readonly #scope: CloseScope;

	constructor(scope: CloseScope) {
		this.#scope = scope;
	}

	render(context: ViewContext): Screen {
		const { text, language } = context;
		const { left, open } = this.#blockers(context);
		const what = text.close[this.#scope];
		const title = this.#scope === "shift" ? text.close.shiftTitle : text.close.dayTitle;
		const cancel = { key: "cancel", label: text.keys.cancel } as const;
		const [first] = left;
		if (first === undefined) {
			const softKeys = [{ key: "ok" as const, label: text.keys.ok }, cancel];
			return {
				name: "close-ready",
				title,
				lines: [
					plain(
						fill(open > 0 ? text.close.confirmOpen : text.close.confirm, { what, count: open }),
					),
				],
				softKeys,
				language,
			};
		}
		const [remedy] = first.remedies;
		const lines: ScreenLine[] = [marked(fill(text.close.refused, { what }))];
		for (const blocker of left) lines.push(marked(`! ${blockerLine(context, blocker)}`));
		if (remedy !== undefined) lines.push(plain(text.remedy[remedy]));
		const [, second] = first.remedies;
		if (second !== undefined) lines.push(plain(alsoLine(context, first, second)));
		const softKeys: Screen["softKeys"] = [
			{ key: "ok", label: text.keys.ok },
			cancel,
			{ key: "menu", label: text.keys.override },
		];
		return { name: "close-refused", title, lines, softKeys, tone: "alarm", language };
	}

	press(context: ViewContext, key: Key): Move {
		if (key === "cancel") return "home";
		const [first] = this.#blockers(context).left;
		if (first === undefined) return key === "ok" ? this.#close(context) : "stay";
		if (key === "menu") return override(this.#scope);
		if (key === "ok") return this.#remedy(context, first, first.remedies[0]);
		// The other way out, where it is one that the terminal can go by itself.
		const isSecond = key === "2" && first.remedies[1] === "retryReversal";
		return isSecond ? this.#remedy(context, first, "retryReversal") : "stay";
	}

	/** What still stands in the way, and how much a person has said to leave open. */
	#blockers({ core, commands }: ViewContext): {
		readonly left: readonly Blocker[];
		readonly open: number;
	} {
		const standing = commands.blockers(this.#scope);
		const left = standing.filter((blocker) => !isLifted(core.state, blocker));
		return { left, open: standing.length - left.length };
	}

	#close(context: ViewContext): Move {
		return closed(context, this.#scope, context.commands.close(this.#scope, operatorOf(context)));
	}

	#remedy(context: ViewContext, { subject }: Blocker, remedy: Remedy | undefined): Move {
		const { commands } = context;
		if (remedy === "settle" || remedy === "enquireSettlement" || remedy === "continueUpload") {
			commands.settle("operator");
			return "home";
		}
		if (remedy === "decideTip") return new TipsView();
		if (remedy === "finishHold" && subject !== null) return new HoldView(subject);
		if (remedy === "giveUp" && subject !== null) return writeOff(subject);
		const isAsked = remedy === "enquireOutcome" || remedy === "deliver";
		if (isAsked && subject !== null) commands.enquire(subject);
		if (remedy === "retryReversal" && subject !== null) commands.retryReversal(subject);
		return remedy === "confirmPrint" ? "home" : "stay";
	}
}

/** What else may be done about a blocker, besides the first way. */
function alsoLine({ core, text }: ViewContext, { subject }: Blocker, remedy: Remedy): string {
	const open = core.state.open.find(({ transaction }) => transaction === subject);
	return fill(text.also[remedy], { trace: named(open?.trace ?? null, subject ?? 0) });
}

/** A manager writes off a sale that was approved off line and whose money the acquirer refused. */
function writeOff(transaction: number): View {
	return managerView({
		screen: "write-off-reason",
		reasons: ({ writeOff: reasons }) => reasons,
		onApproved: (context, by, reason) => {
			context.commands.giveUp(transaction, by, reason);
			return "home";
		},
	});
}

/** A manager closes in spite of blockers. */
function override(scope: CloseScope): View {
	return managerView({
		screen: "override-reason",
		reasons: ({ reason }) => reason,
		onApproved: (context, by, reason) =>
			closed(context, scope, context.commands.closeWithExceptions(scope, by, reason)),
	});
}

function blockerLine(
	context: ViewContext,
	{ type, subject, count, amountMinor, remedies }: Blocker,
): string {
	const { core, text } = context;
	const hold = core.state.holds.find(({ transaction }) => transaction === subject);
	const trace = named(hold?.trace ?? null, subject ?? 0);
	const words = remedies[0] === "giveUp" ? text.blocker.unpaid : text.blocker[type];
	return fill(words, { count, trace, amount: money(context, amountMinor) });
}
