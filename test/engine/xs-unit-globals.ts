import { CloseoutError } from "../../protocol/error.ts";

/**
 * Names that fast-check reads when it is loaded. Nothing in XS has timers, so using one is an error; the ones
 * that only clear have nothing to clear.
 */
function noTimer(): never {
	throw new CloseoutError("USAGE", "a test inside XS has no timers; drive the clock by hand");
}

for (const name of ["setTimeout", "setInterval"]) Reflect.set(globalThis, name, noTimer);
for (const name of ["clearTimeout", "clearInterval"]) Reflect.set(globalThis, name, () => {});
