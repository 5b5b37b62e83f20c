import { deriveEnrolmentKey, deriveTerminalKey } from "../../protocol/key.ts";
import { exponentOf, formatAmount, parseAmount } from "../../protocol/money.ts";
import {
	addDays,
	businessDateAt,
	daysBetween,
	formatDateTime,
	minuteOfDay,
} from "../../protocol/time.ts";
import { topicsOf } from "../../protocol/topic.ts";
import { hmac } from "./_digest.ts";
import { bytesOf, hexOf } from "./_json.ts";

const amounts: readonly (readonly [minor: number, currency: string])[] = [
	[0, "CNY"],
	[1, "CNY"],
	[-5, "EUR"],
	[123_450, "CNY"],
	[999_999_999_999, "CHF"],
	[-999_999_999_999, "CHF"],
	[500, "JPY"],
	[-1, "KRW"],
	[1, "KWD"],
	[1_234_567, "TND"],
	[25, "CLF"],
];

export const moneyVectors = {
	description: "Minor units, currency and decimal text; the text parses back to the minor units.",
	good: amounts.map(([minor, currency]) => ({
		name: `${minor} minor units of ${currency}`,
		minor,
		currency,
		exponent: exponentOf(currency),
		text: formatAmount(minor, currency),
	})),
	parsed: (
		[
			["1234.5", "CNY"],
			["+7", "CNY"],
			["-0.00", "CNY"],
			["1.500", "CNY"],
			["100.0", "JPY"],
			["0012.30", "EUR"],
		] as const
	).map(([text, currency]) => ({
		name: `${text} ${currency}`,
		text,
		currency,
		minor: parseAmount(text, currency),
	})),
	bad: [
		{
			name: "more decimals than the currency has",
			text: "1.005",
			currency: "CNY",
			error: "SCHEMA",
		},
		{ name: "decimals of a currency without any", text: "1.5", currency: "JPY", error: "SCHEMA" },
		{ name: "grouping", text: "1,234.50", currency: "CNY", error: "SCHEMA" },
		{ name: "comma for the point", text: "1,5", currency: "EUR", error: "SCHEMA" },
		{ name: "no digits", text: "", currency: "CNY", error: "SCHEMA" },
		{ name: "no digits after the point", text: "1.", currency: "CNY", error: "SCHEMA" },
		{ name: "exponent", text: "1e3", currency: "CNY", error: "SCHEMA" },
		{ name: "currency in small letters", text: "1.00", currency: "cny", error: "SCHEMA" },
		{ name: "thirteen digits", text: "10000000000.00", currency: "CNY", error: "LIMIT" },
	],
};

const instants: readonly (readonly [wallS: number, zoneMinutes: number, cutOverMinutes: number])[] =
	[
		[0, 0, 0],
		[951_782_399, 0, 0],
		[951_782_400, 0, 0],
		[1_709_164_800, 0, 0],
		[1_732_183_509, 480, 240],
		[1_732_219_199, 480, 240],
		[1_732_219_200, 480, 240],
		[1_735_660_800, 480, 240],
		[1_732_183_509, -210, 240],
		[1_732_183_509, 345, 300],
		[253_402_300_799, 0, 0],
	];

export const timeVectors = {
	description:
		"Instants in seconds since 1970 with the zone in minutes east, the local time, and the business date for a cut-over in minutes after midnight.",
	instants: instants.map(([wallS, zoneMinutes, cutOverMinutes]) => ({
		name: `${wallS} s at ${zoneMinutes} min, cut-over ${cutOverMinutes} min`,
		wallS,
		zoneMinutes,
		cutOverMinutes,
		local: formatDateTime(wallS, zoneMinutes),
		minuteOfDay: minuteOfDay(wallS, zoneMinutes),
		businessDate: businessDateAt(wallS, zoneMinutes, cutOverMinutes),
	})),
	days: (
		[
			[20240228, 20240301],
			[20230228, 20230301],
			[20000228, 20000301],
			[21000228, 21000301],
			[20261231, 20270101],
			[20270101, 20261231],
			[19700101, 99991231],
		] as const
	).map(([from, to]) => {
		const days = daysBetween(from, to);
		return { name: `${from} to ${to}`, from, days, to: addDays(from, days) };
	}),
	badDates: [
		0, 19691231, 20230229, 21000229, 20261301, 20260001, 20260431, 20260100, 100000101,
	].map((date) => ({ name: `${date}`, date })),
};

export const cardGuardVectors = {
	description:
		"Texts that must be refused with CARD_DATA, and texts that must be taken. The numbers are published test numbers and made-up ones.",
	refused: [
		{ name: "plain", text: "4111111111111111" },
		{ name: "in groups with spaces", text: "4111 1111 1111 1111" },
		{ name: "in groups with hyphens", text: "6212-3412-3412-3412-346" },
		{ name: "inside a sentence", text: "card 5555555555554444 declined" },
		{ name: "between letters", text: "x378282246310005y" },
		{ name: "13 digits", text: "4222222222222" },
		{ name: "14 digits", text: "30569309025904" },
		{ name: "behind another number", text: "table 12 4111111111111111" },
		{ name: "before another number", text: "4111 1111 1111 1111 12/27" },
		{ name: "between two numbers", text: "7 4111-1111-1111-1111 7" },
		{ name: "full-width digits", text: "４１１１ １１１１ １１１１ １１１１" },
		{ name: "full-width spaces", text: "4111　1111　1111　1111" },
		{ name: "no-break hyphens", text: "4111\u20111111\u20111111\u20111111" },
	],
	taken: [
		{ name: "last four", text: "1111" },
		{ name: "masked", text: "411111******1111" },
		{ name: "Luhn does not fit", text: "4111111111111112" },
		{ name: "12 digits", text: "424242424242" },
		{ name: "20 digits", text: "41111111111111111111" },
		{ name: "20 digits that pass the Luhn check", text: "41111111111111111115" },
		{ name: "24 digits of a code", text: "123456789012345678901234" },
		{ name: "split by letters", text: "41111111x11111111" },
		{ name: "split by a point", text: "4111.1111.1111.1111" },
		{ name: "date and time", text: "2026-11-21 18:05:09" },
		{ name: "words", text: "顾客要求补打" },
	],
};

export const topicVectors = {
	description: "Topics of one terminal, and names that are refused.",
	good: (
		[
			["acme", "shop-0001"],
			["0123", "a--z"],
			["t".repeat(32), "0".repeat(32)],
		] as const
	).map(([tenant, terminal]) => ({
		name: `${tenant} ${terminal}`,
		tenant,
		terminal,
		topics: { ...topicsOf(tenant, terminal) },
	})),
	badIds: [
		{ name: "three characters", id: "abc" },
		{ name: "33 characters", id: "a".repeat(33) },
		{ name: "capital", id: "Shop1" },
		{ name: "slash", id: "shop/1" },
		{ name: "wildcard", id: "shop+" },
		{ name: "multi-level wildcard", id: "shop#" },
		{ name: "dollar", id: "$shop" },
		{ name: "point", id: "shop.1" },
		{ name: "line end", id: "shop\n" },
		{ name: "Chinese", id: "商店一号" },
		{ name: "nothing", id: "" },
	],
	badTopics: [
		{ name: "other version", topic: "closeout/2/acme/shop-0001/up" },
		{ name: "other root", topic: "homie/1/acme/shop-0001/up" },
		{ name: "unknown leaf", topic: "closeout/1/acme/shop-0001/side" },
		{ name: "short terminal", topic: "closeout/1/acme/abc/up" },
		{ name: "level too many", topic: "closeout/1/acme/shop-0001/up/up" },
		{ name: "level too few", topic: "closeout/1/acme/up" },
		{ name: "line end", topic: "closeout/1/acme/shop-0001/up\n" },
	],
};

export const keyExample = {
	typed: "1234 5678 9012 3456 7890 1234",
	code: "123456789012345678901234",
	terminal: "shop-0001",
	terminalNonce: "000102030405060708090a0b0c0d0e0f",
	hostNonce: "101112131415161718191a1b1c1d1e1f",
	epoch: 3,
};

export const enrolmentKey = deriveEnrolmentKey(keyExample.typed, keyExample.terminal, hmac);
export const terminalKey = deriveTerminalKey(
	enrolmentKey,
	{
		terminalNonce: bytesOf(keyExample.terminalNonce),
		hostNonce: bytesOf(keyExample.hostNonce),
		epoch: keyExample.epoch,
	},
	hmac,
);

export const keyVectors = {
	description: "From the typed code and two nonces to the terminal's key; HMAC-SHA-256 throughout.",
	good: [
		{
			name: "worked example",
			...keyExample,
			enrolmentKey: hexOf(enrolmentKey),
			terminalKey: hexOf(terminalKey),
		},
	],
	badCodes: [
		{ name: "23 digits", typed: "12345678901234567890123" },
		{ name: "25 digits", typed: "1234567890123456789012345" },
		{ name: "letter", typed: "12345678901234567890123a" },
		{ name: "nothing", typed: "" },
	],
};
