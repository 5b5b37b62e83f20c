import type { CommandHandler, SyncOptions } from "../../../firmware/core/sync/sync.ts";
import { type DownBody, openEnvelope, readUp } from "../../../protocol/message.ts";
import { digest } from "../../_helper/digest.ts";
import { tenant, terminal } from "./_fake-host.ts";
import { type Scene, scene } from "./_setup.ts";

export const forever = Number.POSITIVE_INFINITY;
export const base = `closeout/1/${tenant}/${terminal}`;
export const text = (bytes: Uint8Array) => String.fromCharCode(...bytes);

export interface Wire extends Scene {
	readonly told: string[];
	/** What the terminal has said since this was asked last, type by type. */
	said(): readonly ReturnType<typeof readUp>[];
	/** The states that it has announced. */
	states(): readonly string[];
	/** Answers the hello that was said last. */
	welcome(change?: Partial<DownBody<"welcome">>): void;
}

/** A terminal on a wire whose other end says only what the test says. */
export function wire(changed: Partial<SyncOptions> = {}, onCommand?: CommandHandler): Wire {
	const told: string[] = [];
	const log = {
		write: (level: string, code: string, what: string) =>
			void told.push(`${level} ${code} ${what}`),
	};
	const made = scene(onCommand, { log, ...changed });
	const { host } = made;
	host.isDeaf = true;
	let seen = 0;
	const all = () =>
		host.published
			.filter(({ topic }) => topic === `${base}/up`)
			.map(({ payload }) =>
				readUp(openEnvelope(payload), { key: host.key, hmac: digest.hmacSha256 }),
			);
	return {
		...made,
		told,
		said() {
			const news = all().slice(seen);
			seen += news.length;
			return news;
		},
		states: () =>
			host.published
				.filter(({ topic }) => topic === `${base}/$state`)
				.map(({ payload }) => text(payload)),
		welcome(change = {}) {
			const hello = all()
				.filter(({ type }) => type === "hello")
				.at(-1);
			const nonce = hello?.type === "hello" ? hello.body.nonce : new Uint8Array(16);
			const { chain, wallS } = host;
			host.say("welcome", { nonce, watermark: 0, chain, wallS, frozen: false, ...change });
		},
	};
}

/** The same, connected and welcomed. */
export function welcomed(changed: Partial<SyncOptions> = {}, onCommand?: CommandHandler): Wire {
	const made = wire(changed, onCommand);
	made.sync.step();
	made.sync.step();
	made.welcome();
	made.sync.step();
	made.said();
	return made;
}

export const types = (messages: readonly { readonly type: string }[]) =>
	messages.map(({ type }) => type);

/** First records of the batches among messages. */
export const batches = (messages: ReturnType<Wire["said"]>) =>
	messages.flatMap((message) => (message.type === "batch" ? [message.body.from] : []));

export function ack({ host, journal }: Scene, watermark: number): void {
	host.say("ack", { watermark, chain: journal.chainAt(watermark) ?? new Uint8Array(32) });
}
