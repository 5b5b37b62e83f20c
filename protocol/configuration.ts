import { CloseoutError } from "./error.ts";

/**
 * Settings of a terminal, as data: bounds are checked wherever a setting comes from, and every change is a
 * journal record. Minutes of the day count from local midnight; -1 switches a time off.
 */
export interface NumberSetting {
	readonly default: number;
	readonly min: number;
	readonly max: number;
}

export interface TextSetting {
	readonly default: string;
	readonly lengthMax: number;
	readonly oneOf?: readonly string[];
}

export interface YesNoSetting {
	readonly default: boolean;
}

const minuteOfDay = { min: -1, max: 1439 } as const;

export const settings = {
	language: { default: "zh-CN", lengthMax: 5, oneOf: ["zh-CN", "en"] },
	merchantName: { default: "示范商店", lengthMax: 40 },
	merchantNumber: { default: "", lengthMax: 15 },
	currency: { default: "CNY", lengthMax: 3 },
	/** Business date changes at this local time, when the next day opens. */
	cutOverMinute: { default: 240, ...minuteOfDay, min: 0 },
	/** When the shift is planned to end; reminders count from here. */
	shiftEndMinute: { default: 22 * 60, ...minuteOfDay },
	reminderRepeatMinutes: { default: 10, min: 1, max: 120 },
	snoozeMinutes: { default: 5, min: 1, max: 60 },
	/** Window of automatic settlement; off when the start is -1. */
	autoSettleStartMinute: { default: 23 * 60, ...minuteOfDay },
	autoSettleEndMinute: { default: 23 * 60 + 45, ...minuteOfDay },
	autoSettleRetryMinutes: { default: 5, min: 1, max: 120 },
	autoSettleAskMinutes: { default: 2, min: 0, max: 30 },
	/** Seconds after the window's start at which this terminal begins, so that a fleet does not close at once. */
	autoSettleSlotSeconds: { default: 0, min: 0, max: 3600 },
	/** The daily list prints at this time if it has not been printed after settlement. */
	listMinute: { default: -1, ...minuteOfDay },
	/** A list of more rows than this prints in its short form, without them; 0: never. */
	shortListRows: { default: 0, min: 0, max: 1_000_000 },
	sellBeforeCatchUp: { default: true },
	paperColumns: { default: 32, min: 32, max: 48 },
	slipPerSale: { default: true },
	hostSilentHoursMax: { default: 48, min: 1, max: 720 },
	enquirySeconds: { default: 5, min: 1, max: 60 },
	/** Interactive wait for an outcome before the cashier may go on, for cards and for QR orders. */
	cardWaitSeconds: { default: 120, min: 10, max: 600 },
	qrWaitSeconds: { default: 45, min: 10, max: 600 },
	sweepSeconds: { default: 60, min: 10, max: 3600 },
	settleAnswerSeconds: { default: 30, min: 5, max: 300 },
	/** Up to this amount the first copy of a slip of the same day needs no approval. */
	reprintFreeMinor: { default: 100_00, min: 0, max: 999_999_999_999 },
	/** The same card and amount within this time is asked about before it is charged; 0 switches it off. */
	duplicateMinutes: { default: 5, min: 0, max: 60 },
	/** Hours in which a copy always needs a manager; off when the start is -1. */
	reprintPeakStartMinute: { default: -1, ...minuteOfDay },
	reprintPeakEndMinute: { default: -1, ...minuteOfDay },
	/** Age up to which anything may be printed again. */
	retentionDays: { default: 30, min: 1, max: 180 },
} as const satisfies Readonly<Record<string, NumberSetting | TextSetting | YesNoSetting>>;

export type SettingName = keyof typeof settings;
type ValueOf<S> = S extends NumberSetting ? number : S extends TextSetting ? string : boolean;
export type Configuration = { readonly [K in SettingName]: ValueOf<(typeof settings)[K]> };
export type SettingValue = number | string | boolean;

function isSettingName(name: string): name is SettingName {
	return Object.hasOwn(settings, name);
}

/** The defaults of the table. */
export function defaultConfiguration(): Configuration {
	return Object.fromEntries(
		Object.entries(settings).map(([name, { default: value }]) => [name, value]),
	) as Configuration;
}

/**
 * A configuration with some settings changed; names and values are checked. Throws `USAGE` naming the setting,
 * and then nothing has changed.
 */
export function configure(
	base: Configuration,
	changes: readonly { readonly name: string; readonly value: SettingValue }[],
): Configuration {
	const next: Record<string, SettingValue> = { ...base };
	for (const { name, value } of changes) {
		if (!isSettingName(name)) throw new CloseoutError("USAGE", `setting "${name}" is not known`);
		next[name] = checkSetting(name, value);
	}
	return next as Configuration;
}

function checkSetting(name: SettingName, value: SettingValue): SettingValue {
	const setting: NumberSetting | TextSetting | YesNoSetting = settings[name];
	if (typeof value !== typeof setting.default) {
		throw new CloseoutError(
			"USAGE",
			`setting ${name}: ${String(value)} is not a ${typeof setting.default}`,
		);
	}
	if (typeof value === "number" && "min" in setting) {
		if (!Number.isSafeInteger(value) || value < setting.min || value > setting.max) {
			throw new CloseoutError(
				"USAGE",
				`setting ${name}: ${value} is not within ${setting.min} to ${setting.max}`,
			);
		}
	}
	if (typeof value === "string" && "lengthMax" in setting) {
		if (value.length > setting.lengthMax) {
			throw new CloseoutError(
				"USAGE",
				`setting ${name}: longer than ${setting.lengthMax} characters`,
			);
		}
		if (setting.oneOf !== undefined && !setting.oneOf.includes(value)) {
			throw new CloseoutError(
				"USAGE",
				`setting ${name}: "${value}" is not one of ${setting.oneOf.join(", ")}`,
			);
		}
	}
	return value;
}
