import type { Campaign } from "./campaign.ts";

type Load = () => Promise<{ readonly campaign: Campaign }>;

/** Every campaign by its name, in the order in which `all` runs them. */
export const campaigns: Readonly<Record<string, Load>> = {
	power: () => import("./power.ts"),
	"double-cut": () => import("./double-cut.ts"),
	endless: () => import("./endless.ts"),
	rot: () => import("./rot.ts"),
	sectors: () => import("./sectors.ts"),
	"io-errors": () => import("./io-errors.ts"),
	reorder: () => import("./reorder.ts"),
	tamper: () => import("./tamper.ts"),
	frames: () => import("./frames.ts"),
	wear: () => import("./wear.ts"),
	engines: () => import("./engines.ts"),
	kills: () => import("./kills.ts"),
	cards: () => import("./cards.ts"),
	zoo: () => import("./zoo.ts"),
};

/** Throws `RangeError` for a name that is not in the table. */
export async function loadCampaign(name: string): Promise<Campaign> {
	const load = Object.hasOwn(campaigns, name) ? campaigns[name] : undefined;
	if (load === undefined) {
		const names = Object.keys(campaigns).join(", ");
		throw new RangeError(`no campaign "${name}"; there are ${names}, and all`);
	}
	return (await load()).campaign;
}
