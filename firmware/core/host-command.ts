import { configure } from "../../protocol/configuration.ts";
import { CloseoutError } from "../../protocol/error.ts";
import type { DownBody } from "../../protocol/message.ts";
import { releasePurpose } from "../../protocol/record.ts";
import type { Core } from "./core.ts";
import type { Commands } from "./part.ts";
import type { Clock } from "./port.ts";
import type { CommandHandler } from "./sync/sync.ts";

export interface HostCommandOptions {
	readonly core: Core;
	readonly commands: Pick<Commands, "settle" | "answerReprint" | "askRelease">;
	readonly clock: Clock;
	/** Begins to send records and says which. */
	readonly pull: (hostSequence: number, range: PullRange) => string;
}

/** Null: from the oldest record, to the newest. */
export interface PullRange {
	readonly from: number | null;
	readonly to: number | null;
}

type Command = DownBody<"command">;

/** Carries out what the host commands; the record of it stands already. What is refused changes nothing. */
export function hostCommands({ core, commands, clock, pull }: HostCommandOptions): CommandHandler {
	return (command) => {
		try {
			return { accepted: true, detail: run(command) };
		} catch (error) {
			if (!(error instanceof CloseoutError) || error.family === "bug") throw error;
			return { accepted: false, detail: error.message.slice(0, 64) };
		}
	};

	function run(command: Command): string {
		switch (command.command) {
			case "settle":
				return commands.settle("host") ? "settling" : "nothing to settle";
			case "setClock":
				return setClock(command);
			case "configure":
				return applySettings(command);
			case "requestState":
				return `at record ${core.state.sequence}`;
			case "pull": {
				const range = { from: numberOf(command, "from"), to: numberOf(command, "to") };
				return pull(command.hostSequence, range);
			}
			case "approveReprint":
				return approveReprint(command);
			case "release":
				return release(command);
		}
	}

	function setClock(command: Command): string {
		const wallS = numberOf(command, "wallS");
		if (wallS === null || wallS < 0)
			throw new CloseoutError("USAGE", "setClock without wallS in seconds");
		core.record("clock", { oldWallS: core.stamp().wallS, newWallS: wallS, source: "host" });
		clock.set(wallS * 1000);
		return "set";
	}

	function approveReprint(command: Command): string {
		const asked = numberOf(command, "asked");
		const by = command.arguments.find(({ name }) => name === "by")?.value;
		const accepted = command.arguments.find(({ name }) => name === "accepted")?.value !== false;
		if (asked === null || typeof by !== "string")
			throw new CloseoutError("USAGE", "approveReprint without asked and by");
		const debt = commands.answerReprint(asked, { accepted, by: by.slice(0, 16), way: "host" });
		return debt === null ? "refused" : `print ${debt}`;
	}

	function release(command: Command): string {
		const named = command.arguments.find(({ name }) => name === "purpose")?.value;
		const purpose = releasePurpose.names.find((name) => name === named);
		if (purpose === undefined)
			throw new CloseoutError("USAGE", "release without purpose: update, wipe or signOut");
		const { accepted, reasons } = commands.askRelease(purpose, { name: "host", role: "host" });
		if (!accepted) throw new CloseoutError("REFUSED", reasons.join(" "));
		return `clear at record ${core.state.sequence}`;
	}

	function applySettings({ arguments: settings }: Command): string {
		configure(core.configuration, settings);
		core.record("configuration", {
			version: core.state.configurationVersion + 1,
			source: "host",
			settings,
		});
		return `configuration ${core.state.configurationVersion}`;
	}
}

function numberOf({ arguments: given }: Command, name: string): number | null {
	const value = given.find((argument) => argument.name === name)?.value;
	return typeof value === "number" ? value : null;
}
