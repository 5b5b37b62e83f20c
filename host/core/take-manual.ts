import type { Decisions, Expected } from "./decision.ts";
import { type Manual, rowName } from "./manual.ts";
import type { Operation } from "./operation.ts";
import type { MoneyRow } from "./row.ts";

interface Open {
	readonly terminal: readonly Operation[];
	readonly acquirer: readonly Operation[];
	readonly shop: readonly Operation[];
	readonly bank: readonly MoneyRow[];
}

export interface Taken extends Open {
	/** What the bank is still asked about. */
	readonly expected: readonly Expected[];
	/** What of the terminal the shop is still asked about. */
	readonly ordered: readonly Operation[];
}

/**
 * Takes out what people matched, whatever the rules would say of it. Rows of the terminal or the acquirer that were
 * not matched with a bank line are still expected at the bank, as the acquirer has them.
 */
export function takeManual(open: Open, { groups }: Manual, decisions: Decisions): Taken {
	if (groups.length === 0) return { ...open, expected: [], ordered: open.terminal };
	const groupOf = new Map(
		groups.flatMap((group) => group.rows.map((row) => [row, group] as const)),
	);
	const members = new Map(groups.map((group) => [group, emptyMembers()]));
	const membersOf = (row: MoneyRow | undefined) => {
		const group = row === undefined ? undefined : groupOf.get(rowName(row));
		return group === undefined ? undefined : members.get(group);
	};
	const left = (leg: "acquirer" | "shop") =>
		open[leg].filter((operation) => {
			const own = membersOf(operation.row) ?? membersOf(operation.cancelledBy);
			own?.[leg].push(operation);
			return own === undefined;
		});
	for (const operation of open.terminal) membersOf(operation.row)?.terminal.push(operation);
	// A sale that was matched with an order only is still compared with the acquirer, and the other way round.
	const without = (legs: RegExp) =>
		open.terminal.filter(
			({ row }) => !groupOf.get(rowName(row))?.rows.some((name) => legs.test(name)),
		);
	const bank = open.bank.filter((row) => {
		const own = membersOf(row);
		own?.bank.push(row);
		return own === undefined;
	});
	const rest = {
		terminal: without(/^(acquirer|bank):/),
		ordered: without(/^shop:/),
		acquirer: left("acquirer"),
		shop: left("shop"),
		bank,
	};
	const expected: Expected[] = [];
	for (const [group, own] of members) {
		const operations = [...own.terminal, ...own.acquirer, ...own.shop];
		const rows = [...operations.map(({ row }) => row), ...own.bank];
		if (rows.length === 0) continue;
		const why = `${group.by} decided that these are one transaction: ${group.why}`;
		decisions.matches.push({ rows, pass: "manual", why });
		if (own.bank.length === 0 && own.acquirer.length > 0) expected.push(...expectedOf(own));
	}
	return { ...rest, expected };
}

function emptyMembers() {
	const terminal: Operation[] = [];
	const acquirer: Operation[] = [];
	const shop: Operation[] = [];
	const bank: MoneyRow[] = [];
	return { terminal, acquirer, shop, bank };
}

function expectedOf({ terminal, acquirer }: ReturnType<typeof emptyMembers>): Expected[] {
	const [first] = terminal;
	return acquirer.map((one, place) => ({
		...(place === 0 && first !== undefined ? { terminal: first } : {}),
		acquirer: one,
		extra: false,
	}));
}
