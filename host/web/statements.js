import { useRef, useState } from "preact/hooks";
import { sendFile } from "./api.js";
import { amountText, dateText, fill, momentText, moneyText, word } from "./format.js";
import { Failure, Pending, Table } from "./parts.js";
import { useAnswer, useShared } from "./state.js";
import { html } from "./view.js";

/** Statement files: look first, then import. */
export function StatementsPage() {
	const { text } = useShared();
	const { data, error, reload } = useAnswer("/statements");
	return html`
		<div class="head"><div><h1>${text.statements.title}</h1><p class="sub">${text.statements.lead}</p></div></div>
		<${Upload} onDone=${reload} />
		<section>
			<h2>${text.statements.list}</h2>
			${
				data === undefined
					? html`<${Pending} error=${error} reload=${reload} />`
					: html`<${Imported} statements=${data.statements} />`
			}
		</section>
	`;
}

function Upload({ onDone }) {
	const { text } = useShared();
	const [state, setState] = useState({ step: "choose" });
	const input = useRef(null);
	const [isOver, setOver] = useState(false);
	const send = async (file, dryRun, step) => {
		setState({ step: "busy", file, said: step });
		try {
			const query = new URLSearchParams({ name: file.name, ...(dryRun && { dryRun: "true" }) });
			const result = await sendFile(`/statements?${query}`, file);
			setState({ step: dryRun ? "preview" : "done", file, result });
			if (!dryRun) onDone();
		} catch (error) {
			setState({ step: "failed", file, error });
		}
	};
	const take = (files) => {
		const [file] = files ?? [];
		if (file) send(file, true, text.statements.reading);
	};
	const drop = (event) => {
		event.preventDefault();
		setOver(false);
		take(event.dataTransfer.files);
	};
	const { step, file, result, error, said } = state;
	return html`<section class="upload">
		<label class=${isOver ? "drop over" : "drop"}
			onDragOver=${(event) => {
				event.preventDefault();
				setOver(true);
			}}
			onDragLeave=${() => setOver(false)} onDrop=${drop}>
			<input type="file" ref=${input} class="hidden" accept=".csv,.xml,.txt"
				onChange=${(event) => {
					take(event.target.files);
					event.target.value = "";
				}} />
			<strong>${text.statements.drop}</strong>
			<span class="sub">${text.statements.dropHint}</span>
		</label>
		<div aria-live="polite">
			${step === "busy" && html`<p class="pending">${fill(said, { name: file.name })}</p>`}
			${step === "failed" && html`<${Failure} error=${error} />`}
			${step === "done" && html`<p class="done"><span aria-hidden="true">✓</span> ${fill(text.statements.done, result.statement)}</p>`}
			${
				step === "preview" &&
				html`<${Preview} result=${result}
					onImport=${() => send(file, false, text.statements.importing)}
					onCancel=${() => setState({ step: "choose" })} />`
			}
		</div>
	</section>`;
}

function Preview({ result, onImport, onCancel }) {
	const { text } = useShared();
	const { statement, reason, findings, preview } = result;
	const fact = (name, value) => html`<dt>${name}</dt><dd>${value}</dd>`;
	const head = Object.entries(text.statements.row).map(
		([key, name]) => html`<th scope="col" class=${key === "amount" ? "number" : ""}>${name}</th>`,
	);
	return html`<div class="card">
		<h2>${fill(text.statements.preview, statement)}</h2>
		<dl class="facts">
			${fact(text.statements.format, `${statement.format} · ${word(text.leg, statement.leg)}`)}
			${fact(text.statements.because, html`<span lang="en">${reason}</span>`)}
			${fact(text.statements.rows, statement.rows)}
			${fact(text.statements.sums, statement.sums.map(moneyText).join(" · ") || "–")}
			${fact(text.statements.period, periodText(statement))}
			${fact(text.statements.accounts, statement.accounts.join("; ") || "–")}
		</dl>
		${
			findings.length > 0 &&
			html`<h3>${text.statements.findings}</h3>
				<ul lang="en">${findings.map(({ line, message }) => html`<li>${line}: ${message}</li>`)}</ul>`
		}
		<h3>${fill(text.statements.firstRows, { count: preview.length })}</h3>
		<${Table} label=${text.statements.firstRows} head=${head}>
			${preview.map(
				(row) => html`<tr>
					<td class="mono">${row.line}</td>
					<td>${word(text.kind, row.kind)}</td>
					<td>${row.terminal ?? ""}</td>
					<td>${row.businessDate === null ? "" : dateText(row.businessDate)}</td>
					<td class="mono">${row.reference}</td>
					<td class="number">${amountText(row.amount.text)} ${row.amount.currency}</td>
					<td>${word(text.rowStatus, row.status)}</td>
				</tr>`,
			)}
		<//>
		<p class="tools">
			<button type="button" class="primary" onClick=${onImport}>${text.statements.import}</button>
			<button type="button" onClick=${onCancel}>${text.statements.cancel}</button>
		</p>
	</div>`;
}

function periodText({ first, last }) {
	if (first === null || last === null) return "–";
	return first === last ? dateText(first) : `${dateText(first)} – ${dateText(last)}`;
}

function Imported({ statements }) {
	const { text } = useShared();
	if (statements.length === 0) return html`<p class="empty">${text.statements.none}</p>`;
	const head = Object.entries(text.statements.columns).map(
		([key, name]) =>
			html`<th scope="col" class=${key === "sums" || key === "rows" ? "number" : ""}>${name}</th>`,
	);
	return html`<${Table} label=${text.statements.list} head=${head}>
		${statements.map(
			(statement) => html`<tr key=${statement.id}>
				<th scope="row">${statement.name}<span class="sub">${statement.format}</span></th>
				<td>${word(text.leg, statement.leg)}</td>
				<td class="number">${statement.rows}</td>
				<td>${periodText(statement)}</td>
				<td class="number">${statement.sums.map((money) => html`<div>${moneyText(money)}</div>`)}</td>
				<td>${momentText(statement.importedS)}</td>
			</tr>`,
		)}
	<//>`;
}
