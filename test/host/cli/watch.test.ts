import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { httpSink } from "../../_helper/http-sink.ts";
import { mailSink } from "../../_helper/mail-sink.ts";
import { runIn, shopFolder } from "./_run.ts";

const rules = [{ name: "unsettled", type: "unsettled", severity: "warning", afterMinutes: 1 }];
const document = { version: 1, language: "zh-CN", zoneMinutes: 480, rules };

test("the watch tells over mail and webhook, and is acknowledged", async (t) => {
	const { folder } = await shopFolder(t);
	const environment = { CLOSEOUT_DATA: folder, MAIL_PASSWORD: "let-me" };
	const run = (...args: readonly string[]) => runIn(folder, ["watch", ...args], environment);
	const none = await run("once");
	t.is(none.code, 66);
	t.regex(none.err, /watch\.json is not there; see host\/watch\/README\.md/);
	const [hook, post] = [await httpSink(t, '{"errcode":0}'), await mailSink(t)];
	const channels = {
		group: { type: "webhook", preset: "wecom", url: hook.url },
		office: {
			...{ type: "mail", host: "127.0.0.1", port: post.port, security: "none" },
			...{ user: "closeout", password: "env:MAIL_PASSWORD" },
			...{ from: "closeout@shop.example", to: ["office@shop.example"] },
		},
	};
	const ladder = [{ afterMinutes: 0, channels: ["group", "office"] }];
	const path = join(folder, "watch.json");
	await writeFile(path, JSON.stringify({ ...document, ladder, channels }));
	const tested = await run("test");
	t.is(tested.code, 0, tested.out);
	t.is(tested.out, "group: taken\noffice: taken\n");
	const once = await run("once");
	t.is(once.code, 0, once.err);
	t.regex(once.err, /1 open, 2 messages sent, 0 failed/);
	t.regex(hook.requests[1]?.body ?? "", /6 笔未结算，1121\.30 CNY/);
	t.is(post.mails.length, 2);
	const id = "unsettled~till-0002~CNY";
	t.true(once.out.includes(id));
	const acked = await run("ack", id, "--by", "李伟", "--why", "今晚结算", "--lang", "zh-CN");
	t.is(acked.out, `${id}：李伟 已确认\n`);
	t.regex((await run("list")).out, /unsettled~till-0002~CNY +Warning .*李伟/);
	hook.answer = { status: 500, body: "down" };
	const failed = await run("test", "group", "--json");
	t.is(failed.code, 1);
	t.like(JSON.parse(failed.out), { channel: "group", taken: false });
});

test("settings that are wrong are named by file and field, and nobody is told", async (t) => {
	const { folder, run } = await shopFolder(t);
	const slack = { type: "webhook", preset: "slack", url: "http://127.0.0.1:9/" };
	const good = { ...document, ladder: [], channels: { group: slack } };
	const wrong: readonly (readonly [object, RegExp])[] = [
		[{ ...good, zoneMinutes: "east" }, /watch\.json: \/zoneMinutes must be integer/],
		[{ ...good, rules: [{ ...rules[0], type: "mood" }] }, /watch\.json: \/rules\/0\/type must be/],
		[
			{ ...good, channels: { group: { ...slack, url: "ftp://x" } } },
			/\/channels\/group\/url must match/,
		],
		[
			{ ...good, channels: { group: { ...slack, colour: 1 } } },
			/\/channels\/group.* is no field|additional/,
		],
		[{ ...good, ladder: [{ afterMinutes: 0, channels: ["boss"] }] }, /\/channels have no "boss"/],
		[
			{ ...good, channels: { group: { ...slack, secret: "env:NOT_SET" } } },
			/\/channels\/group\/secret: NOT_SET is not set/,
		],
	];
	for (const [settings, expected] of wrong) {
		await writeFile(join(folder, "watch.json"), JSON.stringify(settings));
		const ran = await run("watch", "once");
		t.is(ran.code, 65, ran.err);
		t.regex(ran.err, expected);
	}
});
