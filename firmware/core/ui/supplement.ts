import { formatAmount } from "../../../protocol/money.ts";
import { businessDateAt, formatDate, isDate } from "../../../protocol/time.ts";
import { isRecordedAlready } from "../day/supplement.ts";
import type { SupplementEntry } from "../part.ts";
import type { Key, Screen, ScreenLine } from "../port.ts";
import { fill } from "../text/fill.ts";
import { managerView } from "./manager.ts";
import { MessageView } from "./message.ts";
import {
	input,
	type Move,
	marked,
	money,
	operatorOf,
	plain,
	strong,
	typed,
	type View,
	type ViewContext,
} from "./view.ts";

/** 补录: begins with where the sale was made; the newest entry of the day can be withdrawn here. */
export class SupplementView implements View {
	render({ core, text, language }: ViewContext): Screen {
		const { title, backupTerminal, byHand, withdraw } = text.supplement;
		const lines = [plain(backupTerminal), plain(byHand)];
		if (core.state.supplements.count > 0) lines.push(plain(withdraw));
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: text.keys.cancel }];
		return { name: "supplement", title, lines, softKeys, language };
	}

	press({ core }: ViewContext, key: Key): Move {
		if (key === "cancel") return "home";
		if (key === "1") return new EntryView("backupTerminal");
		if (key === "2") return new EntryView("byHand");
		return key === "3" && core.state.supplements.count > 0 ? withdrawal() : "stay";
	}
}

type Step = "method" | "amount" | "lastFour" | "trace" | "soldDate" | "confirm";
const methods = ["card", "qr", "cash"] as const;
const digitsMax = { amount: 12, lastFour: 4, trace: 6, soldDate: 8 } as const;

/** One thing a screen, as the paper of the sale has them; the last screen says all of it again. */
class EntryView implements View {
	readonly #origin: SupplementEntry["origin"];
	#method: SupplementEntry["method"] = "card";
	#typed = { amount: "", lastFour: "", trace: "", soldDate: "" };
	#step: Step = "method";
	#isWrong = false;
	#isKnown = false;

	constructor(origin: SupplementEntry["origin"]) {
		this.#origin = origin;
	}

	render(context: ViewContext): Screen {
		const { text, language } = context;
		const softKeys: Screen["softKeys"] = [
			{ key: "ok", label: text.keys.ok },
			{ key: "cancel", label: text.keys.cancel },
		];
		const name = `supplement-${this.#step}`.toLowerCase();
		return { name, title: text.supplement.title, lines: this.#lines(context), softKeys, language };
	}

	press(context: ViewContext, key: Key): Move {
		const step = this.#step;
		if (key === "cancel") return this.#back();
		if (step === "method") {
			const method = methods[Number(key) - 1];
			if (method === undefined) return "stay";
			this.#method = method;
			this.#go(context, "amount");
		} else if (step === "confirm") {
			return key === "ok" ? approvalOf(this.#entry(context)) : "stay";
		} else if (key === "ok") {
			this.#isWrong = !this.#isRight(step);
			if (!this.#isWrong) this.#go(context, this.#next(step));
		} else {
			this.#isWrong = false;
			const before = this.#typed[step];
			this.#typed = { ...this.#typed, [step]: typed(before, key, digitsMax[step]) ?? before };
		}
		return "stay";
	}

	#lines(context: ViewContext): readonly ScreenLine[] {
		const { text, core } = context;
		const words = text.supplement;
		const step = this.#step;
		if (step === "confirm") return this.#summary(context);
		if (step === "method") return [plain(words.method), ...words.methods.map(plain)];
		const digits = this.#typed[step];
		const { currency } = core.configuration;
		const shown = step === "amount" ? formatAmount(Number(digits), currency) : digits || "_";
		const lines = [plain(words[step]), input(shown)];
		if (step === "soldDate") lines.push(plain(words.today));
		if (step === "lastFour" || step === "trace") lines.push(plain(words.none));
		if (this.#isWrong) lines.push(marked(words.wrong));
		return lines;
	}

	#summary(context: ViewContext): readonly ScreenLine[] {
		const words = context.text.supplement;
		const { origin, method, amountMinor, lastFour, trace, soldDate } = this.#entry(context);
		const lines = [
			plain(words.origin[origin]),
			strong(money(context, amountMinor)),
			plain(`${words.methodNames[method]} ${lastFour === null ? "" : `**** ${lastFour}`}`.trim()),
			plain(`${formatDate(soldDate)} ${trace === null ? "" : trace}`.trim()),
		];
		if (this.#isKnown) lines.push(marked(words.known));
		return [...lines, plain(words.approve)];
	}

	#isRight(step: "amount" | "lastFour" | "trace" | "soldDate"): boolean {
		const digits = this.#typed[step];
		if (step === "amount") return Number(digits) > 0;
		if (step === "lastFour") return digits === "" || digits.length === 4;
		return step === "trace" || digits === "" || isDate(Number(digits));
	}

	#next(step: "amount" | "lastFour" | "trace" | "soldDate"): Step {
		if (step === "amount") return this.#method === "card" ? "lastFour" : "trace";
		if (step === "lastFour") return "trace";
		return step === "trace" ? "soldDate" : "confirm";
	}

	#go(context: ViewContext, step: Step): void {
		this.#step = step;
		if (step === "confirm") this.#isKnown = isRecordedAlready(context.core, this.#entry(context));
	}

	#back(): Move {
		const before: Readonly<Record<Step, Step | undefined>> = {
			method: undefined,
			amount: "method",
			lastFour: "amount",
			trace: this.#method === "card" ? "lastFour" : "amount",
			soldDate: "trace",
			confirm: "soldDate",
		};
		this.#isWrong = false;
		const step = before[this.#step];
		if (step === undefined) return "back";
		this.#step = step;
		return "stay";
	}

	#entry(context: ViewContext): SupplementEntry {
		const { wallS, zoneMinutes } = context.core.stamp();
		const { amount, lastFour, trace, soldDate } = this.#typed;
		return {
			origin: this.#origin,
			method: this.#method,
			amountMinor: Number(amount),
			soldDate: soldDate === "" ? businessDateAt(wallS, zoneMinutes, 0) : Number(soldDate),
			trace: trace === "" ? null : Number(trace),
			lastFour: this.#method === "card" && lastFour !== "" ? lastFour : null,
			operator: operatorOf(context).name,
		};
	}
}

function approvalOf(entry: SupplementEntry): View {
	return managerView({
		screen: "supplement-reason",
		reasons: ({ supplement }) => supplement.reason,
		onApproved: (context, by, reason) => {
			context.commands.supplement(entry, by, reason);
			return told(context, context.text.supplement.done, entry.amountMinor);
		},
	});
}

function withdrawal(): View {
	return managerView({
		screen: "supplement-reason",
		reasons: ({ supplement }) => supplement.withdrawReason,
		onApproved: (context, by, reason) => {
			const before = context.core.state.supplements.amountMinor;
			context.commands.withdrawSupplement(by, reason);
			const amountMinor = before - context.core.state.supplements.amountMinor;
			return told(context, context.text.supplement.withdrawn, amountMinor);
		},
	});
}

function told(context: ViewContext, template: string, amountMinor: number): View {
	const line = fill(template, { amount: money(context, amountMinor) });
	return new MessageView("supplemented", context.text.supplement.title, line);
}
