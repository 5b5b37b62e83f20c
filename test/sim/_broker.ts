import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, writeFileSync } from "node:fs";
import { connect as connectTcp, createServer } from "node:net";
import { userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { CloseoutError } from "../../protocol/error.ts";

const run = promisify(execFile);

/** A Mosquitto with one plain listener and one that wants TLS and a client's certificate. */
export interface Broker {
	readonly plainPort: number;
	readonly tlsPort: number;
	close(): void;
}

/** DER files of the terminal's side, by the names that its settings give. */
export const tlsFiles = {
	authority: "authority.der",
	certificate: "terminal.der",
	key: "terminal-key.der",
} as const;

/** Starts a broker whose certificates lie in `folder`; the terminal's go into `terminalFolder`. */
export async function startBroker(folder: string, terminalFolder: string): Promise<Broker> {
	await makeCertificates(folder, terminalFolder);
	const [plainPort, tlsPort] = [await freePort(), await freePort()];
	const lines = [
		"per_listener_settings true",
		`user ${userInfo().username}`,
		`listener ${plainPort} 127.0.0.1`,
		"allow_anonymous true",
		"set_tcp_nodelay true",
		`listener ${tlsPort} 127.0.0.1`,
		"allow_anonymous true",
		`cafile ${folder}/authority.pem`,
		`certfile ${folder}/broker.pem`,
		`keyfile ${folder}/broker.key`,
		"require_certificate true",
		// The SDK 8.2.3 sends its certificate only where the key exchange is RSA.
		"ciphers AES128-GCM-SHA256:AES256-GCM-SHA384:AES128-SHA256",
		"tls_version tlsv1.2",
	];
	writeFileSync(join(folder, "mosquitto.conf"), `${lines.join("\n")}\n`);
	const broker: ChildProcess = spawn("mosquitto", ["-c", join(folder, "mosquitto.conf")], {
		stdio: ["ignore", "ignore", openSync(join(folder, "broker.log"), "w")],
	});
	await Promise.race([untilListening(plainPort), failsWhenEnded(broker, folder)]);
	return { plainPort, tlsPort, close: () => broker.kill() };
}

async function makeCertificates(folder: string, terminalFolder: string): Promise<void> {
	const openssl = (...options: readonly string[]) => run("openssl", [...options], { cwd: folder });
	const rsa = ["-newkey", "rsa:2048", "-nodes", "-sha256"];
	await openssl(
		..."req -x509 -days 30 -subj /CN=authority -out authority.pem -keyout authority.key".split(" "),
		...rsa,
	);
	writeFileSync(join(folder, "broker.ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n");
	for (const [name, subject] of [
		["broker", "/CN=localhost"],
		["terminal", "/CN=till-0001"],
	] as const) {
		const request = ["-subj", subject, "-out", `${name}.csr`, "-keyout", `${name}.key`];
		await openssl("req", ...rsa, ...request);
		const signing = `x509 -req -days 30 -in ${name}.csr -CA authority.pem -CAkey authority.key`;
		const extension = name === "broker" ? ["-extfile", "broker.ext"] : [];
		await openssl(...signing.split(" "), "-CAcreateserial", "-out", `${name}.pem`, ...extension);
	}
	const to = (name: string) => join(terminalFolder, name);
	await openssl("x509", "-in", "authority.pem", "-outform", "DER", "-out", to(tlsFiles.authority));
	await openssl("x509", "-in", "terminal.pem", "-outform", "DER", "-out", to(tlsFiles.certificate));
	const pkcs8 = "pkcs8 -topk8 -nocrypt -in terminal.key -outform DER -out".split(" ");
	await openssl(...pkcs8, to(tlsFiles.key));
}

async function failsWhenEnded(broker: ChildProcess, folder: string): Promise<never> {
	await once(broker, "exit");
	throw new CloseoutError("ENGINE", `Mosquitto ended; ${folder}/broker.log may say why`);
}

/** A port that nobody listens on now. */
export async function freePort(): Promise<number> {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	server.close();
	return typeof address === "object" && address !== null ? address.port : 0;
}

async function untilListening(port: number): Promise<void> {
	for (;;) {
		const socket = connectTcp(port, "127.0.0.1");
		try {
			await once(socket, "connect");
			socket.destroy();
			return;
		} catch {
			await pause(50);
		}
	}
}
