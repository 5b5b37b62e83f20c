import type { Settlement } from "../core/book.ts";
import type { StoredNote } from "../store/book-rows.ts";
import type { TerminalDay } from "../store/day.ts";
import type { Store } from "../store/store.ts";
import type { EventView } from "./view.ts";

type Facts = EventView["facts"];
type Event = Omit<EventView, "epoch" | "zoneMinutes">;

/** What happened in a day beside its transactions, in the order of the records. */
export async function timelineOf(
	store: Store,
	day: TerminalDay,
	settlements: readonly Settlement[],
	zoneMinutes: number,
): Promise<EventView[]> {
	const { terminal, epoch, range, period } = day;
	const within = { terminal, epoch, ...range };
	const events: Event[] = [
		{ sequence: period.seq, atS: period.openS, kind: "dayOpen", facts: {} },
		...(await store.listNotes(within)).map(noteEvent),
		...settlements.filter(({ seq }) => seq >= range.from).map(settlementEvent),
	];
	for (const { seq, lastSeq, openS, closeS, number, operator } of await store.listShifts(within)) {
		const facts = { shift: number, operator: operator ?? "" };
		if (seq >= range.from) events.push({ sequence: seq, atS: openS, kind: "shiftOpen", facts });
		if (lastSeq !== null && lastSeq <= range.to && closeS !== null)
			events.push({ sequence: lastSeq, atS: closeS, kind: "shiftClose", facts });
	}
	if (period.lastSeq !== null && period.closeS !== null)
		events.push({ sequence: period.lastSeq, atS: period.closeS, kind: "dayClose", facts: {} });
	return events
		.sort((a, b) => a.sequence - b.sequence)
		.map((event) => ({ ...event, epoch, zoneMinutes }));
}

function settlementEvent({ seq, wallS, batch, endSeq }: Settlement): Event {
	const kind = endSeq === null ? "settleBegin" : "settleEnd";
	return { sequence: seq, atS: wallS, kind, facts: { batch } };
}

/** Plain facts only; what is a list or nothing stays in the record. */
function noteEvent({ seq, wallS, kind, body }: StoredNote): Event {
	const facts: Facts = {};
	for (const [name, value] of Object.entries(body)) {
		if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
			facts[name] = value;
	}
	return { sequence: seq, atS: wallS, kind, facts };
}
