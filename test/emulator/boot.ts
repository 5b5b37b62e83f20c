import { Terminal } from "../../firmware/core/terminal.ts";
import type { InitialSetup } from "../../firmware/core/terminal-options.ts";
import { gbTable } from "../../firmware/resources/gb-table.ts";
import { assert } from "../../protocol/error.ts";
import type { Boot } from "./engine/core.ts";

/** The real firmware as the engines boot it; `options` are the tenant, the terminal and the firmware's name. */
export const boot: Boot = (ports, options) => {
	const { tenant, terminal, firmware, initial } = read(options);
	return new Terminal({ ports, identity: { tenant, terminal }, firmware, gbTable, initial });
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
	const initial = "initial" in options ? readInitial(options.initial) : {};
	return { tenant, terminal, firmware, initial };
}

function readInitial(value: unknown): InitialSetup {
	assert(typeof value === "object" && value !== null, "the initial setup is an object");
	const pin =
		"managerPin" in value && typeof value.managerPin === "string" ? value.managerPin : null;
	const listed = "settings" in value && Array.isArray(value.settings) ? value.settings : [];
	const settings = listed.flatMap((entry: unknown) => readSetting(entry));
	return pin === null ? { settings } : { settings, managerPin: pin };
}

function readSetting(entry: unknown) {
	assert(typeof entry === "object" && entry !== null, "a setting is an object");
	const name = "name" in entry ? entry.name : undefined;
	const value = "value" in entry ? entry.value : undefined;
	assert(typeof name === "string", "a setting has a name");
	const isScalar =
		typeof value === "string" || typeof value === "number" || typeof value === "boolean";
	assert(isScalar, `setting ${name} has a value`);
	return [{ name, value }];
}
