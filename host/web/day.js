import { useState } from "preact/hooks";
import { DaySide } from "./day-side.js";
import { Supplements } from "./day-supplements.js";
import { amountText, dateText, fill, moneyText, sixDigits, timeText, word } from "./format.js";
import { Badge, Dialog, missingText, Paper, Pending, Table } from "./parts.js";
import { useAnswer, useShared } from "./state.js";
import { html } from "./view.js";

/** Rows drawn at once; a busy day has thousands. */
const ROWS_SHOWN = 200;

/** One business date of one terminal. */
export function DayPage({ terminal, date }) {
	const path = `/terminals/${encodeURIComponent(terminal)}/days/${encodeURIComponent(date)}`;
	const { data: day, error, reload } = useAnswer(path, terminal);
	if (day === undefined) return html`<${Pending} error=${error} reload=${reload} />`;
	return html`
		<${Head} day=${day} />
		<${Verdict} day=${day} />
		<div class="columns">
			<div>
				<${Totals} day=${day} />
				<${Transactions} day=${day} />
				<${Supplements} day=${day} />
			</div>
			<${DaySide} day=${day} />
		</div>
	`;
}

export function dayPath({ terminal, businessDate }) {
	return `/api/terminals/${encodeURIComponent(terminal)}/days/${dateText(businessDate)}`;
}

function Head({ day }) {
	const { text, language } = useShared();
	const { data } = useAnswer(`/terminals/${encodeURIComponent(day.terminal)}/days`, day.terminal);
	const [isListOpen, setListOpen] = useState(false);
	const days = data?.days ?? [];
	const place = days.findIndex(({ businessDate }) => businessDate === day.businessDate);
	const href = (date) => `#/terminal/${encodeURIComponent(day.terminal)}/${dateText(date)}`;
	const step = (other, name, sign) =>
		other === undefined
			? html`<span class="button off" aria-hidden="true">${sign}</span>`
			: html`<a class="button" href=${href(other.businessDate)} aria-label=${name} title=${name}>${sign}</a>`;
	const list = `${dayPath(day)}/list.svg?language=${language}`;
	return html`<div class="head">
		<div>
			<h1>${day.name}</h1>
			<p class="sub">${dateText(day.businessDate)} · ${day.name === day.terminal ? "" : `${day.terminal} · `}${fill(text.day.opened, { time: timeText(day.openS, day.zoneMinutes) })}${" · "}${day.closeS === null ? text.day.notClosed : fill(text.day.closed, { time: timeText(day.closeS, day.zoneMinutes) })}</p>
		</div>
		<div class="tools">
			${step(days[place + 1], text.day.previous, "‹")}
			<label>
				<span class="hidden">${text.day.date}</span>
				<select value=${String(day.businessDate)}
					onChange=${(event) => {
						location.hash = href(event.target.value);
					}}>
					${days.map(
						({ businessDate, complete }) => html`<option value=${String(businessDate)}>
							${dateText(businessDate)} ${complete ? "✓" : "✕"}
						</option>`,
					)}
				</select>
			</label>
			${step(days[place - 1], text.day.next, "›")}
			<button type="button" onClick=${() => setListOpen(true)}>${text.day.list}</button>
			<a class="button" href=${`${dayPath(day)}/transactions.csv`} download>${text.day.csv}</a>
		</div>
		${
			isListOpen &&
			html`<${Dialog} title=${`${text.day.list} ${dateText(day.businessDate)}`} onClose=${() => setListOpen(false)}>
				<${Paper} src=${list} alt=${`${text.day.list} ${dateText(day.businessDate)}`} />
			<//>`
		}
	</div>`;
}

/** Complete, or what is missing in words: the one question of the page. */
function Verdict({ day }) {
	const { text } = useShared();
	const { complete, missing, lifted, exceptions } = day;
	const title = complete ? text.day.complete : fill(text.day.incomplete, { count: missing.length });
	return html`<section class=${`verdict ${complete ? "good" : "bad"}`} aria-live="polite">
		<h2><span aria-hidden="true">${complete ? "✓" : "✕"}</span> ${title}</h2>
		${complete && html`<p>${text.day.completeLead}</p>`}
		${missing.length > 0 && html`<ul>${missing.map((item) => html`<li>${missingText(item, text)}</li>`)}</ul>`}
		${
			lifted.length > 0 &&
			html`<h3>${text.day.lifted}</h3>
				<ul>${lifted.map((item) => html`<li>${missingText(item, text)}</li>`)}</ul>`
		}
		${
			exceptions.length > 0 &&
			html`<h3>${text.day.exceptions}</h3><p>${text.day.exceptionsLead}
				${exceptions.map(({ blocker, count }) => `${word(text.blocker, blocker)} × ${count}`).join("；")}</p>`
		}
	</section>`;
}

function Totals({ day }) {
	const { text } = useShared();
	if (day.totals.length === 0) return html`<p class="empty">${text.day.noTotals}</p>`;
	const names = [text.day.group, text.day.debit, text.day.credit, text.day.void, text.day.net];
	const head = names.map(
		(name, index) => html`<th scope="col" class=${index > 0 ? "number" : ""}>${name}</th>`,
	);
	const cell = (count, money) => html`<td class="number">
		<span class="sub inline">${count} ×</span> ${amountText(money.text)}
	</td>`;
	return html`<section>
		<h2>${text.day.totals}</h2>
		<${Table} label=${text.day.totals} head=${head}>
			${day.totals.map(
				(total) => html`<tr>
					<th scope="row">${word(text.group, total.group)}</th>
					${cell(total.debitCount, total.debit)}${cell(total.creditCount, total.credit)}
					${cell(total.voidCount, total.void)}
					<td class="number strong">${moneyText(total.net)}</td>
				</tr>`,
			)}
		<//>
	</section>`;
}

const tones = {
	approved: "good",
	declined: "quiet",
	unknown: "bad",
	open: "warn",
	reversed: "quiet",
};

function Transactions({ day }) {
	const { text, language } = useShared();
	const [wanted, setWanted] = useState("");
	const [limit, setLimit] = useState(ROWS_SHOWN);
	const [slip, setSlip] = useState(undefined);
	const rows = day.transactions.filter((row) => isWanted(row, wanted.trim().toLowerCase()));
	const { columns } = text.day;
	const head = Object.entries(columns).map(
		([key, name]) => html`<th scope="col" class=${key === "amount" ? "number" : ""}>${name}</th>`,
	);
	const left = rows.length - limit;
	return html`<section>
		<h2>${text.day.transactions} <span class="sub inline">${day.transactions.length}</span></h2>
		${
			day.transactions.length === 0
				? html`<p class="empty">${text.day.noTransactions}</p>`
				: html`<input type="search" class="find" placeholder=${text.day.find} aria-label=${text.day.find}
						value=${wanted} onInput=${(event) => setWanted(event.target.value)} />
					<${Table} label=${text.day.transactions} head=${[...head, html`<td></td>`]}>
						${rows
							.slice(0, limit)
							.map(
								(row) =>
									html`<${Row} key=${`${row.epoch}.${row.sequence}`} row=${row} onSlip=${() => setSlip(row)} />`,
							)}
					<//>
					<p class="sub">
						${fill(text.day.shown, { shown: Math.min(limit, rows.length), total: rows.length })}
						${
							left > 0 &&
							html` <button type="button" onClick=${() => setLimit(limit + ROWS_SHOWN)}>
								${fill(text.day.more, { count: Math.min(left, ROWS_SHOWN) })}
							</button>`
						}
					</p>`
		}
		${
			slip &&
			html`<${Dialog} title=${`${text.day.slip} ${traceText(slip)}`} onClose=${() => setSlip(undefined)}>
				<${Paper} alt=${`${text.day.slip} ${traceText(slip)}`}
					src=${`/api/terminals/${encodeURIComponent(day.terminal)}/slips/${slip.epoch}/${slip.sequence}?language=${language}`} />
			<//>`
		}
	</section>`;
}

function isWanted(row, wanted) {
	if (wanted === "") return true;
	const { trace, reference, amount, lastFour, order } = row;
	const said = [trace === null ? "" : sixDigits(trace), reference, amount.text, lastFour, order];
	return said.some((part) => part?.toLowerCase().includes(wanted));
}

function traceText({ trace, sequence }) {
	return trace === null ? `#${sequence}` : sixDigits(trace);
}

function Row({ row, onSlip }) {
	const { text } = useShared();
	const sign = row.type === "refund" || row.type === "void" ? "−" : "";
	const struck = tones[row.standing] === "quiet" ? " struck" : "";
	return html`<tr>
		<td class="mono">${timeText(row.atS, row.zoneMinutes)}</td>
		<td class="mono">${traceText(row)}</td>
		<td>${word(text.type, row.type)}</td>
		<td>${word(text.method, row.method)}</td>
		<td class="mono">${row.scheme ?? ""} ${row.lastFour && `**${row.lastFour}`}</td>
		<td class="mono">${row.reference ?? row.order ?? ""}</td>
		<td>
			<${Badge} tone=${tones[row.standing] ?? "quiet"}>${word(text.standing, row.standing)}<//>
			${row.late && html` <span class="sub inline">${text.day.late}</span>`}
		</td>
		<td class=${`number${struck}`}>${sign}${amountText(row.amount.text)}</td>
		<td>
			<button type="button" class="quiet" onClick=${onSlip}
				aria-label=${fill(text.day.showSlip, { trace: traceText(row) })}>${text.day.slip}</button>
		</td>
	</tr>`;
}
