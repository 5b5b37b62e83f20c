import { Terminal } from "../../firmware/core/terminal.ts";
import { gbTable } from "../../firmware/resources/gb-table.ts";
import { assert } from "../../protocol/error.ts";
import type { Boot } from "./engine/core.ts";

/** The real firmware as the engines boot it; `options` are the tenant, the terminal and the firmware's name. */
export const boot: Boot = (ports, options) => {
	const { tenant, terminal, firmware } = read(options);
	return new Terminal({ ports, identity: { tenant, terminal }, firmware, gbTable });
};

function read(options: unknown) {
	assert(
		typeof options === "object" &&
			options !== null &&
			"tenant" in options &&
			typeof options.tenant === "string" &&
			"terminal" in options &&
			typeof options.terminal === "string" &&
			"firmware" in options &&
			typeof options.firmware === "string",
		"a terminal is booted with tenant, terminal and firmware",
	);
	const { tenant, terminal, firmware } = options;
	return { tenant, terminal, firmware };
}
