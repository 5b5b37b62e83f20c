/** The control interface, as described in the README of the emulator. */

/** Calls it; gives the answer, or throws an error with the message of the emulator. */
export async function call(method, path, body) {
	const reply = await fetch(`/v1${path}`, {
		method,
		...(body === undefined
			? {}
			: { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
	});
	if (reply.status === 204) return undefined;
	const isJson = (reply.headers.get("content-type") ?? "").startsWith("application/json");
	const answer = isJson ? await reply.json() : await reply.text();
	if (reply.ok) return answer;
	throw new Error(isJson ? answer.message : reply.statusText);
}

/** Hears events until the returned function is called; `onOpen` is told after each (re)connection. */
export function listen(onEvent, onOpen, onLost) {
	const source = new EventSource("/v1/events");
	source.addEventListener("hello", onOpen);
	source.addEventListener("error", onLost);
	for (const type of [
		"screen",
		"paper",
		"power",
		"link",
		"payment",
		"record",
		"log",
		"terminals",
		"clock",
	]) {
		source.addEventListener(type, (event) => onEvent(JSON.parse(event.data)));
	}
	return () => source.close();
}

export const terminalPath = (id) => `/terminals/${encodeURIComponent(id)}`;
