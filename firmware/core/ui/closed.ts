import type { CloseResult, CloseScope } from "../part.ts";
import { fill } from "../text/fill.ts";
import { MessageView } from "./message.ts";
import type { Move, ViewContext } from "./view.ts";

/** Where a close leads: to its result, or back to the blockers when something came between. */
export function closed(context: ViewContext, scope: CloseScope, result: CloseResult): Move {
	if (!result.closed) return "back";
	const { text } = context;
	const what = text.close[scope];
	const title = scope === "shift" ? text.close.shiftTitle : text.close.dayTitle;
	const template = result.exceptions === 0 ? text.close.done : text.close.doneWithExceptions;
	return new MessageView("closed", title, fill(template, { what, count: result.exceptions }));
}
