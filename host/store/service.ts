import type { Address } from "../../protocol/message.ts";
import type { Context } from "./database.ts";

/** What a response lets in: a technician into the menu, or a copy onto paper. */
export type ResponsePurpose = "menu" | "reprint";

/** Somebody was given the response to a challenge. */
export interface ServiceResponse extends Address {
	readonly purpose: ResponsePurpose;
	readonly challenge: string;
	readonly by: string;
	readonly atS: number;
}

/** Keeps who asks for a response, and when. */
export async function addServiceResponse(
	{ write, nowS }: Context,
	added: Omit<ServiceResponse, "atS">,
): Promise<ServiceResponse> {
	const { terminal, epoch, purpose, challenge, by } = added;
	const given = { terminal, epoch, purpose, challenge, by, atS: nowS() };
	await write
		.insertInto("serviceResponse")
		.values(given)
		.onConflict((conflict) => conflict.doNothing())
		.execute();
	return given;
}

/** The newest first; of one terminal or of all. */
export async function listServiceResponses(
	{ read }: Context,
	filter: { readonly terminal?: string; readonly limit?: number } = {},
): Promise<readonly ServiceResponse[]> {
	const query = read
		.selectFrom("serviceResponse")
		.selectAll()
		.orderBy("atS", "desc")
		.orderBy("terminal")
		.orderBy("challenge")
		.limit(filter.limit ?? 100);
	const rows = await (filter.terminal === undefined
		? query
		: query.where("terminal", "=", filter.terminal)
	).execute();
	return rows.map(({ purpose, ...row }) => ({
		...row,
		purpose: purpose === "reprint" ? "reprint" : "menu",
	}));
}
