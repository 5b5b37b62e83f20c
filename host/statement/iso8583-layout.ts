/**
 * A field: `n`, `an`, `ans`, `z` (track data) or `b` (bits), `x+n` for an amount with its sign; then its length, or
 * `..`, `...` and `......` for as many digits of length before it and the greatest length.
 */
export type FieldShape = string;

export interface Iso8583Layout {
	readonly name: string;
	readonly fields: Readonly<Record<number, FieldShape>>;
	/** Bytes before the message type: transport and header of a terminal. */
	readonly headerBytes: number;
	readonly type: "ascii" | "bcd";
	readonly bitmap: "hex" | "binary";
	/** Numbers and track data: a character or half a byte for each digit. */
	readonly number: "ascii" | "bcd";
	readonly length: "ascii" | "bcd";
	readonly bits: "hex" | "binary";
	readonly text: "latin1" | "gb18030";
	/** Where the unused half byte of an odd fixed number stands. */
	readonly padding: "left" | "right";
	/** Field 60 begins with the kind of message and the batch number, field 48 of 0500 has totals. */
	readonly isUnionpay: boolean;
}

/** ISO 8583:1987, all fields. */
const fields1987: Readonly<Record<number, FieldShape>> = {
	2: "n..19",
	3: "n6",
	4: "n12",
	5: "n12",
	6: "n12",
	7: "n10",
	8: "n8",
	9: "n8",
	10: "n8",
	11: "n6",
	12: "n6",
	13: "n4",
	14: "n4",
	15: "n4",
	16: "n4",
	17: "n4",
	18: "n4",
	19: "n3",
	20: "n3",
	21: "n3",
	22: "n3",
	23: "n3",
	24: "n3",
	25: "n2",
	26: "n2",
	27: "n1",
	28: "x+n8",
	29: "x+n8",
	30: "x+n8",
	31: "x+n8",
	32: "n..11",
	33: "n..11",
	34: "ans..28",
	35: "z..37",
	36: "ans...104",
	37: "an12",
	38: "an6",
	39: "an2",
	40: "an3",
	41: "ans8",
	42: "ans15",
	43: "ans40",
	44: "an..25",
	45: "an..76",
	46: "ans...999",
	47: "ans...999",
	48: "ans...999",
	49: "an3",
	50: "an3",
	51: "an3",
	52: "b64",
	53: "n16",
	54: "an...120",
	...span(55, 63, "ans...999"),
	64: "b64",
	65: "b64",
	66: "n1",
	67: "n2",
	68: "n3",
	69: "n3",
	70: "n3",
	71: "n4",
	72: "n4",
	73: "n6",
	...span(74, 81, "n10"),
	...span(82, 85, "n12"),
	...span(86, 89, "n16"),
	90: "n42",
	91: "an1",
	92: "an2",
	93: "an5",
	94: "an7",
	95: "an42",
	96: "b64",
	97: "x+n16",
	98: "ans25",
	99: "n..11",
	100: "n..11",
	101: "ans..17",
	102: "ans..28",
	103: "ans..28",
	104: "ans...100",
	...span(105, 127, "ans...999"),
	128: "b64",
};

/** What UnionPay's terminals have otherwise. */
const fieldsUnionpay: Readonly<Record<number, FieldShape>> = {
	...fields1987,
	36: "z...104",
	48: "n...322",
	60: "n...17",
	61: "n...29",
};

function span(from: number, to: number, shape: FieldShape): Record<number, FieldShape> {
	const fields: Record<number, FieldShape> = {};
	for (let field = from; field <= to; field++) fields[field] = shape;
	return fields;
}

const ascii: Iso8583Layout = {
	name: "ASCII",
	fields: fields1987,
	headerBytes: 0,
	type: "ascii",
	bitmap: "hex",
	number: "ascii",
	length: "ascii",
	bits: "hex",
	text: "latin1",
	padding: "left",
	isUnionpay: false,
};

const binary: Iso8583Layout = {
	...ascii,
	name: "binary",
	type: "bcd",
	bitmap: "binary",
	number: "bcd",
	length: "bcd",
	bits: "binary",
};

const terminal: Iso8583Layout = {
	...binary,
	name: "UnionPay terminal",
	fields: fieldsUnionpay,
	text: "gb18030",
	padding: "right",
	isUnionpay: true,
};

/** Layouts in the order in which they are tried: those that can be mistaken for others come last. */
export const iso8583Layouts: readonly Iso8583Layout[] = [
	ascii,
	{ ...ascii, name: "ASCII, binary bitmap", bitmap: "binary", bits: "binary" },
	{
		...ascii,
		name: "Postilion",
		bitmap: "binary",
		bits: "binary",
		fields: { ...fields1987, 127: "ans......999999" },
	},
	// TPDU of five bytes and header of six.
	{ ...terminal, name: "UnionPay terminal with TPDU", headerBytes: 11 },
	{ ...terminal, name: "terminal with TPDU", headerBytes: 5 },
	terminal,
	binary,
];

/** ISO 4217 numeric codes of field 49. */
export const numericCurrencies: Readonly<Record<string, string>> = {
	"032": "ARS",
	"036": "AUD",
	"124": "CAD",
	"144": "LKR",
	"156": "CNY",
	"203": "CZK",
	"208": "DKK",
	"344": "HKD",
	"348": "HUF",
	"352": "ISK",
	"356": "INR",
	"360": "IDR",
	"376": "ILS",
	"392": "JPY",
	"398": "KZT",
	"404": "KES",
	"410": "KRW",
	"414": "KWD",
	"446": "MOP",
	"458": "MYR",
	"484": "MXN",
	"496": "MNT",
	"524": "NPR",
	"554": "NZD",
	"566": "NGN",
	"578": "NOK",
	"586": "PKR",
	"604": "PEN",
	"608": "PHP",
	"643": "RUB",
	"682": "SAR",
	"702": "SGD",
	"704": "VND",
	"710": "ZAR",
	"752": "SEK",
	"756": "CHF",
	"764": "THB",
	"784": "AED",
	"818": "EGP",
	"826": "GBP",
	"840": "USD",
	"858": "UYU",
	"901": "TWD",
	"946": "RON",
	"949": "TRY",
	"975": "BGN",
	"978": "EUR",
	"980": "UAH",
	"985": "PLN",
	"986": "BRL",
};
