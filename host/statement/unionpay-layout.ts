/** Place of a field in a record, in bytes from 0, and its length. */
export interface FixedField {
	readonly at: number;
	readonly length: number;
}

export interface UnionpayFields {
	readonly trace: FixedField;
	/** Month, day, hour, minute, second of the transmission. */
	readonly time: FixedField;
	readonly card: FixedField;
	/** Fen without sign. */
	readonly amount: FixedField;
	readonly merchant: FixedField;
	readonly terminal: FixedField;
	readonly reference: FixedField;
	readonly order?: FixedField;
	readonly authorisation?: FixedField;
	/** Message type, processing code and condition of ISO 8583, where the record has them. */
	readonly message?: FixedField;
	readonly processing?: FixedField;
	readonly condition?: FixedField;
	/** Transaction type of UnionPay's own, where the record has it. */
	readonly type?: FixedField;
	readonly originalTrace?: FixedField;
	/** `C` or `D` and fen: what the merchant is charged, and what it gets. */
	readonly fee?: FixedField;
	readonly net?: FixedField;
	/** Date `yyyymmdd` with which the reference of the record begins. */
	readonly date?: FixedField;
	readonly remark?: FixedField;
}

/**
 * A flow file of UnionPay: records of one length, which differs between versions that agree on these fields; fields
 * divided by one blank, texts in GB 18030.
 */
export interface UnionpayLayout {
	readonly name: "ZM" | "ACOMN";
	readonly fields: UnionpayFields;
}

const field = (at: number, length: number): FixedField => ({ at, length });

export const unionpayLayouts: readonly UnionpayLayout[] = [
	{
		// Merchant's flow of the online platform, 607 bytes; file name INNyymmddnnZM_merchant.
		name: "ZM",
		fields: {
			trace: field(28, 6),
			time: field(35, 10),
			card: field(46, 19),
			amount: field(66, 12),
			reference: field(87, 21),
			date: field(87, 8),
			order: field(112, 32),
			originalTrace: field(148, 6),
			fee: field(166, 13),
			net: field(180, 13),
			type: field(215, 2),
			merchant: field(293, 15),
			terminal: field(388, 8),
			remark: field(397, 32),
		},
	},
	{
		// Acquirer's flow of general transactions, 299 or 500 bytes; file name INDyymmddnnACOMN.
		name: "ACOMN",
		fields: {
			trace: field(24, 6),
			time: field(31, 10),
			card: field(42, 19),
			amount: field(62, 12),
			message: field(101, 4),
			processing: field(106, 6),
			terminal: field(118, 8),
			merchant: field(127, 15),
			reference: field(143, 12),
			condition: field(156, 2),
			authorisation: field(159, 6),
			originalTrace: field(178, 6),
		},
	},
];

/** The layout whose blanks and digits stand where they should at the start of the bytes. */
export function unionpayLayoutOf(bytes: Uint8Array): UnionpayLayout | undefined {
	return unionpayLayouts.find((layout) => hasLayout(layout, bytes));
}

/** True when every field is there, with a blank before it, and numbers are numbers. */
export function hasLayout({ fields }: UnionpayLayout, record: Uint8Array): boolean {
	const end = Math.max(...Object.values(fields).map(({ at, length }: FixedField) => at + length));
	if (record.length < end) return false;
	const isDivided = Object.values(fields).every(
		({ at }: FixedField) => at === fields.date?.at || record[at - 1] === 0x20,
	);
	return (
		isDivided && [fields.trace, fields.time, fields.amount].every((one) => isDigits(record, one))
	);
}

function isDigits(record: Uint8Array, { at, length }: FixedField): boolean {
	const bytes = record.subarray(at, at + length);
	return bytes.length === length && bytes.every((byte) => byte >= 0x30 && byte <= 0x39);
}
