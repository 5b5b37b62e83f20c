import { useState } from "preact/hooks";
import { ageText, agoText, dateText, fill, momentText, moneyText } from "./format.js";
import { Badge, missingText, Pending, Table } from "./parts.js";
import { useAnswer, useNow, useShared } from "./state.js";
import { html } from "./view.js";

/** All terminals; those that need somebody come first. */
export function FleetPage() {
	const { text } = useShared();
	const { data, error, reload } = useAnswer("/terminals");
	const [wanted, setWanted] = useState("");
	if (data === undefined) return html`<${Pending} error=${error} reload=${reload} />`;
	const { terminals } = data;
	const find = wanted.trim().toLowerCase();
	const shown = terminals
		.filter(({ terminal, name }) => `${terminal} ${name}`.toLowerCase().includes(find))
		.sort((a, b) => urgency(b) - urgency(a) || (a.terminal < b.terminal ? -1 : 1));
	return html`
		<div><h1>${text.fleet.title}</h1><p class="sub">${text.fleet.lead}</p></div>
		<${Figures} terminals=${terminals} />
		${terminals.length === 0 && html`<p class="empty">${text.fleet.none}</p>`}
		${
			terminals.length > 6 &&
			html`<input type="search" class="find" placeholder=${text.fleet.find}
				aria-label=${text.fleet.find} value=${wanted}
				onInput=${(event) => setWanted(event.target.value)} />`
		}
		${terminals.length > 0 && shown.length === 0 && html`<p class="empty">${text.fleet.noMatch}</p>`}
		${shown.length > 0 && html`<${Terminals} terminals=${shown} nowS=${data.nowS} />`}
	`;
}

/** Money at risk first, then paper, then what cannot be seen at all. */
function urgency({ complete, earlier, unsettledCount, printsOwed, contact, frozen }) {
	if (frozen) return 5;
	if (complete && earlier.length === 0) return 0;
	if (unsettledCount > 0) return contact === "online" ? 3 : 4;
	return printsOwed > 0 ? 2 : 1;
}

function Figures({ terminals }) {
	const { text } = useShared();
	const complete = terminals.filter((terminal) => terminal.complete).length;
	const prints = terminals.reduce((sum, { printsOwed }) => sum + printsOwed, 0);
	const unsettled = terminals.reduce((sum, { unsettledCount }) => sum + unsettledCount, 0);
	const figure = (name, value, tone) => html`<div class=${`figure ${tone}`}>
		<dt>${name}</dt><dd>${value}</dd>
	</div>`;
	return html`<dl class="figures">
		${figure(text.fleet.complete, `${complete} / ${terminals.length}`, complete === terminals.length ? "good" : "plain")}
		${figure(text.fleet.attention, terminals.length - complete, complete < terminals.length ? "bad" : "plain")}
		${figure(text.fleet.unsettled, unsettled, unsettled > 0 ? "bad" : "plain")}
		${figure(text.fleet.prints, prints, prints > 0 ? "warn" : "plain")}
	</dl>`;
}

function Terminals({ terminals, nowS }) {
	const { text } = useShared();
	const { columns } = text.fleet;
	const head = [
		columns.terminal,
		columns.complete,
		columns.settled,
		columns.unsettled,
		columns.printed,
		columns.contact,
		columns.seen,
	].map((name, index) => html`<th scope="col" class=${index === 3 ? "number" : ""}>${name}</th>`);
	return html`<${Table} label=${text.fleet.title} head=${head}>
		${terminals.map((terminal) => html`<${Row} key=${terminal.terminal} terminal=${terminal} nowS=${nowS} />`)}
	<//>`;
}

function Row({ terminal, nowS }) {
	const { text } = useShared();
	const now = useNow(nowS);
	const { name, contact, businessDate, unsettledCount, printsOwed, seenS } = terminal;
	const age = (seconds) => ageText(Math.max(0, now - seconds), text.age);
	const none = businessDate === null;
	return html`<tr>
		<th scope="row">
			<a href=${`#/terminal/${encodeURIComponent(terminal.terminal)}`}>${name}</a>
			${name !== terminal.terminal && html`<span class="sub">${terminal.terminal}</span>`}
		</th>
		<td>
			${none ? html`<${Badge} tone="quiet">${text.fleet.noDay}<//>` : html`<${Day} terminal=${terminal} />`}
		</td>
		<td>
			${
				none
					? "–"
					: unsettledCount > 0
						? html`<${Badge} tone="bad">${fill(text.no.settled, { count: unsettledCount })}<//>`
						: html`<${Badge} tone="good">${text.yes.settled}<//>`
			}
		</td>
		<td class="number">
			${terminal.unsettled.map((money) => html`<div>${moneyText(money)}</div>`)}
			${
				terminal.unsettledSinceS !== null &&
				html`<span class="sub">${fill(text.since, { age: age(terminal.unsettledSinceS) })}</span>`
			}
		</td>
		<td>
			${
				none
					? "–"
					: printsOwed > 0
						? html`<${Badge} tone="warn">${fill(text.no.printed, { count: printsOwed })}<//>`
						: html`<${Badge} tone="good">${text.yes.printed}<//>`
			}
		</td>
		<td>
			<${Badge} tone=${contact === "online" ? "good" : contact === "never" ? "quiet" : "warn"}>
				${text.contact[contact]}
			<//>
			${terminal.behind > 0 && html`<span class="sub">${fill(text.behind, { count: terminal.behind })}</span>`}
			${terminal.frozen && html`<span class="sub">${text.frozen}</span>`}
		</td>
		<td>
			${
				seenS === null
					? "–"
					: html`<time datetime=${new Date(seenS * 1000).toISOString()} title=${momentText(seenS)}>
							${agoText(now - seenS, text.age)}
						</time>`
			}
		</td>
	</tr>`;
}

function Day({ terminal }) {
	const { text } = useShared();
	const { complete, missing, businessDate, dayState, earlier } = terminal;
	const said = missing.map((item) => missingText(item, text)).join("\n");
	return html`<span title=${said}>
		<${Badge} tone=${complete ? "good" : "bad"}>
			${complete ? text.yes.complete : fill(text.no.complete, { count: missing.length })}
		<//>
		<span class="sub">${dateText(businessDate)} ${text.fleet[dayState]}</span>
		${earlier.length > 0 && html`<span class="sub alarm">✕ ${fill(text.earlier, { dates: earlier.map(dateText).join(" ") })}</span>`}
	</span>`;
}
