import type { ToApp } from "../../firmware/core/part.ts";
import {
	type AppBody,
	type AppMessage,
	type AppMessageType,
	type CoreBody,
	type CoreMessage,
	decodeAppMessage,
	decodeCoreMessage,
	encodeAppMessage,
	encodeCoreMessage,
} from "../../protocol/payment-app.ts";
import { FakeAcquirer } from "./fake-acquirer.ts";

/**
 * What becomes of a charge: answered at once; charged but the answer lost until it is enquired; charged and never
 * answered, not even to an enquiry; not charged and never answered; told as unknown and known only by enquiry.
 * Offline: approved by the application, charged when it is enquired and the acquirer is reached.
 */
export type Fate = "offline" | "approve" | "decline" | "loseAnswer" | "hang" | "vanish" | "unknown";
/** What becomes of one message about a settlement on its way. */
export type LineFault = "none" | "loseRequest" | "loseAnswer";

type Asked = Partial<AppBody<"intent">> & { readonly amountMinor: number };
type OutcomeBody = AppBody<"outcome">;

/** A payment application with its acquirer. It keeps its own memory through power cuts of the terminal. */
export class FakePaymentApp {
	readonly acquirer = new FakeAcquirer();
	/** Consumed by charges in order; `approve` afterwards. */
	readonly fates: Fate[] = [];
	/** Consumed by `settle` and `enquireSettlement` in order; none afterwards. */
	readonly lineFaults: LineFault[] = [];
	/** Consumed by `reverse` in order; reversed at the acquirer afterwards. */
	readonly reversalFaults: ("noAnswer" | "silent" | "refused")[] = [];
	readonly received: CoreMessage[] = [];
	readonly refused: CoreBody<"refuse">[] = [];
	/** Transaction that each request became. */
	readonly transactions = new Map<number, number>();
	readonly #asked = new Map<number, AppBody<"intent">>();
	readonly #fateOf = new Map<number, Fate>();
	/** What becomes of a delivery. */
	delivery: "paid" | "refused" | "noLine" = "paid";
	/** Approved by the application and not delivered; it keeps them over its own power cuts. */
	readonly #offline = new Map<number, Parameters<FakeAcquirer["charge"]>[0]>();
	readonly #untold = new Map<number, OutcomeBody>();
	readonly #toCore: Uint8Array[] = [];
	#lastRequest = 0;

	/** Asks to charge; returns the request number. */
	ask(asked: Asked): number {
		const request = asked.request ?? this.#lastRequest + 1;
		this.#lastRequest = Math.max(this.#lastRequest, request);
		const body: AppBody<"intent"> = {
			type: "sale",
			method: "card",
			currency: "CNY",
			trace: request,
			original: null,
			originalTrace: null,
			order: null,
			operator: "lin",
			...asked,
			request,
		};
		this.#asked.set(request, body);
		this.tell("intent", body);
		return request;
	}

	/** Says again everything that was not answered, as after a lost connection. */
	resend(): void {
		for (const [request, body] of this.#asked) {
			const refused = this.refused.some((refusal) => refusal.request === request);
			if (!refused && !this.transactions.has(request)) this.tell("intent", body);
		}
		for (const body of this.#untold.values()) this.tell("outcome", body);
	}

	tell<K extends AppMessageType>(type: K, body: AppBody<K>): void {
		this.#toCore.push(encodeAppMessage(type, body));
	}

	/** The next message for the core. */
	take(): AppMessage | undefined {
		const bytes = this.#toCore.shift();
		return bytes && decodeAppMessage(bytes);
	}

	/** True while messages for the core are on the line. */
	get isTalking(): boolean {
		return this.#toCore.length > 0;
	}

	/** What was on the line when the power went. */
	dropLine(): void {
		this.#toCore.length = 0;
	}

	readonly toApp: ToApp = (type, body) => {
		const message = decodeCoreMessage(encodeCoreMessage(type, body));
		this.received.push(message);
		this.#act(message);
	};

	#act({ type, body }: CoreMessage): void {
		if (type === "proceed") this.#charge(body);
		else if (type === "refuse") this.refused.push(body);
		else if (type === "recorded") this.#untold.delete(body.transaction);
		else if (type === "enquire") this.#enquired(body);
		else if (type === "reverse") this.#reverse(body);
		else if (type === "settle") this.#settle(body);
		else if (type === "enquireSettlement") this.#enquiredSettlement(body);
		else if (type === "upload") this.#upload(body);
		else if (type === "uploadEnd") this.#endUpload(body);
		else if (type === "finishHold") this.#finishHold(body);
		else this.#noted(body);
	}

	/** The operator ends a pre-authorisation: a charge of its own, as any other. */
	#finishHold({ transaction, amountMinor, way }: CoreBody<"finishHold">): void {
		const type = way === "complete" ? "completion" : "cancellation";
		this.ask({ type, amountMinor, original: transaction });
	}

	/** Approved by itself, once the core has taken that down; without it the charge is declined. */
	#noted({ transaction, told, taken }: CoreBody<"noted">): void {
		if (told !== "offlineApproved" || this.#fateOf.get(transaction) !== "offline") return;
		if (!taken) this.#tellOutcome(transaction, "app");
	}

	#upload(body: CoreBody<"upload">): void {
		const { settlement, transaction } = body;
		this.acquirer.upload(body);
		this.tell("uploadResult", { settlement, transaction, accepted: true });
	}

	#endUpload(body: CoreBody<"uploadEnd">): void {
		const verdicts = this.acquirer.endUpload(body);
		this.tell("uploadEndResult", { settlement: body.settlement, verdicts });
	}

	#charge({ request, transaction }: CoreBody<"proceed">): void {
		const asked = this.#asked.get(request);
		if (asked === undefined || this.transactions.has(request)) return;
		this.transactions.set(request, transaction);
		const fate = this.fates.shift() ?? "approve";
		this.#fateOf.set(transaction, fate);
		const { type, amountMinor, method } = asked;
		const group = method === "qr" ? "wallet" : method === "cash" ? "cash" : "domestic";
		const charge = { transaction, type, amountMinor, group } as const;
		if (fate === "offline") {
			this.#offline.set(transaction, charge);
			const {
				outcome: _outcome,
				source: _source,
				...facts
			} = outcomeOf(transaction, "unknown", "app", group);
			this.tell("offlineApproved", facts);
			return;
		}
		if (fate !== "vanish") this.acquirer.charge(charge, fate !== "decline");
		if (fate === "approve" || fate === "decline") this.#tellOutcome(transaction, "app");
		if (fate === "unknown") {
			const outcome = outcomeOf(transaction, "unknown", "app", group);
			this.#untold.set(transaction, outcome);
			this.tell("outcome", outcome);
		}
	}

	#tellOutcome(transaction: number, source: OutcomeBody["source"]): void {
		const charge = this.acquirer.charges.get(transaction);
		const approved = charge?.status === "approved";
		const group = charge?.group ?? "domestic";
		const body = outcomeOf(transaction, approved ? "approved" : "declined", source, group);
		this.#untold.set(transaction, body);
		this.tell("outcome", body);
	}

	#enquired({ transaction }: CoreBody<"enquire">): void {
		const fate = this.#fateOf.get(transaction);
		if (fate === "hang" || fate === "vanish") return;
		const stored = this.#offline.get(transaction);
		if (stored !== undefined) {
			if (this.delivery === "noLine") return;
			this.#offline.delete(transaction);
			this.acquirer.charge(stored, this.delivery === "paid");
		}
		this.#tellOutcome(transaction, "enquiry");
	}

	/** The acquirer answers again from now on. */
	wake(transaction: number): void {
		this.#fateOf.set(transaction, "approve");
	}

	#reverse({ transaction, attempt }: CoreBody<"reverse">): void {
		const fault = this.reversalFaults.shift();
		if (fault === "silent") return;
		const result = fault ?? this.acquirer.reverse(transaction);
		this.tell("reversalResult", { transaction, attempt, result });
	}

	#settle(body: CoreBody<"settle">): void {
		const fault = this.lineFaults.shift() ?? "none";
		if (fault === "loseRequest") return;
		const verdicts = this.acquirer.settle(body);
		if (fault === "none") this.tell("settleResult", { settlement: body.settlement, verdicts });
	}

	#enquiredSettlement({ settlement }: CoreBody<"enquireSettlement">): void {
		if ((this.lineFaults.shift() ?? "none") !== "none") return;
		const verdicts = this.acquirer.stateOf(settlement);
		const known = verdicts !== undefined;
		this.tell("settlementState", { settlement, known, verdicts: verdicts ?? [] });
	}
}

function outcomeOf(
	transaction: number,
	outcome: OutcomeBody["outcome"],
	source: OutcomeBody["source"],
	group: OutcomeBody["group"],
): OutcomeBody {
	const approved = outcome === "approved";
	return {
		transaction,
		outcome,
		source,
		group,
		scheme: group === "wallet" ? "WECHAT" : "CUP",
		reference: approved ? String(100000 + transaction) : null,
		authorisation: approved ? "A1B2C3" : null,
		response: approved ? "00" : "51",
		lastFour: "4242",
	};
}
