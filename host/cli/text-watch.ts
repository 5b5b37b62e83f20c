/** Words of `closeout watch`. */
export const watchEn = {
	watch: "look after terminals, deadlines and alerts, as watch.json in the data folder says",
	run: "look every minute until Ctrl-C; closeout serve does the same by itself",
	once: "look once and tell those whose turn it is; ends with 1 when a message could not be sent",
	list: "what is open now, since when, and who has taken note",
	ack: "take note of an alert: nobody further is told of it",
	test: "send a test to one channel, or to all; ends with 1 when one does not take it",
	channel: "name of a channel; all when left out",
	id: "alert, as the list shows it",
	all: "with what has ended",
	by: "who takes note",
	why: "what is done about it",
	interval: "seconds between two looks",
	noSettings: "{path} is not there; see host/watch/README.md for what it says",
	noChannel: "there is no channel {name}; there are {names}",
	none: "nothing is open",
	columns: ["ALERT", "SEVERITY", "SINCE", "TAKEN BY", "WHAT"],
	looked: "{open} open, {sent} messages sent, {failed} failed",
	taken: "{id}: taken note of by {by}",
	works: "{name}: taken",
	fails: "{name}: {why}",
};

type Widened<T> = T extends string
	? string
	: T extends readonly string[]
		? readonly string[]
		: { readonly [K in keyof T]: Widened<T[K]> };

export const watchZhCn: Widened<typeof watchEn> = {
	watch: "按数据目录中的 watch.json 看护终端、期限与告警",
	run: "每分钟查看一次，直到 Ctrl-C；closeout serve 也会自动进行",
	once: "查看一次并通知到时的渠道；有消息未发出时退出码为 1",
	list: "当前未了事项、起始时间和确认人",
	ack: "确认告警：不再升级通知",
	test: "向一个或全部渠道发测试消息；有渠道未接受时退出码为 1",
	channel: "渠道名称；不写则为全部",
	id: "告警编号，见列表",
	all: "包括已结束的",
	by: "确认人",
	why: "如何处理",
	interval: "两次查看之间的秒数",
	noSettings: "{path} 不存在；内容见 host/watch/README.md",
	noChannel: "没有渠道 {name}；现有 {names}",
	none: "没有未了事项",
	columns: ["告警", "级别", "起始", "确认人", "内容"],
	looked: "{open} 项未了，发出 {sent} 条消息，{failed} 条失败",
	taken: "{id}：{by} 已确认",
	works: "{name}：已接受",
	fails: "{name}：{why}",
};
