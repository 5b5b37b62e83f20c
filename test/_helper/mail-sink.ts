import { once } from "node:events";
import { buffer } from "node:stream/consumers";
import type { ExecutionContext } from "ava";
import { SMTPServer } from "smtp-server";

export interface SunkMail {
	readonly from: string;
	readonly to: readonly string[];
	readonly text: string;
}

export interface MailSink {
	readonly port: number;
	readonly mails: SunkMail[];
	/** Refuses all from now on. */
	isFull: boolean;
}

/** A mail server on this machine that keeps what it is sent; it asks for the user `closeout` with the password `let-me`. */
export async function mailSink(t: ExecutionContext): Promise<MailSink> {
	const mails: SunkMail[] = [];
	const sink = { port: 0, mails, isFull: false };
	const server = new SMTPServer({
		disabledCommands: ["STARTTLS"],
		disableReverseLookup: true,
		onAuth: ({ username, password }, _session, done) => {
			if (username === "closeout" && password === "let-me") done(null, { user: username });
			else done(new Error("wrong password"));
		},
		onData: async (stream, { envelope }, done) => {
			const text = (await buffer(stream)).toString("utf8");
			if (sink.isFull) return done(new Error("mailbox is full"));
			const from = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
			mails.push({ from, to: envelope.rcptTo.map(({ address }) => address), text });
			done();
		},
	});
	const inner = server.listen(0, "127.0.0.1");
	await once(inner, "listening");
	t.teardown(() => new Promise<void>((resolve) => server.close(() => resolve())));
	const address = inner.address();
	sink.port = typeof address === "object" && address !== null ? address.port : 0;
	return sink;
}
