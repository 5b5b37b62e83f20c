import { resolve } from "node:path";
import { CloseoutError, errorTable } from "../../protocol/error.ts";
import { type Composed, compose } from "./compose.ts";
import { Progress } from "./progress.ts";

/**
 * `npm start`: host and emulator in one process, until Ctrl-C. With `--json` standard output is one line with the
 * addresses once everything stands, for a program that starts this one.
 */

const isForProgram = process.argv.includes("--json");
const progress = new Progress(isForProgram ? process.stderr : process.stdout);

function portFrom(name: string, byDefault: number): number {
	const text = process.env[name];
	if (text === undefined || text === "") return byDefault;
	const port = Number(text);
	if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
	throw new CloseoutError("USAGE", `${name}=${text} is not a port; give a number from 0 to 65535`);
}

function stopOnSignal({ close }: Composed): void {
	let isStopping = false;
	const stop = async () => {
		if (isStopping) process.exit(130);
		isStopping = true;
		progress.line("\n正在停止 / stopping …");
		await close();
		progress.line("已停止，数据已保存 / stopped, everything is kept");
		process.exit(0);
	};
	process.on("SIGINT", () => void stop());
	process.on("SIGTERM", () => void stop());
}

try {
	const dataDir = resolve(process.env.CLOSEOUT_DATA || "data");
	const composed = await compose({
		dataDir,
		emulatorPort: portFrom("CLOSEOUT_EMULATOR_PORT", 8081),
		brokerPort: portFrom("CLOSEOUT_BROKER_PORT", 0),
		dashboardPort: portFrom("CLOSEOUT_PORT", 8080),
		progress,
		...(process.env.CLOSEOUT_ENGINE === "node" ? { engine: "node" } : {}),
	});
	stopOnSignal(composed);
	const { emulatorUrl: terminal, dashboardUrl: dashboard } = composed;
	if (isForProgram)
		process.stdout.write(`${JSON.stringify({ terminal, dashboard, data: dataDir })}\n`);
	progress.line("");
	progress.line(`  终端 / terminal   ${terminal}`);
	progress.line(`  看板 / dashboard  ${dashboard}/`);
	progress.line(`  数据 / data       ${dataDir}`);
	progress.line("  停止 / stop       Ctrl-C");
} catch (error) {
	const known = error instanceof CloseoutError;
	process.stderr.write(`\n${known ? `${error.code}: ${error.message}` : String(error)}\n`);
	process.exit(known ? errorTable[error.code].exit : 70);
}
