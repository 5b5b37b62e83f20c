import { toHex } from "../../protocol/bytes.ts";
import type { Booking } from "../emulator/payment/acquirer.ts";
import { type Fault, isSameFaults } from "./books.ts";
import type { ImageReport } from "./image.ts";
import type { Entry, Ledger } from "./ledger.ts";
import { joinRows, type PaperList } from "./list-paper.ts";
import type { Told } from "./story.ts";
import type { HostWitness } from "./witness.ts";

/** Something that the product promises, and whether it held on this day. */
export interface Promised {
	readonly name: string;
	readonly held: boolean;
}

/** A promise with what speaks against it, for people. */
export interface Judged extends Promised {
	readonly chinese: string;
	readonly against: readonly string[];
}

/** Everything that is known when the day is over. */
export interface Evidence {
	readonly ledger: Ledger;
	readonly told: Told;
	readonly bookings: readonly Booking[];
	readonly host: HostWitness;
	readonly list: PaperList | undefined;
	readonly planted: readonly Fault[];
	readonly found: readonly Fault[];
	/** Findings of the statement parsers, such as a control total that is not right. */
	readonly fileFindings: number;
	readonly image: ImageReport;
	/** Places in which a card number stands. */
	readonly cardNumbers: readonly string[];
}

/** Judges every promise by the evidence. */
export function judge(evidence: Evidence): readonly Judged[] {
	return rules.map(({ name, chinese, against }) => {
		const found = against(evidence).slice(0, AGAINST_MAX);
		return { name, chinese, held: found.length === 0, against: found };
	});
}

const AGAINST_MAX = 5;

interface Rule {
	readonly name: string;
	readonly chinese: string;
	readonly against: (evidence: Evidence) => readonly string[];
}

const rules: readonly Rule[] = [
	{ name: "nothing approved is lost", chinese: "成功交易一笔不丢", against: lostApprovals },
	{ name: "terminal and acquirer agree", chinese: "终端与收单方一致", against: strangeBookings },
	{
		name: "an unknown outcome ends by enquiry",
		chinese: "未知结果经查询有结论",
		against: openEnds,
	},
	{
		name: "close is refused while something is open",
		chinese: "有未了事项不能日结",
		against: closed,
	},
	{ name: "the batch is settled", chinese: "批次已结算", against: unsettled },
	{ name: "the list is complete", chinese: "清单完整", against: listFaults },
	{
		name: "the list goes on where it stopped",
		chinese: "清单断纸续打不漏行",
		against: resumeFaults,
	},
	{ name: "the chain is equal on both sides", chinese: "两端日志链一致", against: chainFaults },
	{ name: "the day is complete on the host", chinese: "后台日结完整", against: dayFaults },
	{
		name: "exactly the planted differences are found",
		chinese: "差错一笔不多一笔不少",
		against: wrongDifferences,
	},
	{
		name: "the storage image verifies",
		chinese: "存储镜像校验通过",
		against: ({ image }) => image.problems,
	},
	{ name: "no card number anywhere", chinese: "任何地方都没有卡号", against: cardNumbers },
];

function lostApprovals({ ledger, host }: Evidence): readonly string[] {
	const kept = new Set(host.transactions.filter(isApproved).map(keyOf));
	const promised = ledger.entries.filter(
		({ shownApproved, recorded }) => shownApproved || recorded,
	);
	const unseen = promised.filter(({ computrons, shownApproved }) => computrons && !shownApproved);
	const lost = promised.filter((entry) => !kept.has(entryKey(entry)));
	return [
		...(promised.length === 0 ? ["no approval was ever shown"] : []),
		...unseen.map(({ status }) => `the approval of trace ${status.trace} was never shown`),
		...lost.map(({ status }) => `trace ${status.trace} was shown approved and is not on the host`),
	];
}

function strangeBookings({ bookings, host }: Evidence): readonly string[] {
	const approved = host.transactions.filter(isApproved).map(keyOf);
	const booked = bookings
		.filter(({ status }) => status === "approved")
		.map(({ transaction, type, amountMinor }) => keyOf({ seq: transaction, type, amountMinor }));
	return [
		...approved.filter((key) => !booked.includes(key)).map((key) => `only on the terminal: ${key}`),
		...booked.filter((key) => !approved.includes(key)).map((key) => `only at the acquirer: ${key}`),
	];
}

function openEnds({ told, host }: Evidence): readonly string[] {
	const find = (entry: Entry | undefined) =>
		host.transactions.find(({ seq }) => seq === entry?.status.transaction);
	const unknown = find(told.unknown);
	const open = host.transactions.filter(
		({ outcome, reversal }) => (outcome === "open" || outcome === "unknown") && reversal === null,
	);
	return [
		...(unknown?.source === "enquiry" ? [] : [`the unknown outcome ended by ${unknown?.source}`]),
		...(find(told.declined)?.outcome === "declined" ? [] : ["the declined sale is not declined"]),
		...open.map(({ seq }) => `transaction ${seq} has no end`),
	];
}

function closed({ told, host }: Evidence): readonly string[] {
	const { fault, refused } = told.attempts;
	return [
		...(fault === undefined ? [] : [fault]),
		...(refused === 0 ? ["no close was ever refused"] : []),
		...(host.exceptions === 0 ? [] : [`the day closed with ${host.exceptions} exceptions`]),
	];
}

function unsettled({ bookings, host }: Evidence): readonly string[] {
	const open = bookings.filter(({ status, batch }) => status === "approved" && batch === null);
	const doubtful = host.settlement.verdicts.filter(({ verdict }) => verdict !== "agreed");
	return [
		...open.map(({ reference }) => `the acquirer has ${reference} in no batch`),
		...doubtful.map(({ group, verdict }) => `${group}: ${verdict}`),
		...(host.settlement.verdicts.length === 0 ? ["there is no verdict"] : []),
	];
}

function listFaults({ list, host }: Evidence): readonly string[] {
	const { seal } = list ?? {};
	if (list === undefined || seal === undefined) return ["no list with its code is on paper"];
	const expected = host.list.rows.map(({ trace, amount }) => `${trace} ${amount}`);
	const printed = joinRows(list)?.map(({ trace, amount }) => `${trace} ${amount}`) ?? [];
	const row = expected.findIndex((text, index) => text !== printed[index]);
	return [
		...(printed.length === expected.length
			? []
			: [`${printed.length} rows are on paper instead of ${expected.length}`]),
		...(row < 0 ? [] : [`row ${row + 1} is ${printed[row]} instead of ${expected[row]}`]),
		...(seal.rowCount === expected.length ? [] : [`the code says ${seal.rowCount} rows`]),
		...(seal.hash === host.list.lastPageHash ? [] : ["the code has another hash than the host"]),
	];
}

function resumeFaults({ list }: Evidence): readonly string[] {
	if (list?.resumed === undefined) return ["the list did not stop and go on"];
	const { rowsBefore, atRow } = list.resumed;
	return joinRows(list) === undefined
		? [`${rowsBefore} rows were on paper and it went on at row ${atRow}`]
		: [];
}

function chainFaults({ host, image }: Evidence): readonly string[] {
	const [terminal, kept] = host.chains;
	return [
		...host.chainProblems,
		...(terminal === kept ? [] : ["terminal and host end in different chains"]),
		...(host.watermark === host.head ? [] : [`the host has ${host.watermark} of ${host.head}`]),
		...(toHex(image.lastChain) === kept ? [] : ["the storage image ends in another chain"]),
	];
}

function dayFaults({ host }: Evidence): readonly string[] {
	return host.dayComplete ? [] : host.missing;
}

function wrongDifferences({ planted, found, fileFindings }: Evidence): readonly string[] {
	if (fileFindings > 0) return [`${fileFindings} findings in the files themselves`];
	if (isSameFaults(planted, found)) return [];
	const text = (faults: readonly Fault[]) =>
		faults.map(({ reason, reference }) => `${reason} ${reference}`).join(", ");
	return [`planted: ${text(planted)}; found: ${text(found)}`];
}

function cardNumbers({ told, cardNumbers: places }: Evidence): readonly string[] {
	const state = told.withCardNumber?.status.state;
	return state === "refused" ? places : [...places, `the order with a card number was ${state}`];
}

function isApproved({ outcome }: { readonly outcome: string }): boolean {
	return outcome === "approved";
}

function keyOf(of: { readonly seq: number; readonly type: string; readonly amountMinor: number }) {
	return `${of.seq} ${of.type} ${of.amountMinor}`;
}

function entryKey({ sale, status }: Entry): string {
	return keyOf({ seq: status.transaction ?? 0, type: sale.type, amountMinor: sale.amountMinor });
}
