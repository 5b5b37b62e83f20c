/** Offset of China Standard Time, in which providers in China write. */
export const CHINA_ZONE = "+08:00";

/**
 * Abbreviations and names that reports write, as the IANA zone whose clocks they mean. Summer and winter names are
 * the same zone, because reports name one and mean the local clock; names that two zones share are left out.
 */
const zones: Readonly<Record<string, string>> = {
	UTC: "UTC",
	GMT: "UTC",
	Z: "UTC",
	PST: "America/Los_Angeles",
	PDT: "America/Los_Angeles",
	MST: "America/Denver",
	MDT: "America/Denver",
	CDT: "America/Chicago",
	EST: "America/New_York",
	EDT: "America/New_York",
	CET: "Europe/Paris",
	CEST: "Europe/Paris",
	BST: "Europe/London",
	EET: "Europe/Helsinki",
	EEST: "Europe/Helsinki",
	JST: "Asia/Tokyo",
	HKT: "Asia/Hong_Kong",
	SGT: "Asia/Singapore",
	AEST: "Australia/Sydney",
	AEDT: "Australia/Sydney",
	"Pacific Time (US & Canada)": "America/Los_Angeles",
	"Mountain Time (US & Canada)": "America/Denver",
	"Central Time (US & Canada)": "America/Chicago",
	"Eastern Time (US & Canada)": "America/New_York",
};

/**
 * Seconds since 1970 of a wall clock in a zone: an offset (`+08:00`, `-0800`), an IANA name or one of the names
 * above. Undefined for a name that nobody knows. A clock that a zone shows twice is taken as the first of the two.
 *
 * @param wallS the wall clock as if it were UTC, in seconds
 */
export function instantIn(zone: string, wallS: number): number | undefined {
	const offset = /^(?:UTC|GMT)?([+-])(\d{2}):?(\d{2})$/.exec(zone);
	if (offset !== null) {
		const minutes = Number(offset[2]) * 60 + Number(offset[3]);
		return wallS - (offset[1] === "-" ? -minutes : minutes) * 60;
	}
	const name = zones[zone] ?? zone;
	if (name === "UTC") return wallS;
	const clock = clockOf(name);
	if (clock === undefined) return undefined;
	const candidates = [-1, 0, 1].map((day) => wallS - clock.offsetAt(wallS + day * 86_400));
	const right = candidates.filter((at) => at + clock.offsetAt(at) === wallS);
	return Math.min(...(right.length > 0 ? right : candidates));
}

/** Clocks that were asked for; there are only as many as there are zones. */
const clocks = new Map<string, Clock>();

function clockOf(name: string): Clock | undefined {
	const known = clocks.get(name);
	if (known !== undefined) return known;
	if (!/^[A-Za-z_]+(?:\/[A-Za-z_+-]+){1,2}$/.test(name)) return undefined;
	try {
		const clock = new Clock(name);
		clocks.set(name, clock);
		return clock;
	} catch (error) {
		if (error instanceof RangeError) return undefined;
		throw error;
	}
}

/** Zones change their offset at whole quarters of an hour; as many of these are remembered. */
const QUARTER_S = 900;
const QUARTERS_MAX = 2_000;

class Clock {
	readonly #format: Intl.DateTimeFormat;
	readonly #offsets = new Map<number, number>();

	/** Throws `RangeError` for a zone that is not known. */
	constructor(timeZone: string) {
		this.#format = new Intl.DateTimeFormat("en-US", {
			timeZone,
			hourCycle: "h23",
			year: "numeric",
			month: "numeric",
			day: "numeric",
			hour: "numeric",
			minute: "numeric",
			second: "numeric",
		});
	}

	/** Seconds that the zone's clocks are ahead of UTC. */
	offsetAt(at: number): number {
		const quarter = Math.floor(at / QUARTER_S);
		const known = this.#offsets.get(quarter);
		if (known !== undefined) return known;
		const offset = this.#look(quarter * QUARTER_S);
		if (this.#offsets.size >= QUARTERS_MAX) this.#offsets.clear();
		this.#offsets.set(quarter, offset);
		return offset;
	}

	#look(at: number): number {
		const parts = this.#format.formatToParts(at * 1000);
		const fields = new Map(parts.map(({ type, value }) => [type, Number(value)]));
		const field = (type: Intl.DateTimeFormatPartTypes) => fields.get(type) ?? 0;
		const wallMs = Date.UTC(
			field("year"),
			field("month") - 1,
			field("day"),
			field("hour"),
			field("minute"),
			field("second"),
		);
		return Math.round(wallMs / 1000) - at;
	}
}
