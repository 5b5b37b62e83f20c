import type { ListChoice } from "../part.ts";
import type { Key, Screen } from "../port.ts";
import { ListPeriodView, type PeriodKind } from "./list-period.ts";
import { MessageView } from "./message.ts";
import { input, type Move, operatorOf, plain, typed, type View, type ViewContext } from "./view.ts";

const OPERATOR_DIGITS_MAX = 8;

/** What can be put on paper between closes, each behind one digit. */
export class ReportsView implements View {
	render({ text, language }: ViewContext): Screen {
		const { title, interim, day, shift, batch, operator, group, test } = text.reports;
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: text.keys.cancel }];
		const lines = [interim, day, shift, batch, operator, group, test].map(plain);
		return { name: "reports", title, lines, softKeys, language };
	}

	press(context: ViewContext, key: Key): Move {
		switch (key) {
			case "1":
				context.commands.reportInterim(operatorOf(context));
				return printing(context);
			case "2":
				return pick("day", (subject) => new FormView({ ...all, subject }));
			case "3":
				return pick("shift", (subject) => new FormView({ ...all, subject }));
			case "4":
				return pick("batch", (subject) => new FormView({ ...all, subject }));
			case "5":
				return pick("day", (subject) => new OperatorView(subject));
			case "6":
				return pick("day", (subject) => new GroupView(subject));
			case "7":
				context.commands.printTest(operatorOf(context));
				return printing(context);
			default:
				return key === "cancel" ? "back" : "stay";
		}
	}
}

type Wanted = Omit<ListChoice, "isShort">;

const all = { operator: null, group: null } as const;

function pick(kind: PeriodKind, onPeriod: (subject: number) => View): View {
	return new ListPeriodView(kind, onPeriod);
}

/** Asks whose transactions are listed. */
class OperatorView implements View {
	readonly #subject: number;
	#digits = "";

	constructor(subject: number) {
		this.#subject = subject;
	}

	render({ text, language }: ViewContext): Screen {
		const { title, operatorPrompt } = text.reports;
		const lines = [plain(operatorPrompt), input(this.#digits || "_")];
		const softKeys: Screen["softKeys"] = [
			{ key: "ok", label: text.keys.ok },
			{ key: "cancel", label: text.keys.cancel },
		];
		return { name: "report-operator", title, lines, softKeys, language };
	}

	press(_context: ViewContext, key: Key): Move {
		if (key === "cancel") return "back";
		if (key === "ok" && this.#digits !== "")
			return new FormView({ subject: this.#subject, operator: this.#digits, group: null });
		this.#digits = typed(this.#digits, key, OPERATOR_DIGITS_MAX) ?? this.#digits;
		return "stay";
	}
}

const groups = ["domestic", "foreign", "wallet", "cash"] as const;

/** Asks for the scheme group that is listed. */
class GroupView implements View {
	readonly #subject: number;

	constructor(subject: number) {
		this.#subject = subject;
	}

	render({ text, language }: ViewContext): Screen {
		const { title, groupPrompt, groups: choices } = text.reports;
		const lines = [groupPrompt, ...choices].map(plain);
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: text.keys.cancel }];
		return { name: "report-group", title, lines, softKeys, language };
	}

	press(_context: ViewContext, key: Key): Move {
		if (key === "cancel") return "back";
		const group = groups[Number(key) - 1];
		if (group === undefined) return "stay";
		return new FormView({ subject: this.#subject, operator: null, group });
	}
}

/** Asks for every row or the short form, and owes the list. */
class FormView implements View {
	readonly #wanted: Wanted;

	constructor(wanted: Wanted) {
		this.#wanted = wanted;
	}

	render({ text, language }: ViewContext): Screen {
		const { title, form, full, short } = text.reports;
		const softKeys: Screen["softKeys"] = [{ key: "cancel", label: text.keys.cancel }];
		const lines = [form, full, short].map(plain);
		return { name: "report-form", title, lines, softKeys, language };
	}

	press(context: ViewContext, key: Key): Move {
		if (key === "cancel") return "back";
		if (key !== "1" && key !== "2") return "stay";
		context.commands.reportList({ ...this.#wanted, isShort: key === "2" }, operatorOf(context));
		return printing(context);
	}
}

/** Says that the paper is owed: it comes when the printer is free. */
function printing({ text }: ViewContext): View {
	return new MessageView("report-printing", text.reports.title, text.reports.printing);
}
