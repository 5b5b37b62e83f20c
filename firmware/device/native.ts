import FFI from "mc/ffi";
import { CloseoutError } from "../../protocol/error.ts";

// The functions are bound at each call: a module that is preloaded into flash cannot keep them.

/** Bytes of the platform's own random source: two starts never see the same, unlike `Math.random` of the SDK. */
export function randomBytes(length: number): Uint8Array {
	const bytes = new Uint8Array(length);
	if (new FFI().closeoutRandom(bytes.buffer, 0, length) === 1) return bytes;
	throw new CloseoutError("ENGINE", "the platform gives no random bytes; start the terminal again");
}

/** Milliseconds of a clock that no one can set. */
export function monotonicMs(): number {
	return new FFI().closeoutMonotonicMs();
}

/** A variable of the environment, or undefined where it is not set. */
export function environment(name: string): string | undefined {
	return new FFI().closeoutEnvironment(name) || undefined;
}

/** One line to standard error, where the platform has it. */
export function print(line: string): void {
	new FFI().closeoutPrint(line);
}

export function ignoreBrokenPipes(): void {
	new FFI().closeoutIgnoreBrokenPipes();
}
