import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { ExecutionContext } from "ava";

const launcher = fileURLToPath(new URL("../../../host/cli/closeout.mjs", import.meta.url));

export interface Served {
	readonly url: string;
	/** Address of its broker. */
	readonly broker: string;
	/** Sends a signal and gives the status that the process ends with. */
	readonly end: (signal: "SIGINT" | "SIGTERM") => Promise<number | null>;
}

/** `serve --json` as a process, once it has told where it listens. */
export async function spawnServe(
	t: ExecutionContext,
	folder: string,
	args: readonly string[],
): Promise<Served> {
	const child = spawn(process.execPath, [launcher, ...args], {
		cwd: folder,
		stdio: ["ignore", "pipe", "inherit"],
	});
	t.teardown(() => child.kill("SIGKILL"));
	for await (const line of createInterface({ input: child.stdout })) {
		const { url, broker } = JSON.parse(line);
		return {
			url: String(url),
			broker: String(broker),
			end: async (signal) => {
				const ended = once(child, "exit");
				child.kill(signal);
				await ended;
				return child.exitCode;
			},
		};
	}
	t.fail("the process ended before it listened");
	return { url: "", broker: "", end: async () => null };
}
