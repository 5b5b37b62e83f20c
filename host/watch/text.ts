import { formatAmount } from "../../protocol/money.ts";
import { formatDate, formatDateTime } from "../../protocol/time.ts";
import type { Severity, WatchFinding } from "../core/watch.ts";
import { fill, type Language } from "../report/text.ts";

/** What is told about findings, on every channel. */
const en = {
	severities: { notice: "Notice", warning: "Warning", alarm: "ALARM" },
	title: "Closeout {severity}: {count} at {terminals}",
	digestTitle: "Closeout, {date}: {count} open",
	nothing: "Nothing is open: every terminal is settled, printed and in contact.",
	test: "This is a test of the channel {channel}. Nothing has happened.",
	testTitle: "Closeout: a test",
	finding: {
		silent: "{name} ({terminal}): nothing heard since {since}",
		unsettled: "{name} ({terminal}): {count} not settled, {amount}, the oldest of {since}",
		unprinted: "{name} ({terminal}): {count} prints owed since {since}",
		gap: "{name} ({terminal}): journal {about}, {count}",
		clock: "{name} ({terminal}): the clock was moved by {count} s in record {about}",
		paper:
			"{name} ({terminal}): {count} prints sent and not confirmed since {since}; look at the paper",
		deadline: "{name} ({terminal}): {amount} can be lost after {deadline} ({about})",
	},
	never: "ever",
};

type Widened<T> = T extends string ? string : { readonly [K in keyof T]: Widened<T[K]> };

const zhCn: Widened<typeof en> = {
	severities: { notice: "提示", warning: "警告", alarm: "警报" },
	title: "日清{severity}：{terminals} 有 {count} 项",
	digestTitle: "日清 {date}：{count} 项未了",
	nothing: "没有未了事项：所有终端均已结算、打印并在线。",
	test: "这是渠道 {channel} 的测试，没有发生任何事。",
	testTitle: "日清：测试",
	finding: {
		silent: "{name}（{terminal}）：自 {since} 起没有联系",
		unsettled: "{name}（{terminal}）：{count} 笔未结算，{amount}，最早 {since}",
		unprinted: "{name}（{terminal}）：{count} 项待打印，自 {since} 起",
		gap: "{name}（{terminal}）：日志 {about}，{count}",
		clock: "{name}（{terminal}）：时钟在记录 {about} 中改动 {count} 秒",
		paper: "{name}（{terminal}）：{count} 项已送打印未确认，自 {since} 起；请查看纸张",
		deadline: "{name}（{terminal}）：{amount} 在 {deadline} 之后可能损失（{about}）",
	},
	never: "从未",
};

export type WatchText = Widened<typeof en>;

export function watchText(language: Language): WatchText {
	return language === "en" ? en : zhCn;
}

/** One finding as a sentence; times in the shop's zone. */
export function findingText(
	{ type, name, terminal, about, count, ...finding }: WatchFinding,
	language: Language,
	zoneMinutes: number,
): string {
	const { amountMinor, currency, deadline, sinceS } = finding;
	const text = watchText(language);
	return fill(text.finding[type], {
		...{ name, terminal, about, count },
		amount:
			amountMinor === null || currency === null
				? ""
				: `${formatAmount(amountMinor, currency)} ${currency}`,
		deadline: deadline === null ? "" : formatDate(deadline),
		since: sinceS === null ? text.never : formatDateTime(sinceS, zoneMinutes),
	});
}

/** The head of a message about several findings. */
export function titleOf(
	severity: Severity,
	findings: readonly WatchFinding[],
	language: Language,
): string {
	const text = watchText(language);
	const terminals = [...new Set(findings.map(({ terminal }) => terminal))].slice(0, 3).join(", ");
	return fill(text.title, {
		severity: text.severities[severity],
		count: findings.length,
		terminals,
	});
}
