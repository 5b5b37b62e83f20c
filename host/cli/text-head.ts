/** Words of `closeout head` and `closeout list`. */
export const headEn = {
	head: "signed heads of journals",
	show: "print the last cosigned head of a terminal as a signed note, with the keys",
	verify:
		"check a head (a signed note, or the QR code of a status slip) against the host's records or an image; ends with 1 when it is not right",
	list: "lists on paper",
	check:
		"compare the QR code of a paper list with the host's records; ends with 1 when it is not the same",
	file: "file with the note or QR text; - for standard input",
	text: "the note or QR text itself",
	listText: "text of the QR code",
	image: "a storage image to compare with, instead of the host's records",
	key: "public key of the terminal, instead of the one that the host holds",
	none: "{terminal}.{epoch}: no head is cosigned yet",
	terminalKey: "terminal's key: {key}",
	hostKey: "host's key: {key}",
	covers: "{name}: records {from} to {to}",
	signature: {
		right: "signature: right",
		wrong: "signature: WRONG",
		none: "signature: none on this paper",
		noKey: "signature: no key to check it by; give --key",
	},
	records: {
		same: "records: the same root",
		sameChain: "records: the same chain; older ones are not here, so the root was not computed",
		differs: "records: DIFFERENT",
		notHeld: "records: not held here up to record {to}",
		none: "records: none to compare with",
	},
	verdict: {
		same: "the same list: {count} rows, {net}",
		differs: "A DIFFERENT LIST: {count} rows, {net} on paper; {hostCount} rows, {hostNet} here",
		incomplete: "CANNOT BE COMPARED: records of this list are missing here",
	},
	missing: "missing here: records {from} to {to}",
	notOnPaper: "not on the paper: the row of record {sequence}",
	shortHead: {
		same: "head on the paper: the same",
		differs: "head on the paper: DIFFERENT",
		unknown: "head on the paper: not known here",
		none: "head on the paper: none",
	},
	sum: { right: "right", wrong: "NOT RIGHT" },
};

type Words<T> = T extends string ? string : { readonly [K in keyof T]: Words<T[K]> };

export const headZhCn: Words<typeof headEn> = {
	head: "日志的签名摘要",
	show: "以签名文本打印终端最近一次会签的摘要及公钥",
	verify: "用主机记录或存储镜像核对摘要（签名文本，或状态单二维码）；不符时退出码为 1",
	list: "纸质清单",
	check: "用主机记录核对纸质清单的二维码；不一致时退出码为 1",
	file: "含签名文本或二维码文字的文件；- 为标准输入",
	text: "签名文本或二维码文字本身",
	listText: "二维码文字",
	image: "用于核对的存储镜像，代替主机记录",
	key: "终端公钥，代替主机保存的公钥",
	none: "{terminal}.{epoch}：尚无会签摘要",
	terminalKey: "终端公钥：{key}",
	hostKey: "主机公钥：{key}",
	covers: "{name}：记录 {from} 至 {to}",
	signature: {
		right: "签名：正确",
		wrong: "签名：错误",
		none: "签名：此纸上没有",
		noKey: "签名：没有公钥可核对，请给出 --key",
	},
	records: {
		same: "记录：根哈希一致",
		sameChain: "记录：链式哈希一致；更早的记录不在此处，未计算根哈希",
		differs: "记录：不一致",
		notHeld: "记录：此处没有到第 {to} 条的记录",
		none: "记录：没有可核对的记录",
	},
	verdict: {
		same: "清单一致：{count} 笔，{net}",
		differs: "清单不一致：纸上 {count} 笔，{net}；此处 {hostCount} 笔，{hostNet}",
		incomplete: "无法核对：此处缺少该清单的记录",
	},
	missing: "此处缺少：记录 {from} 至 {to}",
	notOnPaper: "纸上没有：记录 {sequence} 的一笔",
	shortHead: {
		same: "纸上摘要：一致",
		differs: "纸上摘要：不一致",
		unknown: "纸上摘要：此处没有",
		none: "纸上摘要：没有",
	},
	sum: { right: "正确", wrong: "不正确" },
};
