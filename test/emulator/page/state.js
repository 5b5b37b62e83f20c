import { useEffect, useRef, useState } from "preact/hooks";
import { call, listen, terminalPath } from "./api.js";

const LOG_LINES = 6;
const nothing = { screen: null, payments: [], log: [], entries: 0 };

/**
 * What the page shows: the world, its terminals, and for the selected one its screen, payments, paper and log.
 * It is read whole at the beginning and after each reconnection, and kept up to date by events.
 */
export function useEmulator() {
	const [world, setWorld] = useState({
		info: undefined,
		terminals: [],
		plans: [],
		bookings: [],
		isLost: false,
	});
	const [clock, setClock] = useState({ wallMs: Date.now(), mode: "manual", speed: 1, seenMs: 0 });
	const [selected, setSelected] = useState(localStorage.getItem("closeout-terminal") ?? "");
	const [details, setDetails] = useState(nothing);
	const terminal = world.terminals.find(({ id }) => id === selected) ?? world.terminals[0];
	const shown = useRef();
	shown.current = terminal?.id;

	const readWorld = async () => {
		const [info, terminals, plans, bookings, time] = await Promise.all(
			["", "/terminals", "/acquirer/plans", "/acquirer/bookings", "/clock"].map((path) =>
				call("GET", path),
			),
		);
		setWorld({ info, terminals, plans, bookings, isLost: false });
		setClock({ ...time, seenMs: performance.now() });
	};
	const readDetails = async (id) => {
		const path = terminalPath(id);
		const [{ screen }, payments, log, { entries }] = await Promise.all(
			["/screen", "/payments", "/log", "/paper"].map((part) => call("GET", path + part)),
		);
		if (shown.current === id) setDetails({ screen, payments, log: log.slice(-LOG_LINES), entries });
	};
	const refresh = debounced(readWorld);

	useEffect(
		() =>
			listen(
				(event) => {
					if (event.type === "clock") setClock({ ...event, seenMs: performance.now() });
					if (["terminals", "power", "link", "paper", "payment"].includes(event.type)) refresh();
					if (event.terminal === shown.current) {
						setDetails((before) => changed(before, event));
						if (event.type === "power" && event.on) readDetails(event.terminal);
					}
				},
				() => {
					readWorld();
					if (shown.current !== undefined) readDetails(shown.current);
				},
				() => setWorld((before) => ({ ...before, isLost: true })),
			),
		[],
	);
	useEffect(() => {
		setDetails(nothing);
		if (terminal !== undefined) readDetails(terminal.id);
	}, [terminal?.id]);

	const select = (id) => {
		localStorage.setItem("closeout-terminal", id);
		setSelected(id);
	};
	return { ...world, clock: useRunning(clock), terminal, details, select, readWorld };
}

function changed(before, event) {
	switch (event.type) {
		case "screen":
			return { ...before, screen: event.screen };
		case "paper":
			return { ...before, entries: event.entries };
		case "power":
			return event.on ? before : { ...before, screen: null };
		case "log":
			return { ...before, log: [...before.log, event].slice(-LOG_LINES) };
		case "payment": {
			const others = before.payments.filter(({ request }) => request !== event.payment.request);
			const payments = [...others, event.payment].sort((a, b) => a.request - b.request);
			return { ...before, payments };
		}
		default:
			return before;
	}
}

/** Runs the last call of many once, a little later. */
function debounced(run) {
	const timer = useRef();
	return () => {
		clearTimeout(timer.current);
		timer.current = setTimeout(run, 100);
	};
}

/** A clock that goes on between two looks at the world's own. */
function useRunning(clock) {
	const [, setTick] = useState(0);
	useEffect(() => {
		const timer = setInterval(() => setTick((tick) => tick + 1), 500);
		return () => clearInterval(timer);
	}, []);
	const elapsedMs = clock.mode === "real" ? (performance.now() - clock.seenMs) * clock.speed : 0;
	return { ...clock, wallMs: clock.wallMs + elapsedMs };
}
