import { formatAmount } from "../../../protocol/money.ts";
import { formatDate, formatDateTime, isDate } from "../../../protocol/time.ts";
import { type Criteria, type Found, noCriteria } from "../day/search.ts";
import type { Key, Screen, ScreenLine } from "../port.ts";
import { fill } from "../text/fill.ts";
import { reprint } from "./copy.ts";
import {
	input,
	type Move,
	marked,
	plain,
	sixDigits,
	typed,
	type View,
	type ViewContext,
} from "./view.ts";

const fields = ["date", "amountMinor", "trace", "orderDigits", "lastFour"] as const;
type Field = (typeof fields)[number];
const digitsMax: Readonly<Record<Field, number>> = Object.freeze({
	date: 8,
	amountMinor: 12,
	trace: 6,
	orderDigits: 12,
	lastFour: 4,
});

/** Looks for slips by what is known of them: any of five facts, together. */
export class SearchView implements View {
	#criteria: Criteria = noCriteria;

	render({ text, core, language }: ViewContext): Screen {
		const words = text.search;
		const { currency } = core.configuration;
		const lines = fields.map((field, index) =>
			plain(`${index + 1} ${words.field[field]} ${shown(field, this.#criteria, currency)}`),
		);
		const softKeys: Screen["softKeys"] = [
			{ key: "ok", label: words.search },
			{ key: "cancel", label: text.keys.cancel },
		];
		return { name: "search", title: words.title, lines, softKeys, language };
	}

	press(context: ViewContext, key: Key): Move {
		if (key === "cancel") return "back";
		if (key === "ok") {
			context.search.begin(this.#criteria);
			return new FoundView();
		}
		const field = fields[Number(key) - 1];
		if (field === undefined) return "stay";
		return new FieldView(field, (value) => {
			this.#criteria = { ...this.#criteria, [field]: value };
		});
	}
}

/** Takes one fact; nothing typed means that it is not known. */
class FieldView implements View {
	readonly #field: Field;
	readonly #take: (value: number | string | null) => void;
	#digits = "";
	#isWrong = false;

	constructor(field: Field, take: (value: number | string | null) => void) {
		this.#field = field;
		this.#take = take;
	}

	render({ text, core, language }: ViewContext): Screen {
		const words = text.search;
		const { currency } = core.configuration;
		const isAmount = this.#field === "amountMinor";
		const digits = isAmount ? formatAmount(Number(this.#digits), currency) : this.#digits || "_";
		const lines: ScreenLine[] = [plain(words.prompt[this.#field]), input(digits)];
		if (this.#isWrong) lines.push(marked(words.wrong));
		const softKeys: Screen["softKeys"] = [
			{ key: "ok", label: text.keys.ok },
			{ key: "cancel", label: text.keys.cancel },
		];
		return { name: "search-field", title: words.title, lines, softKeys, language };
	}

	press(_context: ViewContext, key: Key): Move {
		if (key === "cancel") return "back";
		if (key !== "ok") {
			this.#isWrong = false;
			this.#digits = typed(this.#digits, key, digitsMax[this.#field]) ?? this.#digits;
			return "stay";
		}
		const field = this.#field;
		const digits = this.#digits;
		const isText = field === "orderDigits" || field === "lastFour";
		this.#isWrong =
			digits !== "" &&
			((field === "date" && !isDate(Number(digits))) ||
				(field === "lastFour" && digits.length !== 4));
		if (this.#isWrong) return "stay";
		this.#take(digits === "" ? null : isText ? digits : Number(digits));
		return "back";
	}
}

/** The hits, newest first; a digit prints a copy, and there may be older ones. */
class FoundView implements View {
	render(context: ViewContext): Screen {
		const { search, text, language } = context;
		const words = text.search;
		const lines = search.page.map((found, index) => plain(line(context, found, index + 1)));
		if (search.isReading) lines.push(plain(words.reading));
		else if (lines.length === 0) lines.push(marked(words.nothing));
		const more = !search.isReading && search.hasMore;
		const softKeys: Screen["softKeys"] = [
			{ key: "cancel", label: text.keys.cancel },
			...(more ? [{ key: "down" as const, label: words.older }] : []),
		];
		return { name: "search-found", title: words.title, lines, softKeys, language };
	}

	press(context: ViewContext, key: Key): Move {
		const { search } = context;
		if (key === "cancel") return "back";
		if (key === "down" && !search.isReading) search.more();
		const found = search.page[Number(key) - 1];
		return found === undefined ? "stay" : reprint(context, "slip", found.subject);
	}
}

function shown(field: Field, criteria: Criteria, currency: string): string {
	const value = criteria[field];
	if (value === null) return "-";
	if (field === "date") return formatDate(Number(value));
	if (field === "amountMinor") return formatAmount(Number(value), currency);
	return field === "trace" ? sixDigits(Number(value)) : String(value);
}

/** `1 11-21 09:05 000417 **0042 28.00`, with a word where it is no approved sale. */
function line({ core, text }: ViewContext, found: Found, number: number): string {
	const { wallS, zoneMinutes, trace, lastFour, amountMinor, standing, type } = found;
	const time = formatDateTime(wallS, zoneMinutes).slice(5, 16);
	const card = lastFour === null ? "" : ` **${lastFour}`;
	const amount = formatAmount(amountMinor, core.configuration.currency);
	const named = trace === null ? `#${found.subject}` : sixDigits(trace);
	const isPlain = type === "sale" && standing === "approved";
	const words = text.search;
	const kind = standing === "approved" ? words.type[type] : words.standing[standing];
	const what = isPlain ? "" : ` ${kind}`;
	return fill(words.line, { number, time, named, card, amount, what });
}
