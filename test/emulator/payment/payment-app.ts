import type { PaymentApp } from "../../../firmware/core/port.ts";
import { CloseoutError } from "../../../protocol/error.ts";
import {
	type AppBody,
	type AppMessageType,
	type CoreBody,
	type CoreMessage,
	decodeCoreMessage,
	encodeAppMessage,
} from "../../../protocol/payment-app.ts";
import { businessDateAt } from "../../../protocol/time.ts";
import type { Timeline } from "../timeline.ts";
import type { Acquirer, Behaviour, Instrument, Operation, TransactionType } from "./acquirer.ts";

/** How long an answer of the acquirer takes, and how long the application waits before it says "unknown". */
const ANSWER_MS = 800;
const GIVE_UP_MS = 30_000;
/** The application tells an outcome again until it is recorded. */
const REPEAT_MS = 5_000;

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

/** An approval that the acquirer does not know of yet. */
interface Stored {
	readonly sale: SaleRequest;
	readonly trace: number;
}

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

/** What the application has to say of a charge. */
interface Result {
	readonly instrument: Instrument;
	readonly outcome: AppBody<"outcome">["outcome"];
	readonly source: AppBody<"outcome">["source"];
	readonly response: string | null;
}

export interface PaymentAppOptions {
	readonly timeline: Timeline;
	readonly acquirer: Acquirer;
	readonly terminal: string;
	readonly zoneMinutes: number;
	/** First trace number; the counter outlives power cuts as it does in a real terminal. */
	readonly trace: number;
	/** Something may be readable for the core. */
	readonly onReadable: () => void;
}

/**
 * A payment application as it stands beside the core in a terminal: it asks before it charges, carries the
 * core's questions to the acquirer and forgets everything but its trace counter when the power goes.
 */
export class SimulatedPaymentApp implements PaymentApp {
	readonly #options: PaymentAppOptions;
	#inbox: Uint8Array[] = [];
	#requests: { readonly sale: SaleRequest; readonly status: SaleStatus }[] = [];
	/** Approved without the acquirer, by transaction; kept over power cuts as in a real terminal. */
	readonly #stored = new Map<number, Stored>();
	#life = 0;
	#trace: number;
	#request: number;

	constructor(options: PaymentAppOptions) {
		this.#options = options;
		this.#trace = options.trace;
		this.#request = options.trace;
	}

	get trace(): number {
		return this.#trace;
	}

	/** A customer pays. Returns the standing of the request, which changes as the world goes on. */
	begin(sale: SaleRequest, operator: string): SaleStatus {
		this.#trace = (this.#trace % 999_999) + 1;
		this.#request += 1;
		const { type, method, amountMinor, currency, originalTrace, order } = sale;
		const status: SaleStatus = {
			request: this.#request,
			trace: this.#trace,
			type,
			amountMinor,
			currency,
			scheme: sale.instrument.scheme,
			state: "asking",
			transaction: null,
			reason: null,
			recorded: false,
		};
		this.#requests.push({ sale, status });
		const { request, trace } = status;
		const intent = {
			request,
			type,
			method,
			amountMinor,
			currency,
			trace,
			original: null,
			originalTrace,
			order,
			operator,
		};
		const { lastFour } = sale.instrument;
		if (sale.presentCard === true && lastFour !== null)
			this.#tell("cardPresented", { request, lastFour });
		this.#tell("intent", intent);
		return status;
	}

	read(): Uint8Array | undefined {
		return this.#inbox.shift();
	}

	write(bytes: Uint8Array): void {
		this.#handle(decodeCoreMessage(bytes));
	}

	/** The power goes: whatever was under way is forgotten, and no timer of this life acts any more. */
	powerOff(): void {
		this.#life += 1;
		this.#inbox = [];
		for (const { status } of this.#requests) {
			if (status.state === "asking" || status.state === "charging") status.state = "forgotten";
		}
		this.#requests = [];
	}

	#handle(message: CoreMessage): void {
		switch (message.type) {
			case "proceed":
				this.#charge(message.body);
				break;
			case "refuse":
				this.#refused(message.body);
				break;
			case "recorded":
				this.#recorded(message.body.transaction);
				break;
			case "enquire":
				this.#enquire(message.body.transaction);
				break;
			case "reverse":
				this.#reverse(message.body);
				break;
			case "settle":
				this.#settle(message.body);
				break;
			case "enquireSettlement":
				this.#enquireSettlement(message.body.settlement);
				break;
			case "upload":
				this.#upload(message.body);
				break;
			case "uploadEnd":
				this.#uploadEnd(message.body.settlement);
				break;
			case "noted":
				this.#noted(message.body);
				break;
			case "finishHold":
				this.#finishHold(message.body);
				break;
		}
	}

	#charge({ request, transaction }: CoreBody<"proceed">): void {
		const entry = this.#requests.find(({ status }) => status.request === request);
		if (entry === undefined || entry.status.state !== "asking") return;
		const { sale, status } = entry;
		status.state = "charging";
		status.transaction = transaction;
		const { behaviour, delayMs } = this.#next("authorise");
		if (behaviour === "offline") {
			this.#approveOffline(sale, status.trace, transaction);
			return;
		}
		const declined = behaviour === "decline";
		const { instrument } = sale;
		const lands = behaviour === "landLater";
		if (behaviour !== "timeout" && !declined && !lands) this.#book(sale, status.trace, transaction);
		if (behaviour === "timeout" || behaviour === "loseAnswer" || behaviour === "late" || lands) {
			const unknown = { instrument, outcome: "unknown", source: "app", response: null } as const;
			this.#later(GIVE_UP_MS, () => this.#conclude(status, unknown));
		}
		if (lands) this.#later(GIVE_UP_MS + delayMs, () => this.#book(sale, status.trace, transaction));
		if (behaviour === "late" || lands) {
			const late = { instrument, outcome: "approved", source: "late", response: "00" } as const;
			this.#later(GIVE_UP_MS + delayMs, () => this.#conclude(status, late));
		} else if (behaviour !== "timeout" && behaviour !== "loseAnswer") {
			const answer: Result = declined
				? { instrument, outcome: "declined", source: "app", response: "51" }
				: { instrument, outcome: "approved", source: "app", response: "00" };
			this.#later(ANSWER_MS, () => this.#conclude(status, answer));
		}
	}

	/** May this be approved here? Nothing is, before the core has taken it down. */
	#approveOffline(sale: SaleRequest, trace: number, transaction: number): void {
		this.#stored.set(transaction, { sale, trace });
		const { group, scheme, lastFour } = sale.instrument;
		const facts = { group, scheme, lastFour, reference: null, authorisation: null, response: "Y1" };
		this.#tell("offlineApproved", { transaction, ...facts });
	}

	#noted({ transaction, told, taken }: CoreBody<"noted">): void {
		if (told !== "offlineApproved") return;
		const entry = this.#requests.find(({ status }) => status.transaction === transaction);
		if (entry !== undefined) {
			entry.status.state = taken ? "approved" : "declined";
			entry.status.recorded = true;
		}
		if (!taken) this.#stored.delete(transaction);
	}

	/** The operator ends a pre-authorisation at the terminal: a charge of its own. */
	#finishHold({ transaction, trace, amountMinor, currency, way }: CoreBody<"finishHold">): void {
		const type = way === "complete" ? "completion" : "cancellation";
		const instrument = this.#instrumentOf(transaction);
		const sale = { type, method: "card", amountMinor, currency, instrument } as const;
		this.begin({ ...sale, originalTrace: trace, order: null }, "");
	}

	/** What waits after an approval is told with it. */
	#tellWaiting({ type, expectTip, holdMs }: SaleRequest, transaction: number): void {
		if (type === "sale" && expectTip === true) this.#tell("tipOpen", { transaction });
		if (type !== "preAuthorisation" || holdMs === undefined) return;
		const expiryS = Math.floor((this.#options.timeline.wallMs + holdMs) / 1000);
		this.#tell("holdExpiry", { transaction, expiryS });
	}

	#book(sale: SaleRequest, trace: number, transaction: number): void {
		const { timeline, acquirer, terminal, zoneMinutes } = this.#options;
		const { type, amountMinor, currency, instrument, originalTrace } = sale;
		const businessDate = businessDateAt(Math.floor(timeline.wallMs / 1000), zoneMinutes, 240);
		const wallMs = timeline.wallMs;
		acquirer.authorise({
			terminal,
			transaction,
			type,
			amountMinor,
			currency,
			trace,
			originalTrace,
			instrument,
			wallMs,
			businessDate,
		});
	}

	#conclude(status: SaleStatus, result: Result): void {
		if (status.transaction === null) return;
		status.state = result.outcome;
		status.recorded = false;
		this.#tellOutcome(status.transaction, result);
		const entry = this.#requests.find((other) => other.status === status);
		if (entry !== undefined && result.outcome === "approved")
			this.#tellWaiting(entry.sale, status.transaction);
		if (result.outcome !== "unknown") this.#repeat(status, result);
	}

	#repeat(status: SaleStatus, result: Result): void {
		this.#later(REPEAT_MS, () => {
			if (status.recorded || status.transaction === null) return;
			this.#tellOutcome(status.transaction, result);
			this.#repeat(status, result);
		});
	}

	#tellOutcome(transaction: number, { instrument, outcome, source, response }: Result): void {
		const booking = this.#options.acquirer.find(this.#options.terminal, transaction);
		const known = outcome === "approved" ? booking : undefined;
		this.#tell("outcome", {
			transaction,
			outcome,
			source,
			group: instrument.group,
			scheme: instrument.scheme,
			reference: known?.reference ?? null,
			authorisation: known?.authorisation ?? null,
			response,
			lastFour: instrument.lastFour,
		});
	}

	#refused({ request, reason }: CoreBody<"refuse">): void {
		const entry = this.#requests.find(({ status }) => status.request === request);
		if (entry === undefined) return;
		entry.status.state = "refused";
		entry.status.reason = reason;
	}

	#recorded(transaction: number): void {
		for (const { status } of this.#requests) {
			if (status.transaction === transaction && status.state !== "unknown") status.recorded = true;
		}
	}

	/** A charge that the acquirer does not know was never made: response code 25, "unable to locate record". */
	#enquire(transaction: number): void {
		const { acquirer, terminal } = this.#options;
		const { behaviour } = this.#next("enquire");
		const stored = this.#stored.get(transaction);
		if (stored !== undefined && (behaviour === "normal" || behaviour === "decline")) {
			this.#stored.delete(transaction);
			if (behaviour === "normal") this.#book(stored.sale, stored.trace, transaction);
		} else if (behaviour !== "normal") return;
		const booking = acquirer.find(terminal, transaction);
		const approved = booking?.status === "approved";
		const known = booking?.instrument ?? stored?.sale.instrument;
		const instrument = known ?? this.#instrumentOf(transaction);
		this.#later(ANSWER_MS, () => {
			const entry = this.#requests.find(({ status }) => status.transaction === transaction);
			if (entry !== undefined && stored === undefined)
				entry.status.state = approved ? "approved" : "declined";
			const outcome = approved ? "approved" : "declined";
			const response = approved ? "00" : stored === undefined ? "25" : "51";
			this.#tellOutcome(transaction, { instrument, outcome, source: "enquiry", response });
		});
	}

	#instrumentOf(transaction: number): Instrument {
		const { acquirer, terminal } = this.#options;
		const booking = acquirer.find(terminal, transaction);
		const entry = this.#requests.find(({ status }) => status.transaction === transaction);
		return (
			booking?.instrument ??
			entry?.sale.instrument ?? { group: "domestic", scheme: "UNIONPAY", lastFour: null }
		);
	}

	#reverse({ transaction, attempt }: CoreBody<"reverse">): void {
		const { acquirer, terminal } = this.#options;
		const { behaviour } = this.#next("reverse");
		if (behaviour === "timeout") return;
		if (behaviour === "decline") {
			this.#later(ANSWER_MS, () =>
				this.#tell("reversalResult", { transaction, attempt, result: "refused" }),
			);
			return;
		}
		acquirer.reverse(terminal, transaction);
		if (behaviour === "loseAnswer") return;
		this.#later(ANSWER_MS, () =>
			this.#tell("reversalResult", { transaction, attempt, result: "reversed" }),
		);
	}

	#settle({ settlement, batch, groups }: CoreBody<"settle">): void {
		const { acquirer, terminal } = this.#options;
		const { behaviour, delayMs } = this.#next("settle");
		if (behaviour === "timeout") return;
		if (behaviour === "disagree") acquirer.loseOne(terminal);
		if (behaviour === "cannotConfirm") {
			const verdicts = groups.map(({ group }) => ({ group, verdict: "cannotConfirm" as const }));
			this.#later(ANSWER_MS, () => this.#tell("settleResult", { settlement, verdicts }));
			return;
		}
		const verdicts = acquirer.settle(terminal, settlement, batch, groups);
		if (behaviour === "loseAnswer") return;
		this.#later(ANSWER_MS + delayMs, () => this.#tell("settleResult", { settlement, verdicts }));
	}

	#enquireSettlement(settlement: number): void {
		const { acquirer, terminal } = this.#options;
		if (this.#next("enquire").behaviour !== "normal") return;
		const booked = acquirer.settlement(terminal, settlement);
		const verdicts = booked?.verdicts ?? [];
		this.#later(ANSWER_MS, () =>
			this.#tell("settlementState", { settlement, known: booked !== undefined, verdicts }),
		);
	}

	#upload(body: CoreBody<"upload">): void {
		const { acquirer, terminal, timeline, zoneMinutes } = this.#options;
		const { settlement, transaction, type, amountMinor, currency, trace, group, scheme, lastFour } =
			body;
		const { behaviour } = this.#next("upload");
		if (behaviour === "timeout") return;
		const detail = {
			terminal,
			transaction,
			type,
			amountMinor,
			currency,
			trace,
			originalTrace: null,
			reference: body.reference ?? "",
			authorisation: body.authorisation ?? "",
			instrument: { group, scheme, lastFour },
			wallMs: timeline.wallMs,
			businessDate: businessDateAt(Math.floor(timeline.wallMs / 1000), zoneMinutes, 240),
		};
		if (behaviour !== "decline") acquirer.upload(detail, settlement);
		if (behaviour === "loseAnswer") return;
		const accepted = behaviour !== "decline";
		this.#later(ANSWER_MS, () => this.#tell("uploadResult", { settlement, transaction, accepted }));
	}

	#uploadEnd(settlement: number): void {
		const { acquirer, terminal } = this.#options;
		const verdicts = acquirer.endUpload(terminal, settlement);
		this.#later(ANSWER_MS, () => this.#tell("uploadEndResult", { settlement, verdicts }));
	}

	#next(operation: Operation): { readonly behaviour: Behaviour; readonly delayMs: number } {
		return this.#options.acquirer.next(operation, this.#options.terminal);
	}

	#tell<K extends AppMessageType>(type: K, body: AppBody<K>): void {
		this.#inbox.push(encodeAppMessage(type, body));
		this.#options.onReadable();
	}

	#later(delayMs: number, run: () => void): void {
		const life = this.#life;
		this.#options.timeline.after(delayMs, () => {
			if (life === this.#life) run();
		});
	}
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
