import { isOthersFault } from "../../protocol/error.ts";
import {
	type AppMessage,
	decodeAppMessage,
	encodeCoreMessage,
} from "../../protocol/payment-app.ts";
import { type RefusalKey, refusals } from "./day/refusal.ts";
import type { Ports } from "./port.ts";

/** Messages of the payment application taken in one step. */
const MESSAGES_PER_STEP = 16;

type AppPorts = Pick<Ports, "paymentApp" | "log">;

/** Takes what the payment application has sent, up to a step's share. True when there may be more. */
export function takeMessages(
	{ paymentApp, log }: AppPorts,
	onMessage: (message: AppMessage) => void,
): boolean {
	for (let count = 0; count < MESSAGES_PER_STEP; count++) {
		const bytes = paymentApp.read();
		if (bytes === undefined) return false;
		try {
			onMessage(decodeAppMessage(bytes));
		} catch (error) {
			if (!isOthersFault(error)) throw error;
			log.write("warn", error.code, `payment application: ${error.message}`);
		}
	}
	return true;
}

/**
 * For a terminal that can record nothing now: whatever is asked for is refused with the reason. What the application
 * tells it tells again until it is recorded. True when there may be more.
 */
export function refuseAll(ports: AppPorts, code: RefusalKey): boolean {
	return takeMessages(ports, (message) => {
		if (message.type === "intent" || message.type === "ask")
			refuse(ports.paymentApp, message, code);
	});
}

/** Answers what is asked for, a charge or a step of the day, with a reason against it. */
export function refuse(
	paymentApp: Ports["paymentApp"],
	{ body: { request } }: Extract<AppMessage, { type: "intent" | "ask" }>,
	code: RefusalKey,
): void {
	paymentApp.write(encodeCoreMessage("refuse", { request, code, reason: refusals[code] }));
}
