import type { DifferenceReason } from "../../../host/core/difference.ts";
import type { Leg } from "../../../host/core/row.ts";
import type { Random } from "../../../host/replay/random.ts";
import { addDays } from "../../../protocol/time.ts";
import { acquirerRow, type Deal, paysBySale } from "./merchant.ts";

/** What a mishap has to be found as. */
export interface Expected {
	readonly mishap: string;
	readonly reason: DifferenceReason;
	readonly leg: Leg;
	/** `terminal~date~reference`, as differences name what they are about. */
	readonly subject: string;
}

/** Something that goes wrong with one transaction; `undefined` for what is odd and no difference. */
export interface Mishap {
	readonly name: string;
	readonly fits: (deal: Deal, days: number) => boolean;
	readonly plant: (deal: Deal, random: Random) => Omit<Expected, "mishap"> | undefined;
}

const isCardSale = ({ method, kind }: Deal) => method === "card" && kind === "sale";
const isPlain = (deal: Deal) => isCardSale(deal) && deal.order === null;
const isOrder = (deal: Deal) => deal.order !== null && isCardSale(deal);
const isWallet = ({ method }: Deal) => method === "qr";

function named(
	deal: Deal,
	reason: DifferenceReason,
	leg: Leg,
	name = deal.reference,
	terminal = deal.terminal,
) {
	return { reason, leg, subject: `${terminal}~${deal.date}~${name}` };
}

/** A terminal's journal names a wallet's payment by the wallet's number only where it was told. */
function walletName({ journal, reference, trace }: Deal): string {
	return journal?.reference === null ? `trace-${trace}` : reference;
}

function journal(deal: Deal, changed: Partial<NonNullable<Deal["journal"]>>): void {
	if (deal.journal !== undefined) deal.journal = { ...deal.journal, ...changed };
}

export const mishaps: readonly Mishap[] = [
	{
		name: "the acquirer has lost a sale",
		fits: isPlain,
		plant: (deal) => {
			deal.acquirer = [];
			return named(deal, "missing-at-acquirer", "acquirer");
		},
	},
	{
		name: "the terminal has no record of a sale",
		fits: isPlain,
		plant: (deal) => {
			deal.journal = undefined;
			return named(deal, "missing-on-terminal", "terminal");
		},
	},
	{
		name: "the acquirer cleared a sale twice",
		fits: isPlain,
		plant: (deal) => {
			deal.acquirer.push(acquirerRow(deal));
			return named(deal, "duplicate", "acquirer");
		},
	},
	{
		name: "the terminal recorded a sale twice",
		fits: isPlain,
		plant: (deal) => {
			journal(deal, { times: 2 });
			return named(deal, "duplicate", "terminal");
		},
	},
	{
		name: "the acquirer cleared another amount",
		fits: isPlain,
		plant: (deal, random) => {
			const amountMinor = deal.amountMinor + 1 + random.below(5_000);
			deal.acquirer = [acquirerRow(deal, { amountMinor })];
			return named(deal, "amount", "acquirer");
		},
	},
	{
		name: "the acquirer declined what the terminal has as approved",
		fits: isPlain,
		plant: (deal) => {
			deal.acquirer = [acquirerRow(deal, { status: "declined" })];
			return named(deal, "status", "acquirer");
		},
	},
	{
		name: "the terminal never learnt that a sale was approved",
		fits: isPlain,
		plant: (deal) => {
			journal(deal, { outcome: "unknown", reference: null });
			return named(deal, "status", "acquirer", `trace-${deal.trace}`);
		},
	},
	{
		name: "nobody knows how a sale ended",
		fits: isPlain,
		plant: (deal) => {
			journal(deal, { outcome: "unknown", reference: null });
			deal.acquirer = [];
			return named(deal, "status", "terminal", `trace-${deal.trace}`);
		},
	},
	{
		name: "the acquirer calls a sale an adjustment",
		fits: isPlain,
		plant: (deal) => {
			deal.acquirer = [acquirerRow(deal, { kind: "adjustment" })];
			return named(deal, "kind", "acquirer");
		},
	},
	{
		name: "the acquirer gave a sale another reference",
		fits: isPlain,
		plant: (deal) => {
			deal.acquirer = [acquirerRow(deal, { reference: `9${deal.reference.slice(1)}` })];
			return named(deal, "reference", "acquirer");
		},
	},
	{
		name: "the acquirer cleared a sale under another terminal",
		fits: isPlain,
		plant: (deal) => {
			const terminalId = deal.terminal === "till-0001" ? "till-0002" : "till-0001";
			deal.acquirer = [acquirerRow(deal, { terminalId })];
			return named(deal, "terminal", "acquirer");
		},
	},
	{
		name: "the acquirer cleared a sale two days late",
		fits: (deal, days) => isPlain(deal) && deal.day + 2 <= days,
		plant: (deal) => {
			const businessDate = addDays(deal.date, 2);
			deal.acquirer = [acquirerRow(deal, { businessDate, batch: deal.day + 2 })];
			return named(deal, "late", "acquirer");
		},
	},
	{
		name: "the acquirer cleared a sale that was voided",
		fits: isPlain,
		plant: (deal) => {
			journal(deal, { voided: true });
			return named(deal, "status", "acquirer");
		},
	},
	{
		name: "the acquirer reversed a sale on its own",
		fits: isPlain,
		plant: (deal) => {
			const { amountMinor } = deal;
			deal.acquirer.push(acquirerRow(deal, { kind: "reversal", amountMinor: -amountMinor }));
			return named(deal, "status", "acquirer");
		},
	},
	{
		name: "the bank paid what was declined",
		fits: (deal) => isPlain(deal) && paysBySale(deal.terminal),
		plant: (deal) => {
			journal(deal, { outcome: "declined" });
			deal.acquirer = [acquirerRow(deal, { status: "declined" })];
			deal.paidAnyway = true;
			return named(deal, "status", "bank");
		},
	},
	{
		name: "the wallet's bill lacks a payment",
		fits: isWallet,
		plant: (deal) => {
			deal.acquirer = [];
			return named(deal, "missing-at-acquirer", "acquirer", walletName(deal));
		},
	},
	{
		name: "the wallet has a payment that the terminal has not",
		fits: isWallet,
		plant: (deal) => {
			deal.journal = undefined;
			deal.shop = undefined;
			return named(deal, "missing-on-terminal", "terminal", deal.reference, "-");
		},
	},
	{
		name: "the wallet has another amount",
		fits: isWallet,
		plant: (deal) => {
			deal.acquirer = [acquirerRow(deal, { amountMinor: deal.amountMinor - 100 })];
			return named(deal, "amount", "acquirer", walletName(deal));
		},
	},
	{
		name: "the shop has no order for a payment",
		fits: isOrder,
		plant: (deal) => {
			deal.shop = undefined;
			return named(deal, "missing-in-shop", "shop");
		},
	},
	{
		name: "the shop has an order that nobody paid",
		fits: isOrder,
		plant: (deal) => {
			deal.journal = undefined;
			deal.acquirer = [];
			return named(deal, "missing-on-terminal", "terminal", deal.order ?? "", "-");
		},
	},
	{
		name: "the shop's order is of another amount",
		fits: isOrder,
		plant: (deal) => {
			deal.shop = { order: deal.order ?? "", amountMinor: deal.amountMinor + 500 };
			return named(deal, "amount", "shop");
		},
	},
];

/** What is odd and must not be called a difference. */
export const oddities: readonly Mishap[] = [
	{
		name: "declined, and the acquirer does not list it",
		fits: isPlain,
		plant: (deal) => {
			journal(deal, { outcome: "declined" });
			deal.acquirer = [];
			return undefined;
		},
	},
	{
		name: "voided, and the acquirer lists neither",
		fits: isPlain,
		plant: (deal) => {
			journal(deal, { voided: true });
			deal.acquirer = [];
			return undefined;
		},
	},
	{
		name: "voided, and the acquirer lists both",
		fits: isPlain,
		plant: (deal) => {
			journal(deal, { voided: true });
			const { amountMinor } = deal;
			deal.acquirer.push(acquirerRow(deal, { kind: "void", amountMinor: -amountMinor }));
			return undefined;
		},
	},
	{
		name: "cleared in two parts",
		fits: isPlain,
		plant: (deal, random) => {
			const first = 1 + random.below(deal.amountMinor - 1);
			deal.acquirer = [first, deal.amountMinor - first].map((amountMinor) =>
				acquirerRow(deal, { amountMinor }),
			);
			return undefined;
		},
	},
	{
		name: "two records cleared as one",
		fits: isPlain,
		plant: (deal, random) => {
			const first = 1 + random.below(deal.amountMinor - 1);
			journal(deal, { amounts: [first, deal.amountMinor - first] });
			return undefined;
		},
	},
	{
		name: "reference and trace number lost on the way",
		fits: (deal) => isPlain(deal) && !paysBySale(deal.terminal),
		plant: (deal) => {
			const { trace: _, ...row } = acquirerRow(deal, { reference: "", at: deal.at + 20 });
			deal.acquirer = [row];
			return undefined;
		},
	},
];
