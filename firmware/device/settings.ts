import type { SettingValue } from "../../protocol/configuration.ts";
import { CloseoutError } from "../../protocol/error.ts";
import { checkId } from "../../protocol/id.ts";

/** Where a byte stream leads: a TCP port, or a serial line with the pins or device of the terminal's provider. */
export type StreamPlace =
	| { readonly tcp: { readonly host: string; readonly port: number } }
	| { readonly serial: { readonly baud: number; readonly [name: string]: unknown } };

/** Where a technician's computer is heard: a TCP port of the terminal, or a serial line. */
export type ServicePlace =
	| { readonly tcp: { readonly port: number } }
	| Extract<StreamPlace, { readonly serial: unknown }>;

export interface BrokerPlace {
	/** Name or IPv4 address. */
	readonly host: string;
	readonly port: number;
	readonly user: string | undefined;
	readonly password: string | undefined;
	/** Names of DER files (Linux) or resources (elsewhere); without it the connection is plain TCP. */
	readonly tls: TlsFiles | undefined;
	/** IPv4 addresses that are asked for names. */
	readonly dns: readonly string[];
}

export interface TlsFiles {
	/** Certificate of the authority that signed the broker's. */
	readonly authority: string;
	/** The terminal's own certificate and its key (PKCS #8), where the broker asks for them. */
	readonly certificate: string | undefined;
	readonly key: string | undefined;
	/** Name in the broker's certificate, where it is not the host's. */
	readonly serverName: string | undefined;
}

/** What a technician sets up before a terminal first starts. */
export interface DeviceSettings {
	readonly tenant: string;
	readonly terminal: string;
	readonly broker: BrokerPlace | undefined;
	readonly printer: StreamPlace | undefined;
	readonly paymentApp: StreamPlace | undefined;
	readonly service: ServicePlace | undefined;
	readonly zoneMinutes: number | undefined;
	readonly journalBytes: number | undefined;
	readonly managerPin: string | undefined;
	/** Settings of `protocol/configuration.ts` that differ from their defaults. */
	readonly settings: readonly { readonly name: string; readonly value: SettingValue }[];
}

type Fields = Readonly<Record<string, unknown>>;

const PORT_MAX = 65_535;

/** Reads the JSON value of a settings file. Throws `USAGE` naming the field that does not fit. */
export function readSettings(value: unknown): DeviceSettings {
	const fields = object("settings", value);
	return {
		tenant: checkId("tenant", text("tenant", fields.tenant ?? "shop")),
		terminal: checkId("terminal", text("terminal", fields.terminal)),
		broker: optional(fields.broker, (found) => readBroker(object("broker", found))),
		printer: optional(fields.printer, (found) => readStream("printer", found)),
		paymentApp: optional(fields.paymentApp, (found) => readStream("paymentApp", found)),
		service: optional(fields.service, (found) => readService(found)),
		zoneMinutes: optional(fields.zoneMinutes, (found) => whole("zoneMinutes", found, -840, 840)),
		journalBytes: optional(fields.journalBytes, (found) =>
			whole("journalBytes", found, 0x10000, 0x1000_0000),
		),
		managerPin: optional(fields.managerPin, (found) => text("managerPin", found)),
		settings: Object.entries(object("settings.settings", fields.settings ?? {})).map(
			([name, found]) => ({ name, value: scalar(`settings.${name}`, found) }),
		),
	};
}

function readBroker(fields: Fields): BrokerPlace {
	return {
		host: text("broker.host", fields.host),
		port: whole("broker.port", fields.port, 1, PORT_MAX),
		user: optional(fields.user, (found) => text("broker.user", found)),
		password: optional(fields.password, (found) => text("broker.password", found)),
		tls: optional(fields.tls, (found) => readTls(object("broker.tls", found))),
		dns: Array.isArray(fields.dns) ? fields.dns.map((found) => text("broker.dns", found)) : [],
	};
}

function readTls(fields: Fields): TlsFiles {
	return {
		authority: text("broker.tls.authority", fields.authority),
		certificate: optional(fields.certificate, (found) => text("broker.tls.certificate", found)),
		key: optional(fields.key, (found) => text("broker.tls.key", found)),
		serverName: optional(fields.serverName, (found) => text("broker.tls.serverName", found)),
	};
}

function readStream(path: string, value: unknown): StreamPlace {
	const { tcp, serial } = object(path, value);
	if (serial !== undefined) return readSerial(path, serial);
	const fields = object(`${path}.tcp`, tcp);
	return { tcp: { host: text(`${path}.tcp.host`, fields.host), port: readPort(path, fields) } };
}

function readService(value: unknown): ServicePlace {
	const { tcp, serial } = object("service", value);
	if (serial !== undefined) return readSerial("service", serial);
	return { tcp: { port: readPort("service", object("service.tcp", tcp)) } };
}

function readSerial(path: string, value: unknown): Extract<StreamPlace, { serial: unknown }> {
	const fields = object(`${path}.serial`, value);
	const baud = whole(`${path}.serial.baud`, fields.baud, 300, 4_000_000);
	return { serial: { ...fields, baud } };
}

function readPort(path: string, { port }: Fields): number {
	return whole(`${path}.tcp.port`, port, 1, PORT_MAX);
}

function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
	return value === undefined || value === null ? undefined : read(value);
}

function misfit(path: string, wanted: string): CloseoutError {
	return new CloseoutError(
		"USAGE",
		`settings: ${path} is not ${wanted}; correct it and start again`,
	);
}

function isObject(value: unknown): value is Fields {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function object(path: string, value: unknown): Fields {
	if (isObject(value)) return value;
	throw misfit(path, "an object");
}

function text(path: string, value: unknown): string {
	if (typeof value === "string" && value !== "") return value;
	throw misfit(path, "a text");
}

function whole(path: string, value: unknown, min: number, max: number): number {
	if (typeof value === "number" && Number.isInteger(value) && value >= min && value <= max)
		return value;
	throw misfit(path, `a whole number from ${min} to ${max}`);
}

function scalar(path: string, value: unknown): SettingValue {
	if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
		return value;
	throw misfit(path, "a text, a number or a truth value");
}
