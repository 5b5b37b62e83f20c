import Type from "typebox";
import { errorTable } from "../../../protocol/error.ts";
import { AMOUNT_MINOR_MAX, ID_LENGTH_MAX, ID_LENGTH_MIN } from "../../../protocol/limits.ts";
import { transactionType } from "../../../protocol/record.ts";
import { behaviours, operations } from "../payment/acquirer.ts";
import { lies } from "../storage.ts";

/** What the control interface takes. Everything not named here is refused, so that a slip of the pen is told. */

const strict = { additionalProperties: false } as const;

export const terminalId = Type.String({
	pattern: `^[a-z0-9-]{${ID_LENGTH_MIN},${ID_LENGTH_MAX}}$`,
});
export const terminalParams = Type.Object({ id: terminalId }, strict);
export const paymentParams = Type.Object(
	{ id: terminalId, request: Type.Integer({ minimum: 1 }) },
	strict,
);

export const addBody = Type.Object(
	{
		id: terminalId,
		tenant: Type.Optional(terminalId),
		seed: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
		paperColumns: Type.Optional(Type.Enum([32, 48])),
		zoneMinutes: Type.Optional(Type.Integer({ minimum: -720, maximum: 840 })),
		language: Type.Optional(Type.Enum(["zh-CN", "en"])),
		journalBytes: Type.Optional(Type.Integer({ minimum: 65_536, maximum: 67_108_864 })),
		managerPin: Type.Optional(Type.String({ pattern: "^[0-9]{4,12}$" })),
		configuration: Type.Optional(
			Type.Record(
				Type.String({ maxLength: 32 }),
				Type.Union([Type.String({ maxLength: 64 }), Type.Integer(), Type.Boolean()]),
			),
		),
		unsynced: Type.Optional(Type.Enum(["kept", "lost"])),
		mmPerSecond: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000 })),
	},
	strict,
);

export const enrolBody = Type.Object(
	{ code: Type.Optional(Type.String({ maxLength: 64 })) },
	strict,
);

export const keys = [
	...["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "00"],
	...["ok", "cancel", "clear", "up", "down", "menu", "language"],
] as const;

export const keysBody = Type.Object(
	{ keys: Type.Array(Type.Enum([...keys]), { minItems: 1, maxItems: 200 }) },
	strict,
);

export const amountMinor = Type.Integer({ minimum: 1, maximum: AMOUNT_MINOR_MAX });
const trace = Type.Integer({ minimum: 1, maximum: 999_999 });

export const paymentBody = Type.Object(
	{
		type: Type.Optional(Type.Enum([...transactionType.names])),
		method: Type.Optional(Type.Enum(["card", "qr"])),
		amountMinor: Type.Optional(amountMinor),
		amount: Type.Optional(Type.String({ maxLength: 20 })),
		currency: Type.Optional(Type.String({ pattern: "^[A-Z]{3}$" })),
		scheme: Type.Optional(Type.String({ maxLength: 16 })),
		lastFour: Type.Optional(Type.String({ pattern: "^[0-9]{4}$" })),
		originalTrace: Type.Optional(trace),
		order: Type.Optional(Type.String({ maxLength: 32 })),
		operator: Type.Optional(Type.String({ minLength: 1, maxLength: 16 })),
		/** The application knows the card before it asks whether it may charge. */
		presentCard: Type.Optional(Type.Boolean()),
		/** A tip may be added to it later. */
		expectTip: Type.Optional(Type.Boolean()),
		/** How long a pre-authorisation holds the money; not told when left out. */
		holdDays: Type.Optional(Type.Integer({ minimum: 0, maximum: 400 })),
		wait: Type.Optional(Type.Boolean()),
		waitMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000 })),
	},
	strict,
);

export const busyBody = Type.Object(
	{
		count: Type.Integer({ minimum: 1, maximum: 2_000 }),
		seed: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
	},
	strict,
);

export const printerBody = Type.Object(
	{
		paper: Type.Optional(Type.Enum(["in", "out"])),
		afterLines: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000 })),
		online: Type.Optional(Type.Boolean()),
		canSay: Type.Optional(Type.Boolean()),
	},
	{ ...strict, minProperties: 1 },
);

export const powerBody = Type.Object({ on: Type.Boolean() }, strict);
export const cutBody = Type.Object(
	{ afterBytes: Type.Integer({ minimum: 0, maximum: 100_000_000 }) },
	strict,
);

export const lieBody = Type.Object(
	{
		manner: Type.Enum([...lies]),
		afterWrites: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
		times: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
	},
	strict,
);

export const linkBody = Type.Object(
	{
		network: Type.Enum(["up", "down", "lossy"]),
		every: Type.Optional(Type.Integer({ minimum: 2, maximum: 1_000 })),
		seed: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
	},
	strict,
);

export const serviceBody = Type.Object(
	{
		bytesPerSecond: Type.Optional(
			Type.Union([Type.Integer({ minimum: 1, maximum: 1_000_000_000 }), Type.Null()]),
		),
		cutAfterBytes: Type.Optional(
			Type.Union([Type.Integer({ minimum: 0, maximum: 1_000_000_000 }), Type.Null()]),
		),
	},
	{ ...strict, minProperties: 1 },
);

export const ownClockBody = Type.Object(
	{
		wallMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_102_444_800_000 })),
		offsetMs: Type.Optional(Type.Integer()),
		timeZone: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
	},
	{ ...strict, minProperties: 1, maxProperties: 1 },
);

export const since = Type.Object({ since: Type.Optional(Type.Integer({ minimum: 0 })) }, strict);
export const range = Type.Object(
	{
		from: Type.Optional(Type.Integer({ minimum: 0 })),
		to: Type.Optional(Type.Integer({ minimum: 0 })),
	},
	strict,
);

export const modeBody = Type.Object(
	{
		mode: Type.Enum(["real", "manual"]),
		speed: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 10_000 })),
	},
	strict,
);
/** A week and a day: enough for every deadline that a drill waits for. */
const ADVANCE_MS_MAX = 8 * 86_400_000;
export const advanceBody = Type.Object(
	{
		ms: Type.Optional(Type.Integer({ minimum: 0, maximum: ADVANCE_MS_MAX })),
		to: Type.Optional(Type.String({ pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$" })),
		zoneMinutes: Type.Optional(Type.Integer({ minimum: -720, maximum: 840 })),
	},
	{ ...strict, minProperties: 1 },
);

export const planBody = Type.Object(
	{
		operation: Type.Enum([...operations]),
		behaviour: Type.Enum([...behaviours]),
		times: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
		delayMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 86_400_000 })),
		terminal: Type.Optional(terminalId),
	},
	strict,
);

export const faultBody = Type.Object(
	{
		fault: Type.Enum(["forget", "change", "double"]),
		trace,
		terminal: Type.Optional(terminalId),
		amountMinor: Type.Optional(Type.Integer()),
	},
	strict,
);

export const fileQuery = Type.Object(
	{
		date: Type.Optional(Type.Integer({ minimum: 20_000_101, maximum: 20_991_231 })),
		currency: Type.Optional(Type.String({ pattern: "^[A-Z]{3}$" })),
	},
	strict,
);

export const eventsQuery = Type.Object({ terminal: Type.Optional(terminalId) }, strict);

/** Codes of the error table with the HTTP status of each, for the document of this interface. */
export const errorStatuses: readonly (readonly [string, number])[] = Object.entries(errorTable).map(
	([code, { http }]) => [code, http],
);
