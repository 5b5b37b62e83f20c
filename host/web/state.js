import { createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { get } from "./api.js";

/** What every page needs: language, words, and a counter that moves with live changes. */
export const Shared = createContext(undefined);

export function useShared() {
	return useContext(Shared);
}

/**
 * The answer to a path, asked again when `path` changes and at live changes that concern `terminal` (all when it
 * is undefined). What was there stays until the new answer is, so that a page never flickers.
 */
export function useAnswer(path, terminal) {
	const { change } = useShared();
	const [state, setState] = useState({ data: undefined, error: undefined });
	const shown = useRef(undefined);
	const concerned =
		change.terminals === undefined || terminal === undefined || change.terminals.includes(terminal);
	const version = useRef(0);
	if (concerned) version.current = change.count;
	const [again, setAgain] = useState(0);
	useEffect(() => {
		let current = true;
		if (shown.current !== path) setState({ data: undefined, error: undefined });
		get(path).then(
			(data) => {
				if (!current) return;
				shown.current = path;
				setState({ data, error: undefined });
			},
			(error) => {
				if (current) setState((before) => ({ ...before, error }));
			},
		);
		return () => {
			current = false;
		};
	}, [path, version.current, again]);
	return { ...state, reload: () => setAgain((count) => count + 1) };
}

/** The part of the address behind `#`, as path parts and query. */
export function useRoute() {
	const [hash, setHash] = useState(location.hash);
	useEffect(() => {
		const follow = () => setHash(location.hash);
		addEventListener("hashchange", follow);
		return () => removeEventListener("hashchange", follow);
	}, []);
	const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
	return {
		parts: path.split("/").filter(Boolean).map(decodeURIComponent),
		query: new URLSearchParams(query),
	};
}

/** The host's clock, seconds since 1970, moving on since it was told: ages on a page stay true. */
export function useNow(toldS) {
	const started = useRef({ toldS, at: performance.now() });
	if (started.current.toldS !== toldS) started.current = { toldS, at: performance.now() };
	const [, move] = useState(0);
	useEffect(() => {
		const timer = setInterval(() => move((count) => count + 1), 30_000);
		return () => clearInterval(timer);
	}, []);
	return toldS + Math.floor((performance.now() - started.current.at) / 1000);
}
