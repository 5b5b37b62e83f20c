import { amountText, dateText, sixDigits, timeText, word } from "./format.js";
import { Badge, Table } from "./parts.js";
import { useShared } from "./state.js";
import { html } from "./view.js";

/** Sales that people entered afterwards; nothing where there are none. */
export function Supplements({ day }) {
	const { text } = useShared();
	const { supplements: words } = text;
	if (day.supplements.length === 0) return null;
	const head = Object.entries(words.columns).map(
		([key, name]) => html`<th scope="col" class=${key === "amount" ? "number" : ""}>${name}</th>`,
	);
	return html`<section>
		<h2>${words.title} <span class="sub inline">${words.lead}</span></h2>
		<${Table} label=${words.title} head=${head}>
			${day.supplements.map(
				(row) => html`<tr key=${`${row.epoch}.${row.sequence}`}>
					<td class="mono">${timeText(row.atS, row.zoneMinutes)}</td>
					<td>${word(words.origin, row.origin)}</td>
					<td>${word(text.method, row.method)}</td>
					<td class="mono">${row.trace === null ? "" : sixDigits(row.trace)} ${row.lastFour && `**${row.lastFour}`}</td>
					<td class="mono">${dateText(row.soldDate)}</td>
					<td>${row.operator} / ${row.approvedBy}</td>
					<td>${row.reason} ${row.withdrawn && html`<${Badge} tone="quiet">${words.withdrawn}<//>`}</td>
					<td class=${`number${row.withdrawn ? " struck" : ""}`}>${amountText(row.amount.text)}</td>
				</tr>`,
			)}
		<//>
	</section>`;
}
