/** A page that prints on any printer and needs nothing but itself. */

/** Text as HTML shows it. */
export function html(text: string | number): string {
	const entities: Readonly<Record<string, string>> = {
		"&": "&amp;",
		"<": "&lt;",
		">": "&gt;",
		'"': "&quot;",
		"'": "&#39;",
	};
	return String(text).replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}

const STYLE = `
body { font: 10pt/1.4 "Noto Sans CJK SC", "Microsoft YaHei", system-ui, sans-serif; margin: 2em auto; max-width: 60em; color: #000; background: #fff; }
h1 { font-size: 16pt; } h2 { font-size: 12pt; margin: 1.5em 0 .3em; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #888; padding: .2em .5em; text-align: left; vertical-align: top; overflow-wrap: anywhere; }
thead { display: table-header-group; } tr { break-inside: avoid; }
pre { white-space: pre-wrap; word-break: break-all; line-height: 1.1; }
.lost { font-weight: bold; } .sign { margin-top: 4em; border-top: 1px solid #000; width: 60%; }
@page { margin: 15mm; }
`;

/** A whole page around a body. `body` is HTML already, the title is text. */
export function pageOf(title: string, language: string, body: string): string {
	const head = `<meta charset="utf-8"><title>${html(title)}</title><style>${STYLE}</style>`;
	return `<!doctype html>\n<html lang="${html(language)}"><head>${head}</head><body>\n<h1>${html(title)}</h1>\n${body}\n</body></html>\n`;
}

/** A table of texts. */
export function tableOf(
	head: readonly string[],
	rows: Iterable<readonly (string | number)[]>,
): string {
	const cells = (row: readonly (string | number)[], tag: string) =>
		row.map((cell) => `<${tag}>${html(cell)}</${tag}>`).join("");
	const body = [...rows].map((row) => `<tr>${cells(row, "td")}</tr>`).join("\n");
	return `<table><thead><tr>${cells(head, "th")}</tr></thead><tbody>\n${body}\n</tbody></table>`;
}
