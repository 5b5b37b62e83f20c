import type { Blocker, CloseScope, Remedy } from "../part.ts";
import type { Key, Screen, ScreenLine } from "../port.ts";
import { fill } from "../text/fill.ts";
import { closed } from "./closed.ts";
import { managerView } from "./manager.ts";
import {
	type Move,
	marked,
	money,
	operatorOf,
	plain,
	sixDigits,
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
		const blockers = context.commands.blockers(this.#scope);
		const what = text.close[this.#scope];
		const title = this.#scope === "shift" ? text.close.shiftTitle : text.close.dayTitle;
		const cancel = { key: "cancel", label: text.keys.cancel } as const;
		const [first] = blockers;
		if (first === undefined) {
			const softKeys = [{ key: "ok" as const, label: text.keys.ok }, cancel];
			return {
				name: "close-ready",
				title,
				lines: [plain(fill(text.close.confirm, { what }))],
				softKeys,
				language,
			};
		}
		const [remedy] = first.remedies;
		const lines: ScreenLine[] = [marked(fill(text.close.refused, { what }))];
		for (const blocker of blockers) lines.push(marked(`! ${blockerLine(context, blocker)}`));
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
		const blockers = context.commands.blockers(this.#scope);
		const [first] = blockers;
		if (first === undefined) return key === "ok" ? this.#close(context) : "stay";
		if (key === "menu") return override(this.#scope);
		if (key === "ok") return this.#remedy(context, first, first.remedies[0]);
		// The other way out, where it is one that the terminal can go by itself.
		const isSecond = key === "2" && first.remedies[1] === "retryReversal";
		return isSecond ? this.#remedy(context, first, "retryReversal") : "stay";
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
		if (remedy === "enquireOutcome" && subject !== null) commands.enquire(subject);
		if (remedy === "retryReversal" && subject !== null) commands.retryReversal(subject);
		return remedy === "confirmPrint" ? "home" : "stay";
	}
}

/** What else may be done about a blocker, besides the first way. */
function alsoLine({ core, text }: ViewContext, { subject }: Blocker, remedy: Remedy): string {
	const open = core.state.open.find(({ transaction }) => transaction === subject);
	const trace = open?.trace ?? null;
	const named = trace === null ? `#${subject}` : sixDigits(trace);
	return fill(text.also[remedy], { trace: named });
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

function blockerLine(context: ViewContext, { type, count, amountMinor }: Blocker): string {
	return fill(context.text.blocker[type], { count, amount: money(context, amountMinor) });
}
