import { Closeout, type CloseoutOptions } from "../device/closeout.ts";
import { monotonicMs, randomBytes } from "../device/native.ts";
import { traceLog } from "../device/trace-log.ts";
import type { Acquirer } from "./acquirer.ts";
import { AddOn } from "./add-on.ts";

export interface StartOptions extends Omit<CloseoutOptions, "paymentApp" | "onStep"> {
	readonly acquirer: Acquirer;
}

/** Requests of one start, in round numbers: two starts begin this far apart. */
const REQUESTS_PER_START = 100;

/**
 * Starts Closeout in the application's own program and returns what the application calls. It recovers its journal
 * and takes up what was owed in the steps that follow; a terminal that no host knows asks for its code first.
 */
export function startCloseout({ acquirer, ...options }: StartOptions): AddOn {
	const addOn = new AddOn({
		acquirer,
		wake: () => closeout.wake(),
		monotonicMs,
		requestBase: new DataView(randomBytes(4).buffer).getUint32(0) * REQUESTS_PER_START,
		log: traceLog,
	});
	const closeout = new Closeout({
		...options,
		paymentApp: addOn,
		onStep: (terminal) => addOn.show(terminal.summary()),
	});
	closeout.start();
	return addOn;
}
