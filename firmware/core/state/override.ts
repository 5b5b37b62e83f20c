import type { State } from "./state.ts";

/** An override lifts what stood when it was given, so it ends when more of the same kind comes. */
export function withoutOverride(
	state: State,
	blocker: State["overrides"][number]["blocker"],
): State {
	return { ...state, overrides: state.overrides.filter((other) => other.blocker !== blocker) };
}
