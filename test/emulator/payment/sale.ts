import { CloseoutError } from "../../../protocol/error.ts";
import type { AppBody } from "../../../protocol/payment-app.ts";
import type { Instrument, TransactionType } from "./acquirer.ts";

/** What a customer pays, as it is keyed in at the payment application. */
export interface SaleRequest {
	readonly type: TransactionType;
	readonly method: "card" | "qr";
	readonly amountMinor: number;
	readonly currency: string;
	readonly instrument: Instrument;
	readonly originalTrace: number | null;
	readonly order: string | null;
	/** The application tells the card before it asks. */
	readonly presentCard?: boolean;
	/** A tip may be added to it later. */
	readonly expectTip?: boolean;
	/** How long a pre-authorisation holds the money, in milliseconds. */
	readonly holdMs?: number;
}

/** How it stands; changes as the world goes on. */
export interface SaleStatus {
	readonly request: number;
	readonly trace: number;
	readonly type: SaleRequest["type"];
	readonly amountMinor: number;
	readonly currency: string;
	readonly scheme: string;
	/** `forgotten`: the power went before the application knew. */
	state: "asking" | "charging" | "approved" | "declined" | "unknown" | "refused" | "forgotten";
	transaction: number | null;
	reason: string | null;
	recorded: boolean;
}

/** An approval that the acquirer does not know of yet. */
export interface Stored {
	readonly sale: SaleRequest;
	readonly trace: number;
}

/** What the application has to say of a charge. */
export interface Result {
	readonly instrument: Instrument;
	readonly outcome: AppBody<"outcome">["outcome"];
	readonly source: AppBody<"outcome">["source"];
	readonly response: string | null;
}

/** An instrument of the control interface by its scheme name. Throws `USAGE` for one that is not known. */
export function instrumentOf(scheme: string, lastFour: string | null): Instrument {
	const groups: Readonly<Record<string, Instrument["group"]>> = {
		UNIONPAY: "domestic",
		VISA: "foreign",
		MASTERCARD: "foreign",
		WECHAT: "wallet",
		ALIPAY: "wallet",
	};
	const group = groups[scheme];
	if (group !== undefined) return { group, scheme, lastFour };
	throw new CloseoutError(
		"USAGE",
		`scheme "${scheme}" is not one of ${Object.keys(groups).join(", ")}`,
	);
}
