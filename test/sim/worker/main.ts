import "./text.ts";
import { boot as journal } from "../../campaign/_engines-core.ts";
import { boot as terminal } from "../../emulator/boot.ts";
import { install } from "../../emulator/engine/firmware-entry.ts";

/**
 * The cores that are built into the worker, compiled and preloaded as on a terminal: `installCore` makes one of them
 * ready. A script that the parent sends can stand in their place.
 */
export default function main(): void {
	Reflect.set(globalThis, "installCore", (name: string) => {
		install(name === "journal" ? journal : terminal);
	});
}
