#!/usr/bin/env node
// Starts the command with a Node.js that runs TypeScript unbuilt. Plain JavaScript of the oldest Node.js that npm
// still comes with, because that is what reads this file; an older one hands over to the project's own.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NODE_MAJOR_MIN = 24;
const EXIT_UNAVAILABLE = 69;
const main = fileURLToPath(new URL("./main.ts", import.meta.url));

/** Path of the Node.js that the project brings along, or undefined where there is none for this machine. */
function ownNode() {
	const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
	try {
		const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
		return join(dirname(manifest), "bin", process.platform === "win32" ? "node.exe" : "node");
	} catch {
		return undefined;
	}
}

function handOver(node) {
	const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: "inherit" });
	const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
	for (const signal of signals) process.on(signal, () => child.kill(signal));
	child.on("error", (error) => {
		process.stderr.write(`closeout: ${node} cannot be started: ${error.message}\n`);
		process.exitCode = EXIT_UNAVAILABLE;
	});
	child.on("exit", (code, signal) => {
		if (signal !== null) {
			for (const name of signals) process.removeAllListeners(name);
			process.kill(process.pid, signal);
		}
		process.exitCode = code ?? EXIT_UNAVAILABLE;
	});
}

if (Number(process.versions.node.split(".")[0]) >= NODE_MAJOR_MIN) {
	await import("./main.ts");
} else {
	const node = ownNode();
	if (node === undefined) {
		process.stderr.write(
			`closeout: Node.js ${process.versions.node} is too old; install Node.js ${NODE_MAJOR_MIN} or newer\n`,
		);
		process.exitCode = EXIT_UNAVAILABLE;
	} else {
		handOver(node);
	}
}
