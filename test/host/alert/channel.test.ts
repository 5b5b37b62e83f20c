import { createHmac } from "node:crypto";
import test from "ava";
import { Webhook } from "standardwebhooks";
import type { AlertMessage } from "../../../host/alert/channel.ts";
import { mail } from "../../../host/alert/mail.ts";
import { ntfy } from "../../../host/alert/ntfy.ts";
import { sms } from "../../../host/alert/sms.ts";
import { type WebhookPreset, webhook } from "../../../host/alert/webhook.ts";
import { type HttpSink, httpSink } from "../../_helper/http-sink.ts";
import { mailSink } from "../../_helper/mail-sink.ts";
import { fieldOf } from "../../emulator/json.ts";

const message: AlertMessage = {
	id: "closeout-0017",
	severity: "alarm",
	title: "日清警报：till-0001",
	text: '6 笔未结算 "1,121.30 CNY" & <more>',
	findings: [],
};

function hook(sink: HttpSink, preset: WebhookPreset, secret?: string, nowMs = Date.now) {
	const url = `${sink.url}/robot/send?access_token=t`;
	return webhook({ name: "ops", url, preset, nowMs, ...(secret === undefined ? {} : { secret }) });
}

test("a standard webhook is verified by the reference library, and an altered one is not", async (t) => {
	const sink = await httpSink(t);
	const secret = `whsec_${Buffer.from("a secret of the merchant").toString("base64")}`;
	await hook(sink, "standard", secret).send(message);
	const [request] = sink.requests;
	const headers = request?.headers ?? {};
	const body = request?.body ?? "";
	const peer = new Webhook(secret);
	const signed = Object.fromEntries(
		["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => [
			name,
			headers[name] ?? "",
		]),
	);
	const told = peer.verify(body, signed);
	t.is(fieldOf(fieldOf(told, "data"), "title"), message.title);
	t.is(headers["webhook-id"], "closeout-0017");
	t.throws(() => peer.verify(body.replace("alarm", "notice"), signed));
});

test("robots get the bodies and signatures that their makers document", async (t) => {
	const sink = await httpSink(t, '{"errcode":0,"errmsg":"ok","code":0}');
	const nowMs = () => 1_795_136_400_123;
	const text = `${message.title}\n${message.text}`;
	await hook(sink, "wecom").send(message);
	await hook(sink, "dingtalk", "SECdd", nowMs).send(message);
	await hook(sink, "feishu", "fs", nowMs).send(message);
	await hook(sink, "slack").send(message);
	const [wecom, dingtalk, feishu, slack] = sink.requests.map(({ path, body }) => {
		const value: unknown = JSON.parse(body);
		return { path, value };
	});
	t.deepEqual(wecom?.value, { msgtype: "text", text: { content: text } });
	t.deepEqual(dingtalk?.value, { msgtype: "text", text: { content: text } });
	const query = new URL(dingtalk?.path ?? "", sink.url).searchParams;
	const own = createHmac("sha256", "SECdd").update("1795136400123\nSECdd").digest("base64");
	t.deepEqual(
		[query.get("access_token"), query.get("timestamp"), query.get("sign")],
		["t", "1795136400123", own],
	);
	const sign = createHmac("sha256", "1795136400\nfs").digest("base64");
	t.deepEqual(feishu?.value, {
		timestamp: "1795136400",
		sign,
		msg_type: "text",
		content: { text },
	});
	t.deepEqual(slack?.value, { text: text.replace("& <more>", "&amp; &lt;more&gt;") });
});

test("a robot that answers 200 and an error code has refused", async (t) => {
	const sink = await httpSink(t, '{"errcode":310000,"errmsg":"sign not match","code":19021}');
	for (const preset of ["wecom", "dingtalk", "feishu"] as const) {
		const refused = await t.throwsAsync(hook(sink, preset).send(message), { code: "CONNECTION" });
		t.regex(refused.message, /^ops: refused the message: .*sign not match/);
	}
	sink.answer = { status: 404, body: "no_team" };
	const refused = await t.throwsAsync(hook(sink, "slack").send(message), { code: "CONNECTION" });
	t.is(refused.message, "ops: answered with status 404: no_team");
	t.false(refused.message.includes("access_token"));
});

test("a server that is not there is told by the name of the channel", async (t) => {
	const url = "http://127.0.0.1:9/robot?access_token=secret";
	const gone = webhook({ name: "ops", url, preset: "slack", nowMs: Date.now });
	const failed = await t.throwsAsync(gone.send(message), { code: "CONNECTION" });
	t.regex(failed.message, /^ops: no answer/);
	t.false(failed.message.includes("secret"));
});

test("ntfy gets a title in Chinese and the priority of the severity", async (t) => {
	const sink = await httpSink(t, "{}");
	await ntfy({ name: "phone", url: sink.url, topic: "shop", token: "tk_1" }).send(message);
	const [request] = sink.requests;
	t.is(request?.headers.authorization, "Bearer tk_1");
	t.deepEqual(JSON.parse(request?.body ?? ""), {
		topic: "shop",
		title: message.title,
		message: message.text,
		priority: 5,
	});
});

test("an SMS gateway is asked by its template, and no text can leave its place in it", async (t) => {
	const sink = await httpSink(t, '{"Code":"OK"}');
	const gateway = { name: "sms", url: sink.url, to: ["+8613800138000"], charactersMax: 40 };
	const body = '{"phone":"{to}","text":"{text}","ref":"{id}"}';
	await sms({ ...gateway, body, encode: "json", success: '"OK"' }).send(message);
	const json: unknown = JSON.parse(sink.requests[0]?.body ?? "");
	t.like(json, { phone: "+8613800138000", ref: "closeout-0017-8000" });
	t.is([...String(fieldOf(json, "text"))].length, 40);
	await sms({ ...gateway, body: "to={to}&text={text}", encode: "form" }).send(message);
	const form = new URLSearchParams(sink.requests[1]?.body);
	t.deepEqual([...form.keys()], ["to", "text"]);
	t.true(form.get("text")?.startsWith(message.title));
	sink.answer = { status: 200, body: '{"Code":"LIMIT"}' };
	const again = sms({ ...gateway, body, encode: "json", success: '"OK"' }).send(message);
	const refused = await t.throwsAsync(again, { code: "CONNECTION" });
	t.regex(refused.message, /^sms \(\+\*+8000\): refused the message: .*LIMIT/);
});

test("a mail reaches a real mail server, signed in, with one message id in every try", async (t) => {
	const sink = await mailSink(t);
	const options = { name: "office", host: "127.0.0.1", port: sink.port, security: "none" } as const;
	const people = { from: "closeout@shop.example", to: ["a@shop.example", "b@shop.example"] };
	const good = mail({ ...options, ...people, user: "closeout", password: "let-me" });
	await good.send(message);
	await good.send(message);
	const [first, second] = sink.mails;
	t.deepEqual(first?.to, people.to);
	t.regex(first?.text ?? "", /^Subject: =\?UTF-8\?/im);
	t.regex(first?.text ?? "", /^X-Priority: 1/im);
	const ids = [first, second].map((one) => /^Message-ID: (.*)$/im.exec(one?.text ?? "")?.[1]);
	t.is(ids[0], ids[1]);
	t.truthy(ids[0]);
	const wrong = mail({ ...options, ...people, user: "closeout", password: "no" });
	const refused = await t.throwsAsync(wrong.send(message), { code: "CONNECTION" });
	t.regex(refused.message, /^office: not taken/);
	sink.isFull = true;
	await t.throwsAsync(good.send(message), { code: "CONNECTION", message: /mailbox is full/ });
	const strict = mail({ ...options, ...people, security: "starttls" });
	await t.throwsAsync(strict.send(message), { code: "CONNECTION" });
	t.is(sink.mails.length, 2);
});
