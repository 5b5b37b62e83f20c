import { join } from "node:path";
import Type, { type Static } from "typebox";
import { CloseoutError } from "../../protocol/error.ts";
import type { Channel } from "../alert/channel.ts";
import { mail } from "../alert/mail.ts";
import { ntfy } from "../alert/ntfy.ts";
import { sms } from "../alert/sms.ts";
import { webhook, webhookPresets } from "../alert/webhook.ts";
import { severities, watchTypes } from "../core/watch.ts";
import { checkSettings, readSettings } from "../settings-file.ts";

/** Where the settings of the watch lie in the data folder. */
export const WATCH_FILE = "watch.json";

const strict = { additionalProperties: false };
const Name = Type.String({ pattern: "^[a-z0-9-]{1,40}$" });
const Names = Type.Array(Name, { minItems: 1, maxItems: 20 });
const Minutes = Type.Integer({ minimum: 0, maximum: 525_600 });
const Text = Type.String({ minLength: 1, maxLength: 1_000 });
const Url = Type.String({ pattern: "^(https?://[^\\s]+|env:[A-Za-z0-9_]+)$", maxLength: 1_000 });
const TimeOfDay = Type.String({ pattern: "^([01][0-9]|2[0-3]):[0-5][0-9]$" });
const Severities = Type.Array(Type.Enum([...severities]), { maxItems: 3 });

const channelSchemas = {
	mail: Type.Object(
		{
			type: Type.Literal("mail"),
			host: Text,
			port: Type.Integer({ minimum: 1, maximum: 65_535 }),
			security: Type.Enum(["tls", "starttls", "none"]),
			user: Type.Optional(Text),
			password: Type.Optional(Text),
			from: Text,
			to: Type.Array(Type.String({ pattern: "^[^\\s@]+@[^\\s@]+$" }), {
				minItems: 1,
				maxItems: 50,
			}),
		},
		strict,
	),
	webhook: Type.Object(
		{
			type: Type.Literal("webhook"),
			preset: Type.Enum([...webhookPresets]),
			url: Url,
			secret: Type.Optional(Text),
		},
		strict,
	),
	ntfy: Type.Object(
		{ type: Type.Literal("ntfy"), url: Url, topic: Name, token: Type.Optional(Text) },
		strict,
	),
	sms: Type.Object(
		{
			type: Type.Literal("sms"),
			url: Url,
			method: Type.Optional(Type.Enum(["POST", "PUT"])),
			headers: Type.Optional(Type.Record(Type.String(), Text)),
			body: Type.String({ minLength: 1, maxLength: 4_000 }),
			encode: Type.Enum(["json", "form"]),
			to: Type.Array(Type.String({ pattern: "^\\+?[0-9]{5,15}$" }), { minItems: 1, maxItems: 50 }),
			success: Type.Optional(Text),
			charactersMax: Type.Integer({ minimum: 20, maximum: 1_000 }),
		},
		strict,
	),
};
type ChannelType = keyof typeof channelSchemas;

const someChannel = Type.Object({ type: Type.Enum(["mail", "webhook", "ntfy", "sms"]) });

/** The document; what is in a channel is checked by the schema of its type. */
export const watchSchema = Type.Object(
	{
		version: Type.Literal(1),
		language: Type.Enum(["zh-CN", "en"]),
		/** Minutes east of UTC of the shop. */
		zoneMinutes: Type.Integer({ minimum: -720, maximum: 840 }),
		rules: Type.Array(
			Type.Object(
				{
					name: Name,
					type: Type.Enum([...watchTypes]),
					severity: Type.Enum([...severities]),
					afterMinutes: Type.Optional(Minutes),
					daysBefore: Type.Optional(Type.Integer({ minimum: 0, maximum: 366 })),
					minorMin: Type.Optional(Type.Integer({ minimum: 0 })),
					terminals: Type.Optional(Type.Array(Type.String({ maxLength: 32 }), { minItems: 1 })),
				},
				strict,
			),
			{ maxItems: 100 },
		),
		ladder: Type.Array(
			Type.Object(
				{ afterMinutes: Minutes, channels: Names, severities: Type.Optional(Severities) },
				strict,
			),
			{ maxItems: 20 },
		),
		quiet: Type.Optional(
			Type.Object({ from: TimeOfDay, until: TimeOfDay, except: Severities }, strict),
		),
		digest: Type.Optional(Type.Object({ at: TimeOfDay, channels: Names }, strict)),
		channels: Type.Record(Type.String(), someChannel),
	},
	strict,
);
export type WatchSettings = Static<typeof watchSchema>;

/** The settings of a data folder; undefined where there are none. Throws `SCHEMA` naming the field. */
export async function watchSettingsOf(dataFolder: string): Promise<WatchSettings | undefined> {
	const path = join(dataFolder, WATCH_FILE);
	const settings = await readSettings(path, watchSchema);
	if (settings === undefined) return undefined;
	for (const [name, channel] of Object.entries(settings.channels))
		checkSettings(channel, channelSchemas[channel.type], path, `/channels/${name}`);
	const refuse = (place: string, what: string) =>
		new CloseoutError("SCHEMA", `${path}: ${place} ${what}; correct it`);
	const names = new Set(settings.rules.map(({ name }) => name));
	if (names.size < settings.rules.length) throw refuse("/rules", "hold a name twice");
	const told = [...settings.ladder, ...(settings.digest ? [settings.digest] : [])];
	for (const name of told.flatMap(({ channels }) => channels)) {
		if (!(name in settings.channels)) throw refuse("/channels", `have no "${name}"`);
	}
	return settings;
}

/** Channels by their names. A value `env:NAME` is taken from the environment, so that no file need hold a secret. */
export function makeChannels(
	{ channels }: WatchSettings,
	environment: Readonly<Record<string, string | undefined>>,
	nowMs: () => number,
): ReadonlyMap<string, Channel> {
	const made = new Map<string, Channel>();
	for (const [name, given] of Object.entries(channels)) {
		const place = `/channels/${name}`;
		const values = Object.fromEntries(
			Object.entries(given).map(([field, value]) => [field, filled(value, `${place}/${field}`)]),
		);
		made.set(name, channelOf(name, values, given.type, nowMs));
	}
	return made;

	function filled(value: unknown, place: string): unknown {
		const variable = typeof value === "string" ? /^env:(\w+)$/.exec(value)?.[1] : undefined;
		if (variable === undefined) return value;
		const found = environment[variable];
		if (found) return found;
		throw new CloseoutError("SCHEMA", `${WATCH_FILE}: ${place}: ${variable} is not set; set it`);
	}
}

function channelOf(name: string, given: unknown, type: ChannelType, nowMs: () => number): Channel {
	const place = `/channels/${name}`;
	const check = <S extends Type.TSchema>(schema: S) =>
		checkSettings(given, schema, WATCH_FILE, place);
	switch (type) {
		case "mail":
			return mail({ name, ...check(channelSchemas.mail) });
		case "webhook":
			return webhook({ name, nowMs, ...check(channelSchemas.webhook) });
		case "ntfy":
			return ntfy({ name, ...check(channelSchemas.ntfy) });
		case "sms":
			return sms({ name, ...check(channelSchemas.sms) });
	}
}
