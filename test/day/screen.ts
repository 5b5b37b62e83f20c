import type { BlockerType } from "../../firmware/core/part.ts";
import type { Screen } from "../../firmware/core/port.ts";
import { screenText } from "../../firmware/core/ui/view.ts";
import { formatAmount } from "../../protocol/money.ts";
import { blockerType } from "../../protocol/record.ts";

/** Reads screens as a cashier does: by what stands there in words. */

/** True when a screen tells the cashier that this amount was approved. */
export function isApproval(screen: Screen, amountMinor: number, currency: string): boolean {
	if (screen.name !== "notice-transaction") return false;
	const { approved } = screenText(screen.language).transaction;
	const money = `${currency} ${formatAmount(amountMinor, currency)}`;
	return screen.title === approved && screen.lines.some(({ text }) => text === money);
}

/** The blockers that a refused close names, in the order in which they stand on the screen. */
export function blockersOn({ name, language, lines }: Screen): readonly BlockerType[] {
	if (name !== "close-refused") return [];
	const { blocker } = screenText(language);
	return lines
		.slice(1)
		.flatMap(({ text }) =>
			blockerType.names.filter((type) => valuesOf(text, `! ${blocker[type]}`) !== undefined),
		);
}

/** What stands in the places of a template, or undefined when the text is not made from it. */
export function valuesOf(
	text: string,
	template: string,
): Readonly<Record<string, string>> | undefined {
	const pattern = template
		.split(/(\{\w+\})/)
		.map((part) => part.replace(/^\{(\w+)\}$/, "(?<$1>.+?)"))
		.map((part) => (part.startsWith("(?<") ? part : escapePattern(part)))
		.join("");
	const match = new RegExp(`^${pattern}$`).exec(text);
	return match === null ? undefined : { ...match.groups };
}

function escapePattern(text: string): string {
	return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
