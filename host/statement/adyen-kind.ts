import type { RowKind } from "../core/row.ts";

/** Types of journal lines in Adyen's reports, by what they are to the merchant. */
const kinds: Readonly<Record<string, RowKind>> = {
	Settled: "sale",
	SettledInInstallments: "sale",
	SettledExternallyWithInfo: "sale",
	SettledReversed: "reversal",
	Refunded: "refund",
	RefundedExternallyWithInfo: "refund",
	RefundedReversed: "reversal",
	RefundedInInstallments: "refund",
	Chargeback: "adjustment",
	ChargebackExternallyWithInfo: "adjustment",
	ChargebackReversed: "adjustment",
	ChargebackReversedExternallyWithInfo: "adjustment",
	SecondChargeback: "adjustment",
	PaidOut: "refund",
	PaidOutReversed: "reversal",
	Fee: "fee",
	MiscCosts: "fee",
	PaymentCost: "fee",
	InvoiceDeduction: "fee",
	AcquirerFee: "fee",
	MerchantPayout: "payout",
	InternalCompanyPayout: "payout",
	MerchantPayin: "adjustment",
	Balancetransfer: "adjustment",
	DepositCorrection: "adjustment",
	ReserveAdjustment: "adjustment",
	ManualCorrected: "adjustment",
	MatchedStatement: "adjustment",
	BankInstructionReturned: "adjustment",
	AdvancementCommissioned: "adjustment",
	Advancement: "adjustment",
	InternalReversal: "adjustment",
	CashManagement: "adjustment",
};

export function adyenKind(type: string): RowKind | undefined {
	return Object.hasOwn(kinds, type) ? kinds[type] : undefined;
}
