import { MESSAGE_BYTES_MAX } from "../../protocol/limits.ts";
import { downMessages, upMessages } from "../../protocol/message.ts";
import { kebab } from "../../protocol/schema.ts";
import { homieStates, topicsOf, WIRE_VERSION } from "../../protocol/topic.ts";

interface Message {
	readonly name: string;
	readonly contentType: string;
	readonly summary: string;
	readonly payload: object;
}

/** Address with the parameters of AsyncAPI in place of two identifiers. */
function addresses() {
	const { up, down, state, description } = topicsOf("tenant", "terminal");
	const withParameters = (topic: string) =>
		topic.replace("/tenant/", "/{tenant}/").replace("/terminal/", "/{terminal}/");
	return {
		up: withParameters(up),
		down: withParameters(down),
		state: withParameters(state),
		description: withParameters(description),
	};
}

function cborMessages(table: Readonly<Record<string, { readonly number: number }>>) {
	const entries = Object.entries(table).map(([name, { number }]): [string, Message] => [
		name,
		{
			name,
			contentType: "application/cbor",
			summary: `Message type ${number}: rule ${kebab(name)}-message of protocol.cddl.`,
			payload: { type: "string", format: "binary", maxLength: MESSAGE_BYTES_MAX },
		},
	]);
	return Object.fromEntries(entries);
}

const stateMessage: Message = {
	name: "state",
	contentType: "text/plain",
	summary: "Homie 5 device state, for people who watch; nothing is decided on it.",
	payload: { type: "string", enum: homieStates },
};

const descriptionMessage: Message = {
	name: "description",
	contentType: "application/json",
	summary: "Homie 5 device description, for people who watch; nothing is decided on it.",
	payload: {
		type: "object",
		required: ["homie", "name", "type", "firmware"],
		properties: {
			homie: { type: "string", const: "5.0" },
			name: { type: "string", description: "The terminal's identifier." },
			type: { type: "string", const: "closeout-terminal" },
			firmware: { type: "string" },
		},
	},
};

function channel(address: string, messages: Readonly<Record<string, Message>>) {
	return {
		address,
		messages,
		parameters: {
			tenant: { $ref: "#/components/parameters/tenant" },
			terminal: { $ref: "#/components/parameters/terminal" },
		},
	};
}

function operation(
	action: "send" | "receive",
	channelName: string,
	summary: string,
	retain: boolean,
) {
	return {
		action,
		channel: { $ref: `#/channels/${channelName}` },
		summary,
		bindings: { mqtt: { qos: 1, retain, bindingVersion: "0.2.0" } },
	};
}

/** The whole of `protocol/asyncapi.json` (AsyncAPI 3.0), from the topics and messages; the terminal is "the application". */
export function describeInAsyncApi() {
	const { up, down, state, description } = addresses();
	const lastWill = { topic: state, qos: 1, message: "lost", retain: true };
	return {
		asyncapi: "3.0.0",
		info: {
			title: "Closeout terminal",
			version: `${WIRE_VERSION}.0.0`,
			description:
				"Topics of one terminal, seen from the terminal. README.md beside this file is the specification; it wins where the two differ.",
			license: { name: "Apache-2.0" },
		},
		defaultContentType: "application/cbor",
		servers: {
			broker: {
				host: "broker.example:8883",
				protocol: "secure-mqtt",
				protocolVersion: "3.1.1",
				description: "Any MQTT 3.1.1 broker; nothing depends on what it remembers.",
				bindings: { mqtt: { cleanSession: true, lastWill, bindingVersion: "0.2.0" } },
			},
		},
		channels: {
			up: channel(up, cborMessages(upMessages)),
			down: channel(down, cborMessages(downMessages)),
			state: channel(state, { state: stateMessage }),
			description: channel(description, { description: descriptionMessage }),
		},
		operations: {
			tellHost: operation("send", "up", "Records and answers, to the host.", false),
			hearHost: operation("receive", "down", "Acknowledgements and commands of the host.", false),
			showState: operation("send", "state", "Kept by the broker; `lost` is the last will.", true),
			showDescription: operation("send", "description", "Kept by the broker.", true),
		},
		components: {
			parameters: {
				tenant: { description: "[a-z0-9-]{4,32}" },
				terminal: { description: "[a-z0-9-]{4,32}" },
			},
		},
	};
}
