import { createHmac } from "node:crypto";
import { type AlertMessage, type Channel, type Post, post, refusalBy } from "./channel.ts";

export const webhookPresets = ["standard", "wecom", "dingtalk", "feishu", "slack"] as const;
export type WebhookPreset = (typeof webhookPresets)[number];

export interface WebhookOptions {
	readonly name: string;
	readonly url: string;
	readonly preset: WebhookPreset;
	/** Of `standard` base64, with or without `whsec_` before it; of DingTalk and Feishu as the robot's page shows it. */
	readonly secret?: string;
	/** Milliseconds since 1970. */
	readonly nowMs: () => number;
}

/**
 * A webhook. `standard` follows Standard Webhooks (standardwebhooks.com): id, time and HMAC-SHA-256 in the headers,
 * findings as data. The others are the group robots of WeCom, DingTalk (加签), Feishu (签名校验) and Slack, with their
 * documented bodies; a robot that answers 200 and an error code has refused.
 */
export function webhook(options: WebhookOptions): Channel {
	const make = requests[options.preset];
	return { send: (message) => post({ name: options.name, ...make(message, options) }) };
}

type Make = (message: AlertMessage, options: WebhookOptions) => Omit<Post, "name">;

const json = { "content-type": "application/json; charset=utf-8" };

function told({ title, text }: AlertMessage): string {
	return `${title}\n${text}`;
}

const requests: Readonly<Record<WebhookPreset, Make>> = {
	standard: (message, { url, secret, nowMs }) => {
		const { id, severity, title, text, findings } = message;
		const second = Math.floor(nowMs() / 1000);
		const timestamp = new Date(second * 1000).toISOString();
		const data = { severity, title, text, findings };
		const body = JSON.stringify({ type: "closeout.alert", timestamp, data });
		const headers = { ...json, "webhook-id": id, "webhook-timestamp": String(second) };
		if (secret === undefined) return { url, headers, body };
		const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
		const sign = createHmac("sha256", key).update(`${id}.${second}.${body}`).digest("base64");
		return { url, headers: { ...headers, "webhook-signature": `v1,${sign}` }, body };
	},
	wecom: (message, { url }) => ({
		url,
		headers: json,
		body: JSON.stringify({ msgtype: "text", text: { content: told(message) } }),
		refusal: refusalBy("errcode"),
	}),
	dingtalk: (message, { url, secret, nowMs }) => ({
		url: secret === undefined ? url : signedForDingtalk(url, secret, nowMs()),
		headers: json,
		body: JSON.stringify({ msgtype: "text", text: { content: told(message) } }),
		refusal: refusalBy("errcode"),
	}),
	feishu: (message, { url, secret, nowMs }) => {
		const content = { msg_type: "text", content: { text: told(message) } };
		const timestamp = String(Math.floor(nowMs() / 1000));
		const signed = secret === undefined ? {} : { timestamp, sign: feishuSign(secret, timestamp) };
		return {
			url,
			headers: json,
			body: JSON.stringify({ ...signed, ...content }),
			refusal: refusalBy("code"),
		};
	},
	slack: (message, { url }) => ({
		url,
		headers: json,
		// Signs with a meaning of their own in Slack's text.
		body: JSON.stringify({ text: told(message).replace(/[&<>]/g, (sign) => entities[sign] ?? "") }),
	}),
};

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

/** 加签: base64 of HMAC-SHA-256 over time and secret with the secret as key; the time in milliseconds. */
function signedForDingtalk(url: string, secret: string, timeMs: number): string {
	const sign = createHmac("sha256", secret).update(`${timeMs}\n${secret}`).digest("base64");
	const signed = new URL(url);
	signed.searchParams.set("timestamp", String(timeMs));
	signed.searchParams.set("sign", sign);
	return signed.href;
}

/** 签名校验: time and secret are the key, and nothing is what is signed; the time in seconds. */
function feishuSign(secret: string, timestamp: string): string {
	return createHmac("sha256", `${timestamp}\n${secret}`).update("").digest("base64");
}
