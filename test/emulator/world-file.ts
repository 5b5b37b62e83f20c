import { mkdirSync } from "node:fs";
import { join } from "node:path";
import Type from "typebox";
import Value from "typebox/value";
import { CloseoutError } from "../../protocol/error.ts";
import type { BankFault } from "./bank.ts";
import { readJson, writeWhole } from "./files.ts";
import type { MachineSettings } from "./machine.ts";
import type { AcquirerBooks } from "./payment/acquirer.ts";

/** What is chosen when a terminal is made; `MachineSettings` as a schema. */
export const machineSettings = Type.Object(
	{
		id: Type.String({ pattern: "^[a-z0-9-]{4,32}$" }),
		tenant: Type.String({ pattern: "^[a-z0-9-]{4,32}$" }),
		seed: Type.Optional(Type.String({ maxLength: 64 })),
		paperColumns: Type.Enum([32, 48]),
		zoneMinutes: Type.Integer({ minimum: -720, maximum: 840 }),
		language: Type.Enum(["zh-CN", "en"]),
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
	{ additionalProperties: false },
);

const count = Type.Integer({ minimum: 0 });
const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const oneOf = <const T extends string[]>(...names: readonly [...T]) => Type.Enum<T>(names);
const group = oneOf("domestic", "foreign", "wallet", "cash");

const booking = Type.Object({
	terminal: Type.String(),
	transaction: count,
	type: oneOf("sale", "refund", "void", "preAuthorisation", "completion", "tip", "cancellation"),
	amountMinor: count,
	currency: Type.String(),
	trace: nullable(count),
	originalTrace: nullable(count),
	reference: Type.String(),
	authorisation: Type.String(),
	instrument: Type.Object({ group, scheme: Type.String(), lastFour: nullable(Type.String()) }),
	wallMs: Type.Number(),
	businessDate: count,
	status: oneOf("approved", "reversed"),
	batch: nullable(count),
	lost: Type.Boolean(),
});

const totals = Type.Object({
	group,
	debitCount: count,
	debitMinor: count,
	creditCount: count,
	creditMinor: count,
	voidCount: count,
	voidMinor: count,
});

const settlement = Type.Object({
	terminal: Type.String(),
	settlement: count,
	batch: count,
	verdicts: Type.Array(
		Type.Object({ group, verdict: oneOf("agreed", "notAgreed", "cannotConfirm") }),
	),
	totals: Type.Array(totals),
	uploaded: count,
});

const worldFile = Type.Object({
	version: Type.Literal(1),
	wallMs: Type.Number(),
	terminals: Type.Array(machineSettings),
	books: Type.Object({
		bookings: Type.Array(booking),
		settlements: Type.Array(settlement),
		counter: count,
	}),
	bankFaults: Type.Array(
		Type.Object({
			reference: Type.String(),
			fault: oneOf("forget", "change", "double"),
			amountMinor: nullable(Type.Integer()),
		}),
	),
});

export interface WorldFile {
	readonly version: 1;
	readonly wallMs: number;
	readonly terminals: readonly MachineSettings[];
	readonly books: AcquirerBooks;
	readonly bankFaults: readonly BankFault[];
}

/** The world as its folder keeps it, or undefined for a new one. Throws `MEDIA_FORMAT` for a file that is none. */
export function readWorld(directory: string): WorldFile | undefined {
	const stored = readJson(pathIn(directory));
	if (stored === undefined) return undefined;
	if (Value.Check(worldFile, stored)) return stored;
	const [first] = Value.Errors(worldFile, stored);
	throw new CloseoutError(
		"MEDIA_FORMAT",
		`${pathIn(directory)}: ${first?.instancePath} ${first?.message}; restore the file or move the folder away`,
	);
}

export function writeWorld(directory: string, world: WorldFile): void {
	mkdirSync(directory, { recursive: true });
	writeWhole(pathIn(directory), JSON.stringify(world));
}

function pathIn(directory: string): string {
	return join(directory, "world.json");
}
