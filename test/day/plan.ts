import { SeededEntropy } from "../emulator/random.ts";

/** One thing that happens in the shop, and how long after the one before. */
export type Step = { readonly afterMs: number } & (
	| { readonly kind: "sale" | "refund" | "void" | "decline" | "cardNumber" }
	| {
			readonly kind: "unknown";
			readonly how: "timeout" | "loseAnswer" | "late";
			/** Enquiries without an answer after the close was refused because of it. */
			readonly enquiriesLost: number;
	  }
	/** The power goes after so many written bytes, in whatever sale that happens. */
	| { readonly kind: "powerCut"; readonly afterBytes: number; readonly darkMs: number }
	| { readonly kind: "networkDown" | "networkUp" }
);

export type SettlementWay = "agreed" | "upload" | "enquiry";

/** Everything about a day that its seed decides before it begins. */
export interface Plan {
	readonly seed: number;
	/** When the terminal is switched on, milliseconds since 1970. */
	readonly openMs: number;
	readonly language: "zh-CN" | "en";
	/** What a power cut does to writes that were not synced. */
	readonly unsynced: "kept" | "lost";
	readonly operator: string;
	readonly steps: readonly Step[];
	readonly settlement: SettlementWay;
	/** The paper ends after this share of the list's rows, in thousandths. */
	readonly paperOutPermille: number;
	/** What the bank does besides forgetting one sale. */
	readonly bankChange: "none" | "amount" | "fee";
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** 2026-03-02T08:00:00+08:00 */
const FIRST_MORNING_MS = Date.UTC(2026, 2, 2, 0);
const SALES_MIN = 20;
const SALES_MAX = 60;
/** More than what one sale writes, so that the cut can come at any place of it, or in the one after. */
const CUT_BYTES_MAX = 4_000;
/** Sales that come before anything else, so that there is something to refund and to lose. */
const QUIET_SALES = 3;

/** Draws a day. The same seed gives the same day. */
export function drawPlan(seed: number): Plan {
	const dice = new SeededEntropy(`closeout day ${seed}`);
	const days = dice.below(60);
	return {
		seed,
		openMs: FIRST_MORNING_MS + days * DAY_MS + dice.below(120) * MINUTE_MS,
		language: oneOf(dice, ["zh-CN", "en"]),
		unsynced: oneOf(dice, ["kept", "lost"]),
		operator: String(1 + dice.below(99)).padStart(2, "0"),
		steps: drawSteps(dice),
		settlement: oneOf(dice, ["agreed", "upload", "enquiry"]),
		paperOutPermille: 50 + dice.below(900),
		bankChange: oneOf(dice, ["none", "amount", "fee"]),
	};
}

/** One of the values, each as likely as the others. */
export function oneOf<const T>(dice: SeededEntropy, values: readonly [T, ...T[]]): T {
	return values[dice.below(values.length)] ?? values[0];
}

function drawSteps(dice: SeededEntropy): readonly Step[] {
	const afterMs = () => 20_000 + dice.below(7 * MINUTE_MS);
	const salesCount = SALES_MIN + dice.below(SALES_MAX - SALES_MIN + 1);
	const steps: Step[] = Array.from({ length: salesCount }, () => ({
		kind: "sale",
		afterMs: afterMs(),
	}));
	const insert = (step: Step, from = QUIET_SALES) =>
		steps.splice(from + dice.below(steps.length - from + 1), 0, step);
	const refunds = 1 + dice.below(3);
	for (let count = 0; count < refunds; count++) insert({ kind: "refund", afterMs: afterMs() });
	insert({ kind: "void", afterMs: afterMs() });
	insert({ kind: "decline", afterMs: afterMs() });
	insert({ kind: "cardNumber", afterMs: afterMs() });
	insert({
		kind: "unknown",
		how: oneOf(dice, ["timeout", "loseAnswer", "late"]),
		enquiriesLost: dice.below(4),
		afterMs: afterMs(),
	});
	const afterBytes = 1 + dice.below(CUT_BYTES_MAX);
	const darkMs = 5_000 + dice.below(10 * MINUTE_MS);
	insert({ kind: "powerCut", afterBytes, darkMs, afterMs: afterMs() });
	cutNetwork(dice, steps);
	return steps;
}

/** The network is away for two to six steps. */
function cutNetwork(dice: SeededEntropy, steps: Step[]): void {
	const length = 2 + dice.below(5);
	const from = QUIET_SALES + dice.below(steps.length - QUIET_SALES - length);
	steps.splice(from + length, 0, { kind: "networkUp", afterMs: 1_000 });
	steps.splice(from, 0, { kind: "networkDown", afterMs: 1_000 });
}
