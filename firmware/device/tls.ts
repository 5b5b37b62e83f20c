import TCP from "embedded:io/socket/tcp";
import TLSSocket from "embedded:io/socket/tcp/tls";
import type { TlsFiles } from "./settings.ts";

/**
 * What the MQTT client takes as its socket: TLS 1.2 that trusts the given authority only, with the terminal's own
 * certificate where there is one.
 */
export function tlsSocket(
	{ authority, certificate, key, serverName }: TlsFiles,
	readFile: (name: string) => ArrayBuffer,
): object {
	return {
		io: TLSSocket,
		TCP: { io: TCP },
		nodelay: true,
		secure: {
			verify: true,
			certificate: readFile(authority),
			...(serverName === undefined ? {} : { serverName }),
			...(certificate === undefined ? {} : { clientCertificates: [readFile(certificate)] }),
			...(key === undefined ? {} : { clientKey: readFile(key) }),
		},
	};
}

export const tcpSocket: object = { io: TCP, nodelay: true };
