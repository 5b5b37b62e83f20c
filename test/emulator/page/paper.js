import { useEffect, useRef, useState } from "preact/hooks";
import { call, terminalPath } from "./api.js";
import { html } from "./html.js";

/** Pieces of paper shown at once; what is older is on the roll still, and in the dashboard. */
const PIECES_MAX = 25;
const REFRESH_MS = 120;

/** The roll of paper as it comes out of the printer, newest at the bottom. */
export function PaperRoll({ words, terminal, entries }) {
	const [torn, setTorn] = useTorn(terminal.id, entries);
	const [asText, setAsText] = useState(false);
	const { pieces, hidden } = usePieces(terminal.id, entries, torn, asText);
	const scroll = useRef(null);
	useEffect(() => {
		const box = scroll.current;
		const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
		box?.scrollTo({ top: box.scrollHeight, behavior: calm ? "instant" : "smooth" });
	}, [pieces]);
	return html`
		<section class="paper" aria-label=${words.paper}>
			<header>
				<h2>${words.paper}</h2>
				<button type="button" onClick=${() => setAsText(!asText)}>
					${asText ? words.asPicture : words.asText}
				</button>
				<button type="button" disabled=${pieces.length === 0} onClick=${() => setTorn(entries)}>
					✂ ${words.tear}
				</button>
			</header>
			<div class="roll" ref=${scroll} tabindex="0" role="log" aria-label=${words.paper}>
				<div class="strip ${terminal.paperColumns === 48 ? "wide" : ""}">
					${pieces.length === 0 ? html`<p class="empty">${words.paperEmpty}</p>` : null}
					${hidden ? html`<p class="empty">${words.earlier}</p>` : null}
					${pieces.map(
						({ from, isComplete, content }) => html`
							<div key=${from} class="piece ${isComplete ? "cut" : ""}">
								${
									asText
										? html`<pre>${content}</pre>`
										: html`<div class="picture" dangerouslySetInnerHTML=${{ __html: content }}></div>`
								}
							</div>
						`,
					)}
				</div>
			</div>
			<div class="mouth" aria-hidden="true"></div>
		</section>
	`;
}

/** Where the paper was torn off last, remembered for each terminal by this browser. */
function useTorn(id, entries) {
	const name = `closeout-torn/${id}`;
	const [torn, setTorn] = useState(Number(localStorage.getItem(name) ?? 0));
	useEffect(() => setTorn(Number(localStorage.getItem(name) ?? 0)), [name]);
	const tear = (at) => {
		localStorage.setItem(name, String(at));
		setTorn(at);
	};
	return [torn > entries ? 0 : torn, tear];
}

/** The pieces after the tear with their content; a complete piece is fetched once, the growing one again and again. */
function usePieces(id, entries, torn, asText) {
	const [state, setState] = useState({ pieces: [], hidden: false });
	const known = useRef(new Map());
	useEffect(() => {
		let isOver = false;
		const timer = setTimeout(async () => {
			const form = asText ? "text" : "svg";
			const { pieces } = await call("GET", `${terminalPath(id)}/paper?from=${torn}`);
			const shown = pieces.slice(-PIECES_MAX);
			const filled = await Promise.all(
				shown.map(async (piece) => {
					const from = Math.max(piece.from, torn);
					const url = `${terminalPath(id)}/paper/${form}?from=${from}&to=${piece.to}`;
					const content = known.current.get(url) ?? (await call("GET", url));
					if (piece.isComplete) known.current.set(url, content);
					return { ...piece, from, content };
				}),
			);
			if (!isOver) setState({ pieces: filled, hidden: shown.length < pieces.length });
		}, REFRESH_MS);
		return () => {
			isOver = true;
			clearTimeout(timer);
		};
	}, [id, entries, torn, asText]);
	return state;
}
