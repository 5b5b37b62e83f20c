import type { Screen } from "../port.ts";
import { type Move, plain, type ViewContext } from "./view.ts";

/** What the technician's screens need: they serve in safe mode too. */
export type ServiceContext = Pick<ViewContext, "text" | "language" | "service">;

/** What is left on the screen when nobody has pressed a key. */
export function drawEnded({ text, language }: ServiceContext): Screen {
	const softKeys: Screen["softKeys"] = [{ key: "ok", label: text.keys.ok }];
	const { title, ended } = text.service;
	return { name: "service-ended", title, lines: [plain(ended)], softKeys, language };
}

export function backOrHome({ session }: ServiceContext["service"]): Move<ServiceContext> {
	session.touch();
	return session.isOpen ? "back" : "home";
}
