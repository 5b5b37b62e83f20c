/** `2026-11-20` from 20261120. */
export function dateText(date) {
	const digits = String(date).padStart(8, "0");
	return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}

/** Local time of the terminal: `18:05:09`. */
export function timeText(seconds, zoneMinutes) {
	return new Date((seconds + zoneMinutes * 60) * 1000).toISOString().slice(11, 19);
}

/** Time of the reader: `2026-11-20 18:05`. */
export function momentText(seconds) {
	const moment = new Date((seconds - new Date(seconds * 1000).getTimezoneOffset() * 60) * 1000);
	return moment.toISOString().slice(0, 16).replace("T", " ");
}

/** `CNY 1,234.50`; grouping is for reading only and leaves the digits as they are. */
export function moneyText({ text, currency }) {
	return `${currency} ${amountText(text)}`;
}

export function amountText(text) {
	const [, sign, whole, fraction = ""] = /^(-?)(\d+)(\.\d+)?$/.exec(text) ?? ["", "", text, ""];
	const minus = sign === "-" ? "−" : "";
	return minus + whole.replaceAll(/\B(?=(\d{3})+$)/g, ",") + fraction;
}

/** A time span in the largest unit that says enough. */
export function ageText(seconds, words) {
	if (seconds < 60) return words.now;
	if (seconds < 3600) return fill(words.minutes, { n: Math.floor(seconds / 60) });
	if (seconds < 172_800) return fill(words.hours, { n: Math.floor(seconds / 3600) });
	return fill(words.days, { n: Math.floor(seconds / 86_400) });
}

/** How long ago something was. */
export function agoText(seconds, words) {
	return seconds < 60 ? words.now : fill(words.ago, { age: ageText(seconds, words) });
}

/** Puts values in the places `{name}` of a text. */
export function fill(text, values) {
	return text.replaceAll(/\{(\w+)\}/g, (place, name) => String(values[name] ?? place));
}

/** The word of a key, or the key itself where a newer host says what these pages do not know. */
export function word(words, key) {
	return words[key] ?? key;
}

/** Six digits, as terminals print trace and batch numbers. */
export function sixDigits(value) {
	return String(value).padStart(6, "0");
}
