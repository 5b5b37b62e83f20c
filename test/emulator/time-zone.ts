import { CloseoutError } from "../../protocol/error.ts";

const MINUTE_MS = 60_000;

/** A time zone with its transitions, by the tables of the computer that the emulator runs on. */
export class TimeZone {
	readonly name: string;
	readonly #format: Intl.DateTimeFormat;

	/** `name` as in the IANA database, such as `Europe/Berlin`. Throws `USAGE` for one that is not known. */
	constructor(name: string) {
		this.name = name;
		try {
			this.#format = new Intl.DateTimeFormat("en-US", { timeZone: name, ...shown });
		} catch (error) {
			if (!(error instanceof RangeError)) throw error;
			throw new CloseoutError("USAGE", `timeZone "${name}" is not one of the IANA database`);
		}
	}

	/** Local time minus UTC at an instant, in minutes. */
	minutesAt(wallMs: number): number {
		const parts = new Map(
			this.#format.formatToParts(wallMs).map(({ type, value }) => [type, value]),
		);
		const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.get(type));
		const month = number("month") - 1;
		const local = Date.UTC(number("year"), month, number("day"), number("hour"), number("minute"));
		return Math.round((local - Math.floor(wallMs / MINUTE_MS) * MINUTE_MS) / MINUTE_MS);
	}
}

const shown = {
	hourCycle: "h23",
	year: "numeric",
	month: "numeric",
	day: "numeric",
	hour: "numeric",
	minute: "numeric",
} as const;
