import type { Static } from "typebox";
import { CloseoutError } from "../../../protocol/error.ts";
import { terminalParams } from "./schema.ts";
import type { Routes } from "./server.ts";

type Id = Static<typeof terminalParams>;

const IMAGE_BYTES_MAX = 64 * 1024 * 1024;

/** The media of a terminal in the hands of somebody who opens it. */
export const imageRoutes: Routes = (app, { world }) => {
	app.addContentTypeParser(
		"application/octet-stream",
		{ parseAs: "buffer", bodyLimit: IMAGE_BYTES_MAX },
		(_request, body, done) => done(null, body),
	);
	app.put<{ Params: Id }>(
		"/v1/terminals/:id/journal",
		{ schema: { params: terminalParams }, bodyLimit: IMAGE_BYTES_MAX },
		async ({ params, body }, reply) => {
			const machine = world.machine(params.id);
			if (machine.powered) {
				throw new CloseoutError("REFUSED", `${params.id} is on; switch it off to open it`);
			}
			if (!(body instanceof Uint8Array)) {
				throw new CloseoutError("USAGE", "an image is sent as application/octet-stream");
			}
			machine.parts.flash.replace(body);
			return reply.status(204).send();
		},
	);
};
