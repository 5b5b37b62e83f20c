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
	return takeMessages(ports, ({ type, body }) => {
		if (type !== "intent" && type !== "ask") return;
		const reason = refusals[code];
		const { request } = body;
		ports.paymentApp.write(encodeCoreMessage("refuse", { request, code, reason }));
	});
}
