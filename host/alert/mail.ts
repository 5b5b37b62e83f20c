import { createTransport } from "nodemailer";
import { CloseoutError } from "../../protocol/error.ts";
import type { Channel } from "./channel.ts";

export interface MailOptions {
	readonly name: string;
	readonly host: string;
	readonly port: number;
	/** `tls` from the first byte; `starttls` refuses to go on without; `none` only on this machine or for trials. */
	readonly security: "tls" | "starttls" | "none";
	readonly user?: string;
	readonly password?: string;
	readonly from: string;
	readonly to: readonly string[];
}

const TIMEOUT_MS = 10_000;

/** Mail over SMTP. The message id follows from the message, so that a second delivery is known as one. */
export function mail(options: MailOptions): Channel {
	const { name, host, port, security, user, password, from, to } = options;
	const transport = createTransport({
		host,
		port,
		secure: security === "tls",
		requireTLS: security === "starttls",
		ignoreTLS: security === "none",
		connectionTimeout: TIMEOUT_MS,
		greetingTimeout: TIMEOUT_MS,
		socketTimeout: TIMEOUT_MS,
		...(user === undefined ? {} : { auth: { user, pass: password ?? "" } }),
	});
	return {
		send: async ({ id, severity, title, text }) => {
			const priority = severity === "alarm" ? "high" : "normal";
			const messageId = `<${Buffer.from(id).toString("hex").slice(0, 120)}@closeout>`;
			try {
				await transport.sendMail({ from, to: [...to], subject: title, text, priority, messageId });
			} catch (cause) {
				const told = cause instanceof Error ? cause.message : String(cause);
				throw new CloseoutError("CONNECTION", `${name}: not taken (${told})`, { cause });
			}
		},
	};
}
