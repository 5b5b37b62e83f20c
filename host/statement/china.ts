import { CloseoutError } from "../../protocol/error.ts";
import { type Moment, parseLocalMoment } from "./moment.ts";
import { CHINA_ZONE } from "./zone.ts";

/** Currency of bills whose columns do not name one. */
export const CHINA_CURRENCY = "CNY";

/** A local time of China, with full-width colons as well. Throws `SCHEMA`. */
export function chinaMoment(text: string): Moment {
	return parseLocalMoment(text.replaceAll("：", ":"), CHINA_ZONE);
}

/** The number in a sentence such as `收入合计：18笔，共14989.00元`. Throws `SCHEMA`. */
export function numberAfter(text: string, pattern: RegExp): string {
	const found = pattern.exec(text)?.[1];
	if (found !== undefined) return found;
	throw new CloseoutError("SCHEMA", `"${text}" does not have the number it should have`);
}
