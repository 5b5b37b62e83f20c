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
		${data?.statements.some(({ badRows }) => badRows > 0) && html`<${BadRows} statements=${data.statements} />`}
	`;
}

function Upload({ onDone }) {
	const { text } = useShared();
	const [state, setState] = useState({ step: "choose" });
	const input = useRef(null);
	const [isOver, setOver] = useState(false);
	const send = async (file, dryRun, step, wishes = {}) => {
		setState({ step: "busy", file, said: step });
		try {
			const query = new URLSearchParams({
				name: file.name,
				...wishes,
				...(dryRun && { dryRun: "true" }),
			});
			const result = await sendFile(`/statements?${query}`, file);
			setState({ step: dryRun ? "preview" : "done", file, result, wishes });
			if (!dryRun) onDone();
		} catch (error) {
			setState({ step: "failed", file, error, wishes });
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
	const { step, file, result, error, said, wishes } = state;
	const look = (more) => send(file, true, text.statements.reading, { ...wishes, ...more });
	return html`<section class="upload">
		<label class=${isOver ? "drop over" : "drop"}
			onDragOver=${(event) => {
				event.preventDefault();
				setOver(true);
			}}
			onDragLeave=${() => setOver(false)} onDrop=${drop}>
			<input type="file" ref=${input} class="hidden"
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
			${
				step === "failed" &&
				error.code === "STATEMENT_ROW" &&
				html`<p class="tools"><button type="button" onClick=${() => look({ skipBadRows: "true" })}>${text.statements.skipBadRows}</button></p>`
			}
			${
				step === "done" &&
				result.statements.map(
					({ statement }) =>
						html`<p class="done"><span aria-hidden="true">✓</span> ${fill(text.statements.done, statement)}</p>`,
				)
			}
			${
				step === "preview" &&
				html`<${Preview} result=${result} onWish=${look}
					onImport=${() => send(file, false, text.statements.importing, wishes)}
					onCancel=${() => setState({ step: "choose" })} />`
			}
		</div>
	</section>`;
}

function Preview({ result, onImport, onCancel, onWish }) {
	const { text } = useShared();
	const { statements, leftOut, blocked } = result;
	return html`<div class="card">
		${statements.map((one) => html`<${PreviewOf} key=${one.statement.id} ...${one} />`)}
		${
			leftOut.length > 0 &&
			html`<h3>${text.statements.leftOut}</h3>
				<ul lang="en">${leftOut.map(({ file, why }) => html`<li>${file}: ${why}</li>`)}</ul>`
		}
		${blocked !== null && html`<${Blocked} blocked=${blocked} onWish=${onWish} />`}
		<p class="tools">
			${blocked === null && html`<button type="button" class="primary" onClick=${onImport}>${text.statements.import}</button>`}
			<button type="button" onClick=${onCancel}>${text.statements.cancel}</button>
		</p>
	</div>`;
}

/** Why the host would refuse the import, and what a person may decide about it. */
function Blocked({ blocked: { code, message }, onWish }) {
	const { text } = useShared();
	const choice = (wish, words) =>
		html`<button type="button" onClick=${() => onWish(wish)}>${words}</button>`;
	const isDoubt = code === "REFUSED" && message.includes("--overlap");
	return html`<div role="alert">
		<h3>${text.statements.blocked}</h3>
		<p lang="en">${message}</p>
		<p class="tools">
			${code === "STATEMENT_TOTAL" && choice({ acceptTotals: "true" }, text.statements.acceptTotals)}
			${isDoubt && choice({ overlap: "merge" }, text.statements.merge)}
			${isDoubt && choice({ overlap: "add" }, text.statements.add)}
		</p>
	</div>`;
}

function PreviewOf({ statement, reason, findings, preview, badRows }) {
	const { text } = useShared();
	const fact = (name, value) => html`<dt>${name}</dt><dd>${value}</dd>`;
	const head = Object.entries(text.statements.row).map(
		([key, name]) => html`<th scope="col" class=${key === "amount" ? "number" : ""}>${name}</th>`,
	);
	return html`
		<h2>${fill(text.statements.preview, statement)}</h2>
		<dl class="facts">
			${fact(text.statements.format, `${statement.format} · ${word(text.leg, statement.leg)}`)}
			${fact(text.statements.because, html`<span lang="en">${reason}</span>`)}
			${fact(text.statements.rows, statement.rows)}
			${statement.merged > 0 && fact(text.statements.merged, statement.merged)}
			${fact(text.statements.sums, statement.sums.map(moneyText).join(" · ") || "–")}
			${fact(text.statements.period, periodText(statement))}
			${fact(text.statements.accounts, statement.accounts.join("; ") || "–")}
		</dl>
		${
			findings.length > 0 &&
			html`<h3>${text.statements.findings}</h3>
				<ul lang="en">${findings.map(({ line, message }) => html`<li>${line}: ${message}</li>`)}</ul>`
		}
		${
			badRows.length > 0 &&
			html`<h3>${fill(text.statements.aside, { count: badRows.length })}</h3>
				<ul lang="en">${badRows.map(({ message, text: line }) => html`<li>${message}${line !== null && html`<br /><code>${line}</code>`}</li>`)}</ul>`
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
		<//>`;
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
				<th scope="row">${statement.name}<span class="sub">${statement.format}${asideText(text, statement)}</span></th>
				<td>${word(text.leg, statement.leg)}</td>
				<td class="number">${statement.rows}</td>
				<td>${periodText(statement)}</td>
				<td class="number">${statement.sums.map((money) => html`<div>${moneyText(money)}</div>`)}</td>
				<td>${momentText(statement.importedS)}</td>
			</tr>`,
		)}
	<//>`;
}

function asideText(text, { merged, badRows }) {
	const parts = [];
	if (merged > 0) parts.push(fill(text.statements.mergedShort, { count: merged }));
	if (badRows > 0) parts.push(fill(text.statements.asideShort, { count: badRows }));
	return parts.map((part) => ` · ${part}`).join("");
}

/** Lines that could not be read, by the statements that have some; corrected in a CSV that is imported again. */
function BadRows({ statements }) {
	const { text } = useShared();
	const { data, error, reload } = useAnswer("/statements/bad-rows");
	if (data === undefined) return html`<${Pending} error=${error} reload=${reload} />`;
	const withSome = statements.filter(({ badRows }) => badRows > 0);
	const head = Object.values(text.statements.badRowColumns).map(
		(name) => html`<th scope="col">${name}</th>`,
	);
	return html`<section>
		<h2>${text.statements.badRows}</h2>
		<p class="sub">${text.statements.badRowsHint}</p>
		${withSome.map(
			({
				id,
				name,
			}) => html`<h3>${name} <a href=${`/api/statements/bad-rows.csv?statement=${id}`} download>CSV</a></h3>
				<${Table} label=${name} head=${head}>
					${data.badRows
						.filter(({ statement }) => statement === id)
						.map(
							(row) => html`<tr key=${row.number}>
								<td class="mono">${row.line}</td>
								<td>${row.field ?? ""}</td>
								<td lang="en">${row.message}</td>
								<td class="mono">${row.text ?? ""}</td>
								<td>${row.correctedBy === null ? text.statements.open : text.statements.corrected}</td>
							</tr>`,
						)}
				<//>`,
		)}
	</section>`;
}
